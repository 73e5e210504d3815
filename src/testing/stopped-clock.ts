import { Clock, type Timer } from "../base/clock.js";

interface Pending {
  readonly atMs: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until somebody moves it. The wall clock and the monotonic one differ, so that mixing them up
 * shows.
 */
export abstract class StoppedClock extends Clock {
  #elapsedMs = 0;
  #startMs: number;
  #changes = 0;
  readonly #timers = new Set<Pending>();

  /** `startMs`: what time it is at first, in milliseconds since 1970; default the 2nd of January 2026, 03:04:05 UTC. */
  constructor(startMs = Date.UTC(2026, 0, 2, 3, 4, 5)) {
    super();
    this.#startMs = startMs;
  }

  override now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  override monotonic(): number {
    return 5_000 + this.#elapsedMs;
  }

  override setTimeout(callback: () => void, delayMs: number): Timer {
    // As on machines, in whole milliseconds: less than a sum of time can hold would fall due at the same moment for ever.
    const timer = { atMs: this.#elapsedMs + Math.ceil(Math.max(0, delayMs)), callback };
    this.#timers.add(timer);
    this.#changes++;
    return {
      cancel: () => {
        if (this.#timers.delete(timer)) this.#changes++;
      },
    };
  }

  /** How many calls are pending. */
  get pending(): number {
    return this.#timers.size;
  }

  /** In how many milliseconds the next call is due, null where there is none. */
  get nextInMs(): number | null {
    const next = this.#next();
    return next === undefined ? null : next.atMs - this.#elapsedMs;
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.atMs < next.atMs) next = timer;
    return next;
  }

  /** Puts the wall clock alone forward, or back, by so many milliseconds, as it happens to machines: no time passes. */
  jump(byMs: number): void {
    this.#startMs += byMs;
  }

  /** How often a call was asked for, or not wanted any more: it stands still when nothing is at work. */
  get changes(): number {
    return this.#changes;
  }

  /** How much time has passed so far. */
  protected get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Moves on to the next call, and makes it, if it is due by then. Whether there was one. */
  protected step(untilMs: number): boolean {
    const next = this.#next();
    if (next === undefined || next.atMs > untilMs) return false;
    this.#timers.delete(next);
    this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
    next.callback();
    return true;
  }

  /** Moves on without any call. */
  protected pass(untilMs: number): void {
    this.#elapsedMs = Math.max(this.#elapsedMs, untilMs);
  }
}
