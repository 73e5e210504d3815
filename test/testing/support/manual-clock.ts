import { Clock, type Timer } from "../../../src/base/clock.js";

/** A clock that a test moves. */
export class ManualClock extends Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  constructor(now = 1_700_000_000_000) {
    super();
    this.#now = now;
  }

  override now(): number {
    return this.#now;
  }

  override monotonic(): number {
    return this.#now;
  }

  override setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on, and calls what is due. */
  advance(ms: number): void {
    this.set(this.#now + ms);
  }

  /** Moves to a moment, and calls what is due. */
  set(now: number): void {
    this.#now = Math.max(this.#now, now);
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}
