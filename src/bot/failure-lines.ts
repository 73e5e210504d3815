import type { Clock } from "../base/clock.js";

/** So many at once, … */
const BURST = 5;
/** … and one more after each such time. */
const INTERVAL_MS = 12_000;

/**
 * How often a room is told that a handler failed. Anybody who finds out what makes one fail could fill the room, and two
 * bots that fail at each other's lines would never end. The log and `@OnError` get all of them.
 */
export class FailureLines {
  readonly #clock: Clock;
  #left = BURST;
  #countedAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAtMs = clock.monotonic();
  }

  /** Whether one more may be said; it counts as said then. */
  take(): boolean {
    const nowMs = this.#clock.monotonic();
    this.#left = Math.min(BURST, this.#left + (nowMs - this.#countedAtMs) / INTERVAL_MS);
    this.#countedAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
