import type { Clock } from "../base/clock.js";

/** How long the network may take for what a server kept back. */
const DRAIN_MS = 30_000;

/**
 * Whether what comes now may be of long ago: a resumed stream (XEP-0198 §5) first brings what was held back while it was
 * interrupted, and presences do not say when they were sent.
 */
export class LateStanzas {
  readonly #clock: Clock;
  #untilMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The stream was resumed. */
  begin(): void {
    this.#untilMs = this.#clock.monotonic() + DRAIN_MS;
  }

  /** Another stream begins, with nothing of before. */
  end(): void {
    this.#untilMs = -Infinity;
  }

  /** Whether they may be coming in. */
  get mayCome(): boolean {
    // Asked for each stanza, and seldom so: the clock need not be read for that.
    return this.#untilMs !== -Infinity && this.#clock.monotonic() < this.#untilMs;
  }
}
