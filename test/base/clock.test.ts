import { afterEach, describe, expect, it, vi } from "vitest";

import { systemClock } from "../../src/base/clock.js";
import { ManualClock } from "../support/manual-clock.js";

afterEach(() => {
  vi.useRealTimers();
});

const DAY_MS = 86_400_000;

describe("the clock of the machine", () => {
  it("has the time of the machine, and one that never goes back", () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ["Date"] });
    expect(systemClock.now()).toBe(1_000_000);
    const before = systemClock.monotonic();
    vi.setSystemTime(0);
    expect(systemClock.now()).toBe(0);
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
  });

  it("calls back once, after the delay and not before", () => {
    vi.useFakeTimers();
    const called = vi.fn<() => void>();
    systemClock.setTimeout(called, 1000);
    vi.advanceTimersByTime(999);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("does not call back when it was cancelled, and cancelling twice does no harm", () => {
    vi.useFakeTimers();
    const called = vi.fn<() => void>();
    const timer = systemClock.setTimeout(called, 1000);
    timer.cancel();
    timer.cancel();
    vi.advanceTimersByTime(5000);
    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer than Node's timers can (2^31-1 ms), for which they fire at once", () => {
    vi.useFakeTimers();
    const called = vi.fn<() => void>();
    systemClock.setTimeout(called, 60 * DAY_MS);
    vi.advanceTimersByTime(60 * DAY_MS - 1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("can be cancelled in the middle of a long wait", () => {
    vi.useFakeTimers();
    const called = vi.fn<() => void>();
    const timer = systemClock.setTimeout(called, 60 * DAY_MS);
    vi.advanceTimersByTime(30 * DAY_MS);
    timer.cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY_MS);
    expect(called).not.toHaveBeenCalled();
  });
});

describe("the clock of tests", () => {
  it("calls in order of time, and what is due meanwhile, too", () => {
    const clock = new ManualClock();
    const startMs = clock.now();
    const calls: string[] = [];
    const note = (name: string): unknown => calls.push(`${name} ${clock.now() - startMs}`);
    clock.setTimeout(() => note("late"), 20);
    clock.setTimeout(() => {
      note("early");
      clock.setTimeout(() => note("inner"), 5);
    }, 10);
    clock.setTimeout(() => note("never"), 12).cancel();
    clock.advance(19);
    expect([calls, clock.nextInMs]).toEqual([["early 10", "inner 15"], 1]);
    clock.advance(1);
    expect([calls.at(-1), clock.pending, clock.nextInMs]).toEqual(["late 20", 0, null]);
  });
});
