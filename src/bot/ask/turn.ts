import type { Clock, Timer } from "../../base/clock.js";
import type { Slots } from "../slots.js";

/** Takes the turn again, when it comes: the job is run then, and what it returns has to be awaited. */
export type Retake = (job: () => Promise<void> | undefined) => void;

/** What turns go by. */
export interface TurnContext {
  readonly clock: Clock;
  /** How long a handler may have its turn, all in all. */
  readonly handlerTimeoutMs: number;
  /** Default: at once. */
  readonly retake?: Retake;
  /** Default: there is no limit. */
  readonly slots?: Slots;
}

/**
 * One handler's turn in its room: from its call until it is done, or waits for an answer. While it waits its time does
 * not run, and it takes none of the slots of the application. While it waits for one answer at least it has no turn, also where it has got another one: no handler can
 * wait in its own way.
 */
export class Turn {
  readonly #clock: Clock;
  readonly #retake: Retake;
  readonly #slots: Slots | null;
  readonly #expired: () => void;
  #leftMs: number;
  #startedAtMs = 0;
  #timer: Timer | null = null;
  #waits = 0;
  #hasSlot = false;
  #over = false;
  #release: () => void = () => {};

  /** `expired` is called when the handler has had `handlerTimeoutMs` of turns. */
  constructor({ clock, handlerTimeoutMs, retake, slots }: TurnContext, expired: () => void) {
    this.#clock = clock;
    this.#leftMs = handlerTimeoutMs;
    this.#retake = retake ?? ((job) => void job());
    this.#slots = slots ?? null;
    this.#expired = expired;
  }

  /** Whether the handler is done, or has taken too long. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether it is the handler's turn. */
  get taken(): boolean {
    return this.#hasSlot;
  }

  /** Takes the turn; resolves when it is given back. Undefined where it is not to be had. */
  take(): Promise<void> | undefined {
    if (this.#over || this.#waits > 0) return undefined;
    this.#hasSlot = true;
    this.#slots?.take();
    this.#startedAtMs = this.#clock.monotonic();
    this.#timer = this.#clock.setTimeout(() => {
      this.end();
      this.#expired();
    }, this.#leftMs);
    return new Promise((resolve) => (this.#release = resolve));
  }

  /** The handler waits for something: the turn is given back. */
  park(): void {
    this.#waits++;
    this.#give();
  }

  /** What it waited for is there: `settle` tells the handler so, in its turn. */
  resume(settle: () => void): void {
    const go = (): Promise<void> | undefined => {
      this.#waits--;
      settle();
      return this.take();
    };
    // whoever is asked no more has to know it, whatever comes of it
    this.#retake(() => (this.#slots === null ? go() : this.#slots.whenFree(go, go)));
  }

  /** The handler is done. */
  end(): void {
    this.#over = true;
    this.#give();
  }

  #give(): void {
    if (this.#timer !== null) {
      this.#timer.cancel();
      this.#timer = null;
      this.#leftMs -= this.#clock.monotonic() - this.#startedAtMs;
    }
    this.#release();
    if (!this.#hasSlot) return;
    this.#hasSlot = false;
    this.#slots?.give();
  }
}
