import { setImmediate } from "node:timers";

import { ArgumentError } from "../base/errors.js";
import { readDuration } from "../bot/word-types.js";
import { StoppedClock } from "./stopped-clock.js";

/** So many turns of the event loop in which nobody waits for anything new mean that nothing is at work. */
const QUIET_TURNS = 5;
/** What is still at work then has no end of its own. */
const MAX_TURNS = 10_000;

/** Time that a test moves by hand; what bots do takes none. */
export class TestClock extends StoppedClock {
  #moving: Promise<void> | null = null;

  /**
   * Moves on by so much (milliseconds, or a text such as `"1h30m"`), from one moment at which something falls due to the
   * next. At each, what falls due is called, and what comes of that is done before time goes on: a handler is not ended
   * by its time limit before it could run, and an answer of the service comes in time. Resolves when all that is done. Who
   * goes on with a method of `TestRoom` or `TestUser` need not wait for it: those do. Rejects with what a call throws;
   * throws `ArgumentError` for what is no time.
   */
  advance(duration: number | string): Promise<void> {
    const durationMs = typeof duration === "number" ? duration : readDuration(duration);
    if (durationMs === undefined || !Number.isFinite(durationMs) || durationMs < 0)
      throw new ArgumentError(`"${duration}" is no time: write milliseconds, or a text such as "1h30m"`);
    const moving = this.#moving === null ? this.#move(durationMs) : this.#after(this.#moving, durationMs);
    this.#moving = moving;
    const over = (): void => {
      if (this.#moving === moving) this.#moving = null;
    };
    // who does not wait for it is told by what waits for it in their place
    moving.then(over, over);
    return moving;
  }

  /** Whether time is on its way. */
  get moving(): boolean {
    return this.#moving !== null;
  }

  /** Resolves when time stands still. Rejects with what a call throws that falls due on the way. */
  async still(): Promise<void> {
    while (this.#moving !== null) await this.#moving;
  }

  async #after(before: Promise<void>, durationMs: number): Promise<void> {
    await before;
    await this.#move(durationMs);
  }

  async #move(durationMs: number): Promise<void> {
    await this.#settled();
    const untilMs = this.elapsedMs + durationMs;
    while (this.step(untilMs)) {
      while (this.nextInMs === 0) this.step(untilMs);
      await this.#settled();
    }
    this.pass(untilMs);
  }

  /** What is under way is done, as far as it waits for no time. */
  async #settled(): Promise<void> {
    let quiet = 0;
    for (let turn = 0; turn < MAX_TURNS && quiet < QUIET_TURNS; turn++) {
      const before = this.changes;
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.changes === before ? quiet + 1 : 0;
    }
  }
}
