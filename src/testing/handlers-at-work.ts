import { AsyncLocalStorage } from "node:async_hooks";

import { Clock, type Timer } from "../base/clock.js";
import type { CallWatch, WatchedCall } from "../bot/call-watch.js";

/**
 * Knows which handlers are at work, and which of those wait for the time of the test: whoever waits for anything else (a
 * timer of the machine, a network) goes on by itself, and a test has to wait for them.
 */
export class HandlersAtWork implements CallWatch {
  /** In which call something is done. */
  readonly #within = new AsyncLocalStorage<WatchedCall>();
  /** How many timers of the test each call waits for. */
  readonly #calls = new Map<WatchedCall, number>();

  within<T>(call: WatchedCall, run: () => T): T {
    const result = this.#within.run(call, run);
    this.#forget();
    if (!call.over) this.#calls.set(call, this.#calls.get(call) ?? 0);
    return result;
  }

  /** The handlers that are at work and wait for no time of the test. */
  get elsewhere(): readonly string[] {
    return this.#names((timers) => timers === 0);
  }

  /** All that are at work, for people; "" where none is. */
  describe(): string {
    const waiting = this.#names((timers) => timers > 0).map((name) => `${name} (waits for the clock)`);
    return [...waiting, ...this.elsewhere].join(", ");
  }

  #names(fits: (timers: number) => boolean): readonly string[] {
    this.#forget();
    const calls = [...this.#calls].filter(([{ atWork }, timers]) => atWork && fits(timers));
    return [...new Set(calls.map(([{ name }]) => name))];
  }

  #forget(): void {
    for (const call of this.#calls.keys()) if (call.over) this.#calls.delete(call);
  }

  /** The clock that bots are given: it goes with that of the test, and sees who waits for it. */
  clock(time: Clock): Clock {
    return new WatchedClock(time, (callback, delayMs) => this.#wait(time, callback, delayMs));
  }

  #wait(time: Clock, callback: () => void, delayMs: number): Timer {
    const call = this.#within.getStore();
    if (call === undefined) return time.setTimeout(callback, delayMs);
    const count = (by: number): void => void this.#calls.set(call, (this.#calls.get(call) ?? 0) + by);
    let waits = true;
    const over = (): void => {
      if (waits) count(-1);
      waits = false;
    };
    count(1);
    const due = (): void => {
      over();
      // what it asks for from here is asked for by the same call
      this.#within.run(call, callback);
    };
    const timer = time.setTimeout(due, delayMs);
    return {
      cancel: () => {
        over();
        timer.cancel();
      },
    };
  }
}

class WatchedClock extends Clock {
  readonly #time: Clock;
  readonly #wait: Clock["setTimeout"];

  constructor(time: Clock, wait: Clock["setTimeout"]) {
    super();
    this.#time = time;
    this.#wait = wait;
  }

  override setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#wait(callback, delayMs);
  }

  override now(): number {
    return this.#time.now();
  }

  override monotonic(): number {
    return this.#time.monotonic();
  }
}
