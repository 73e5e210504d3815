/** Delays between attempts, in milliseconds. */
export interface BackoffOptions {
  /** The upper bound of the first delay. */
  readonly minDelayMs: number;
  /** The upper bound that the growing delay does not exceed. */
  readonly maxDelayMs: number;
}

/** Delays that double, with full jitter: after an outage of the server its clients do not come back at once. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackoffOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  /** How long to wait before the next attempt. */
  next(): number {
    const { minDelayMs, maxDelayMs } = this.#options;
    const bound = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(this.#attempts++, 30));
    return Math.round(this.#random() * bound);
  }

  /** Begins anew with the shortest delay. */
  reset(): void {
    this.#attempts = 0;
  }
}
