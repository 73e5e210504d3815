/** A pending call made by {@link Clock.setTimeout}. */
export interface Timer {
  /** Makes sure the callback does not run any more; harmless when it has run. */
  cancel(): void;
}

/**
 * Time, as every floor sees it. Everything that waits takes a clock by constructor option, so that a
 * test moves time by hand instead of sleeping.
 */
export abstract class Clock {
  /** Milliseconds since 1970 (wall clock; may jump). */
  abstract now(): number;
  /** Milliseconds since some fixed moment; never goes back. Durations are measured with this one. */
  abstract monotonic(): number;
  /** Calls back once, `delayMs` from now; the timer keeps the process alive. */
  abstract setTimeout(callback: () => void, delayMs: number): Timer;
}

/** Node caps a timer at 2^31-1 ms and fires longer ones at once; longer waits are made of several. */
const MAX_TIMEOUT_MS = 0x7fff_ffff;

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;

  constructor(callback: () => void, delayMs: number) {
    this.#arm(callback, delayMs);
  }

  #arm(callback: () => void, delayMs: number): void {
    this.#handle =
      delayMs <= MAX_TIMEOUT_MS
        ? setTimeout(callback, delayMs)
        : setTimeout(() => this.#arm(callback, delayMs - MAX_TIMEOUT_MS), MAX_TIMEOUT_MS);
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }

  override monotonic(): number {
    return performance.now();
  }

  override setTimeout(callback: () => void, delayMs: number): Timer {
    return new SystemTimer(callback, delayMs);
  }
}

/** The clock of the machine. */
export const systemClock: Clock = new SystemClock();
