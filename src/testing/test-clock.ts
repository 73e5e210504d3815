import { Clock, type Timer } from "../base/clock.js";

interface Pending {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time that a test moves by hand. The wall clock and the monotonic one differ, so that mixing them up shows. */
export class TestClock extends Clock {
  #elapsedMs = 0;
  #startMs: number;
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
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
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

  /** Moves on by so many milliseconds, and calls what falls due meanwhile, in order of time. */
  advance(durationMs: number): void {
    const untilMs = this.#elapsedMs + durationMs;
    for (let next = this.#next(); next !== undefined && next.atMs <= untilMs; next = this.#next()) {
      this.#timers.delete(next);
      this.#elapsedMs = next.atMs;
      next.callback();
    }
    this.#elapsedMs = untilMs;
  }
}
