import type { Clock } from "../base/clock.js";

/** What is sent within a second arrives within one, too, though the network may hold up some of it a little. */
const SECOND_MS = 1_050;

/**
 * Lets many rooms act at a limited rate, as after an outage, when hundreds of them join. In no second are there more than
 * the rate: where nothing happened for a while, so many go at once; what waits then goes one by one.
 */
export class JoinPace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #waiting: (() => void)[] = [];
  /** When the last ones went, as many as may go at once; the next to be overwritten is the oldest. */
  readonly #sentAtMs: number[];
  #oldest = 0;
  /** Since something had to wait they go one by one. */
  #crowded = false;
  #notBeforeMs = -Infinity;
  #scheduled = false;
  #paused = false;

  /** `perSecond` is a positive number. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#intervalMs = SECOND_MS / perSecond;
    this.#sentAtMs = Array.from<number>({ length: Math.max(1, Math.floor(perSecond)) }).fill(-Infinity);
  }

  /** Calls `act` now, or when its turn comes; before all others that wait where it is `urgent`. */
  run(act: () => void, urgent = false): void {
    if (urgent) this.#waiting.unshift(act);
    else this.#waiting.push(act);
    this.#drain();
  }

  /** Nobody's turn comes: a join that waits for a stream could go out on another one, beside a second join. */
  pause(): void {
    this.#paused = true;
  }

  /** It goes on. */
  resume(): void {
    this.#paused = false;
    this.#drain();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #drain(): void {
    try {
      while (!this.#paused && this.#dueInMs() <= 0) {
        const act = this.#waiting.shift();
        if (act === undefined) break;
        this.#count();
        act();
      }
    } finally {
      // One that throws holds up nobody.
      this.#schedule();
    }
  }

  #dueAtMs(): number {
    const oldestMs = this.#sentAtMs[this.#oldest] ?? -Infinity;
    return Math.max(this.#notBeforeMs, oldestMs + this.#intervalMs * this.#sentAtMs.length);
  }

  #dueInMs(): number {
    return this.#dueAtMs() - this.#clock.monotonic();
  }

  #count(): void {
    this.#notBeforeMs = this.#crowded ? this.#dueAtMs() + this.#intervalMs : -Infinity;
    this.#sentAtMs[this.#oldest] = this.#clock.monotonic();
    this.#oldest = (this.#oldest + 1) % this.#sentAtMs.length;
  }

  #schedule(): void {
    if (this.#waiting.length === 0) this.#crowded = false;
    if (this.#paused || this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#crowded = true;
    this.#clock.setTimeout(
      () => {
        this.#scheduled = false;
        this.#drain();
      },
      Math.max(0, this.#dueInMs()),
    );
  }
}
