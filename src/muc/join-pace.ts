import type { Clock } from "../base/clock.js";

/** So many joins go out at once; what is more waits for its turn. */
const BURST = 20;
/** A join is some 400 bytes with its disco request: below the rate at which servers stop to read (Prosody: 10 kB/s). */
const INTERVAL_MS = 50;

/** Lets rooms join at a limited rate: after an outage there may be hundreds of them. */
export class JoinPace {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #tokens = BURST;
  #filledAtMs: number;
  #scheduled = false;
  #paused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAtMs = clock.monotonic();
  }

  /** Calls `act` now, or when its turn comes. */
  run(act: () => void): void {
    this.#waiting.push(act);
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
    this.#fill();
    while (!this.#paused && this.#tokens >= 1) {
      const act = this.#waiting.shift();
      if (act === undefined) return;
      this.#tokens--;
      act();
    }
    if (this.#paused || this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#clock.setTimeout(() => {
      this.#scheduled = false;
      this.#drain();
    }, INTERVAL_MS);
  }

  #fill(): void {
    const nowMs = this.#clock.monotonic();
    this.#tokens = Math.min(BURST, this.#tokens + (nowMs - this.#filledAtMs) / INTERVAL_MS);
    this.#filledAtMs = nowMs;
  }
}
