import type { Clock } from "../../base/clock.js";
import { ArgumentError, OutboundLimitError } from "../../base/errors.js";

/** How fast a room is spoken to. */
export interface SendPaceOptions {
  /** Messages in a second, over time. */
  readonly messagesPerSecond: number;
  /** How many may go at once before that. */
  readonly burst: number;
  /** How many may wait for their turn: with more there is an `OutboundLimitError`. */
  readonly maxWaiting: number;
}

/** The options. Throws `ArgumentError` for a number that is none. */
export function checkSendPace(options: SendPaceOptions): SendPaceOptions {
  const { messagesPerSecond, burst, maxWaiting } = options;
  for (const [name, value, least] of [
    ["messagesPerSecond", messagesPerSecond, Number.MIN_VALUE],
    ["burst", burst, 1],
    ["maxWaiting", maxWaiting, 0],
  ] as const)
    if (!(value >= least) || value === Infinity)
      throw new ArgumentError(`${name} is to be a positive number, not ${value}`);
  return options;
}

interface Waiting {
  readonly act: () => Promise<void>;
  readonly resolve: (sent: Promise<void>) => void;
}

/** Lets what is said in one room go out in order, and not too fast. */
export class SendPace {
  readonly #clock: Clock;
  readonly #options: SendPaceOptions;
  readonly #waiting: Waiting[] = [];
  #left: number;
  #countedAtMs: number;

  constructor(clock: Clock, options: SendPaceOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#left = options.burst;
    this.#countedAtMs = clock.monotonic();
  }

  /** Throws `OutboundLimitError` where there is no place for so many. */
  assertPlace(count: number): void {
    const { maxWaiting, burst } = this.#options;
    this.#count();
    const atOnce = this.#waiting.length > 0 ? 0 : Math.min(burst, Math.floor(this.#left));
    if (this.#waiting.length + count - atOnce > maxWaiting)
      throw new OutboundLimitError(
        `${this.#waiting.length} messages wait to be sent: there is no place for more`,
      );
  }

  /** Sends at once, or when those before have gone. */
  run(act: () => Promise<void>): Promise<void> {
    this.#count();
    if (this.#waiting.length === 0 && this.#left >= 1) {
      this.#left--;
      return act();
    }
    return new Promise((resolve) => {
      this.#waiting.push({ act, resolve });
      if (this.#waiting.length === 1) this.#wait();
    });
  }

  #count(): void {
    const { messagesPerSecond, burst } = this.#options;
    const nowMs = this.#clock.monotonic();
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#countedAtMs) * messagesPerSecond) / 1_000);
    this.#countedAtMs = nowMs;
  }

  #wait(): void {
    const delayMs = ((1 - this.#left) * 1_000) / this.#options.messagesPerSecond;
    this.#clock.setTimeout(() => this.#go(), Math.max(1, Math.ceil(delayMs)));
  }

  #go(): void {
    this.#count();
    while (this.#left >= 1) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#left--;
      next.resolve(next.act());
    }
    if (this.#waiting.length > 0) this.#wait();
  }
}
