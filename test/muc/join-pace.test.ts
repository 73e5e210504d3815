import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { JoinPace } from "../../src/muc/join-pace.js";
import { ManualClock } from "../support/manual-clock.js";

function paced(count: number, perSecond = 20) {
  const clock = new ManualClock();
  const pace = new JoinPace(clock, perSecond);
  const done: number[] = [];
  const timesMs: number[] = [];
  const ask = (from: number, to: number): void => {
    for (let n = from; n < to; n++)
      pace.run(() => {
        done.push(n);
        timesMs.push(clock.monotonic());
      });
  };
  ask(0, count);
  return { clock, pace, done, timesMs, ask };
}

/** The most that happened within any second. */
function mostInASecond(timesMs: readonly number[]): number {
  const counts = timesMs.map((from) => timesMs.filter((time) => time >= from && time < from + 1_000).length);
  return Math.max(0, ...counts);
}

describe("the pace of joins", () => {
  it("lets the first twenty go at once, then twenty a second and never more, in order", () => {
    const { clock, done, timesMs } = paced(200);
    expect(done).toHaveLength(20);
    clock.advance(1_000);
    expect(done).toHaveLength(20);
    clock.advance(9_600);
    expect(done).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect([mostInASecond(timesMs), clock.pending]).toEqual([20, 0]);
  });

  it("spreads those that have to wait over the second", () => {
    const { clock, timesMs } = paced(40);
    clock.advance(5_000);
    const waited = timesMs.slice(20);
    const gaps = waited.slice(1).map((time, index) => time - (waited[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...gaps)).toBeLessThan(55);
  });

  it("is ready for twenty more after a second of quiet, and not for more than that after an hour", () => {
    const { clock, done, ask } = paced(20);
    clock.advance(3_600_000);
    ask(20, 60);
    expect(done).toHaveLength(40);
  });

  it.each([0.5, 1, 3, 100])("takes %s a second as well", (perSecond) => {
    const { clock, done, timesMs } = paced(300, perSecond);
    clock.advance(10_000);
    expect(mostInASecond(timesMs)).toBeLessThanOrEqual(Math.max(1, perSecond));
    // a twentieth less than asked for
    expect(done.length).toBeGreaterThanOrEqual(Math.min(300, Math.floor(9.5 * perSecond)));
  });

  it("has no second with more than that, whenever joins are asked for", () => {
    const asks = fc.array(
      fc.record({ count: fc.nat({ max: 50 }), thenMs: fc.nat({ max: 3_000 }), pause: fc.boolean() }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(asks, (script) => {
        const { clock, pace, done, timesMs, ask } = paced(0, 10);
        let asked = 0;
        for (const { count, thenMs, pause } of script) {
          ask(asked, (asked += count));
          if (pause) pace.pause();
          clock.advance(thenMs);
          pace.resume();
        }
        clock.advance(120_000);
        expect(done).toEqual(Array.from({ length: asked }, (_, n) => n));
        expect(mostInASecond(timesMs)).toBeLessThanOrEqual(10);
      }),
      { numRuns: 200 },
    );
  });

  it("takes what is urgent before all that waits", () => {
    const { clock, pace, done } = paced(22);
    pace.run(() => done.push(99), true);
    clock.advance(2_000);
    expect(done.slice(20)).toEqual([99, 20, 21]);
  });

  it("stands still while it is paused, and forgets what is cleared", () => {
    const { clock, pace, done, ask } = paced(0);
    pace.pause();
    ask(0, 5);
    clock.advance(10_000);
    expect([done, clock.pending]).toEqual([[], 0]);
    pace.clear();
    ask(5, 7);
    pace.resume();
    expect(done).toEqual([5, 6]);
  });

  it("goes on after one that throws", () => {
    const { clock, pace, done, ask } = paced(20);
    pace.run(() => {
      throw new Error("no");
    });
    ask(20, 22);
    expect(() => clock.advance(1_060)).toThrow("no");
    clock.advance(1_000);
    expect(done).toHaveLength(22);
  });

  it("takes what an act asks for in turn", () => {
    const { clock, pace, done } = paced(0);
    pace.run(() => pace.run(() => done.push(1)));
    clock.advance(100);
    expect(done).toEqual([1]);
  });
});
