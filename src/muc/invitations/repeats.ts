import type { Clock } from "../../base/clock.js";

/** Invitations that are remembered; of more than that the oldest are told again. */
const CAPACITY = 1_000;

/** What invited us lately: the same again within the window is the same invitation. */
export class Repeats {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #windowMs: number;
  /** When each came, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(clock: Pick<Clock, "monotonic">, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  /** Whether this is new. What is told again does not prolong the window. */
  take(key: string): boolean {
    const nowMs = this.#clock.monotonic();
    const seenMs = this.#seen.get(key);
    if (seenMs !== undefined && nowMs - seenMs < this.#windowMs) return false;
    this.#seen.delete(key);
    this.#seen.set(key, nowMs);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > CAPACITY && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }

  /** It counts as new when it comes again. */
  forget(key: string): void {
    this.#seen.delete(key);
  }
}
