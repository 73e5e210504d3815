import { describe, expect, it } from "vitest";

import { JoinPace } from "../../src/muc/join-pace.js";
import { ManualClock } from "../support/manual-clock.js";

function paced(count: number) {
  const clock = new ManualClock();
  const pace = new JoinPace(clock);
  const done: number[] = [];
  const ask = (from: number, to: number): void => {
    for (let n = from; n < to; n++) pace.run(() => done.push(n));
  };
  ask(0, count);
  return { clock, pace, done, ask };
}

describe("the pace of joins", () => {
  it("lets the first twenty go at once, then twenty a second, in order", () => {
    const { clock, done } = paced(60);
    expect(done).toHaveLength(20);
    clock.advance(1_000);
    expect(done).toHaveLength(40);
    clock.advance(1_000);
    expect(done).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(clock.pending).toBe(0);
  });

  it("is ready for twenty more after a second of quiet, and not for more than that after an hour", () => {
    const { clock, done, ask } = paced(20);
    clock.advance(3_600_000);
    ask(20, 60);
    expect(done).toHaveLength(40);
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
    expect(() => clock.advance(50)).toThrow("no");
    ask(22, 23);
    clock.advance(1_000);
    expect(done).toHaveLength(23);
  });

  it("takes what an act asks for in turn", () => {
    const { clock, pace, done } = paced(0);
    pace.run(() => pace.run(() => done.push(1)));
    clock.advance(100);
    expect(done).toEqual([1]);
  });
});
