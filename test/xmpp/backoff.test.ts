import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Backoff } from "../../src/xmpp/backoff.js";

const options = { minDelayMs: 500, maxDelayMs: 60_000 };
const delays = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => backoff.next());

describe("delays", () => {
  it("double up to the bound and stay there", () => {
    expect(delays(new Backoff(options, () => 1), 10)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it("do not overflow after years", () => {
    expect(delays(new Backoff(options, () => 1), 5000).at(-1)).toBe(60_000);
  });

  it("begin anew after reset()", () => {
    const backoff = new Backoff(options, () => 1);
    delays(backoff, 5);
    backoff.reset();
    expect(delays(backoff, 2)).toEqual([500, 1000]);
  });

  it("are anything between zero and the bound (full jitter)", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.nat(20),
        (random, before) => {
          const backoff = new Backoff(options, () => random);
          const bound = Math.min(60_000, 500 * 2 ** before);
          delays(backoff, before);
          expect(backoff.next()).toBe(Math.round(random * bound));
        },
      ),
    );
  });

  it("of many clients are spread over the whole time", () => {
    const first = Array.from({ length: 1000 }, () =>
      new Backoff({ minDelayMs: 1000, maxDelayMs: 1000 }).next(),
    );
    expect(Math.min(...first)).toBeLessThan(100);
    expect(Math.max(...first)).toBeGreaterThan(900);
  });
});
