import type { Clock, Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import type { Inbox } from "./inbox.js";

/** Brings a stanza on its way. */
export type Pass = (stanza: Element) => void;

/** What becomes of stanzas on their way to one client. */
export interface Course {
  /** Takes a stanza, and passes on whatever is due. */
  take(stanza: Element, pass: Pass): void;
  /** Passes on what is kept back, in its order. */
  release(): void;
  /** Forgets what is kept back. */
  drop(): void;
  /** How many answers to requests were kept back so far. */
  readonly heldAnswers: number;
}

interface Held {
  readonly stanza: Element;
  readonly pass: Pass;
  readonly timer: Timer;
}

const isAnswer = ({ name, attrs }: Element): boolean =>
  name === "iq" && (attrs["type"] === "result" || attrs["type"] === "error");

/** Keeps stanzas back for a time. */
abstract class HoldingCourse implements Course {
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  readonly #holdMs: number;
  readonly #held: Held[] = [];
  heldAnswers = 0;

  constructor(clock: Clock, inbox: Inbox, holdMs: number) {
    this.#clock = clock;
    this.#inbox = inbox;
    this.#holdMs = holdMs;
  }

  abstract take(stanza: Element, pass: Pass): void;

  protected hold(stanza: Element, pass: Pass): void {
    // All are kept for the same time, so the one that is due is the oldest.
    const due = (): void =>
      this.#inbox.post(() => {
        if (this.#held.includes(held)) this.#pass();
      });
    const held: Held = { stanza, pass, timer: this.#clock.setTimeout(due, this.#holdMs) };
    this.#held.push(held);
    if (isAnswer(stanza)) this.heldAnswers++;
  }

  #pass(): void {
    const held = this.#held.shift();
    held?.timer.cancel();
    held?.pass(held.stanza);
  }

  get holds(): boolean {
    return this.#held.length > 0;
  }

  release(): void {
    while (this.holds) this.#pass();
  }

  drop(): void {
    for (const { timer } of this.#held.splice(0)) timer.cancel();
  }
}

/** Each stanza arrives so much later, in its order. */
export class LateCourse extends HoldingCourse {
  take(stanza: Element, pass: Pass): void {
    this.hold(stanza, pass);
  }
}

/** Of two stanzas the second arrives first; where none comes in time, the first one arrives all the same. */
export class SwappedCourse extends HoldingCourse {
  take(stanza: Element, pass: Pass): void {
    if (!this.holds) return this.hold(stanza, pass);
    pass(stanza);
    this.release();
  }
}

/** Each stanza arrives twice. */
export const doubleCourse: Course = {
  heldAnswers: 0,
  take(stanza, pass) {
    pass(stanza);
    pass(stanza);
  },
  release() {},
  drop() {},
};
