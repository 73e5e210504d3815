import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { removalMode, type LeaveMode } from "../../src/muc/status-codes.js";

/** By precedence: destroy > 333 > 332 > 301 > 321 > 322 > 307. */
const PRECEDENCE: readonly (readonly [number, LeaveMode])[] = [
  [333, "error"],
  [332, "systemShutdown"],
  [301, "banned"],
  [321, "affiliationChange"],
  [322, "moderationChange"],
  [307, "kicked"],
];

describe("how somebody came to be out (XEP-0045 §15.6)", () => {
  it.each(PRECEDENCE)("%i is %s (XEP-0045 §11)", (code, mode) => {
    expect(removalMode(new Set([110, code]), false)).toBe(mode);
  });

  it.each([[[]], [[110]], [[303]], [[999]]])("%j says nothing", (codes) => {
    expect(removalMode(new Set(codes), false)).toBeNull();
  });

  it("of several the first by precedence counts, and a destroyed room before all", () => {
    fc.assert(
      fc.property(fc.subarray([...PRECEDENCE], { minLength: 1 }), fc.boolean(), (some, destroyed) => {
        const codes = new Set(some.map(([code]) => code).toReversed());
        expect(removalMode(codes, destroyed)).toBe(destroyed ? "destroyed" : some[0]?.[1]);
      }),
    );
    expect.hasAssertions();
  });
});
