import { StoppedClock } from "../../src/testing/stopped-clock.js";

/** Time that a test moves by hand, at once: what comes of a call is done after the time has come. */
export class ManualClock extends StoppedClock {
  /** Moves on by so many milliseconds, and calls what falls due meanwhile, in order of time. */
  advance(durationMs: number): void {
    const untilMs = this.elapsedMs + durationMs;
    while (this.step(untilMs)) {
      // one after the other
    }
    this.pass(untilMs);
  }
}
