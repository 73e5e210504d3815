import type { Timer } from "../../base/clock.js";
import { ArgumentError } from "../../base/errors.js";
import type { MessageReceived } from "../../muc/events/messages.js";
import type { Occupant } from "../../muc/occupant.js";
import { afterOthers, nobody, type AskingCall } from "./asker.js";
import type { Question } from "./questions.js";
import { isThere, waitOf, whomToAsk, type AskOptions } from "./whom.js";

/** How `ctx.answers` listens. */
export interface AnswersOptions {
  /** How long to listen, in milliseconds from the call; default a minute. */
  readonly timeoutMs?: number;
  /** Whose answers count; default: those of whoever caused the event. */
  readonly from?: Occupant | readonly Occupant[] | "anyone";
}

/** So many may wait to be looked at; what more is said goes where it would go without a question. */
const MAX_WAITING = 1_000;

interface Waiting {
  readonly resolve: (result: IteratorResult<MessageReceived, undefined>) => void;
  readonly reject: (error: Error) => void;
}

type Whom = Pick<Question, "asked" | "where">;

function whomToHear({ event }: AskingCall, { from }: AnswersOptions): readonly Whom[] {
  const one = (each?: AskOptions["from"]): Whom => whomToAsk(event, each === undefined ? {} : { from: each });
  if (!isList(from)) return [one(from)];
  if (from.length === 0) throw new ArgumentError("from names nobody");
  return [...new Set(from)].map(one);
}

function isList(from: AnswersOptions["from"]): from is readonly Occupant[] {
  return Array.isArray(from);
}

/**
 * What people answer, one after the other, as long as somebody listens. Whatever is said between two looks is kept, so
 * that none of several who answer at once is lost. While it is waited for the handler is parked, as with one question.
 */
export class Answers implements AsyncIterableIterator<MessageReceived, undefined> {
  readonly #call: AskingCall;
  readonly #questions = new Set<Question>();
  readonly #received: MessageReceived[] = [];
  readonly #timer: Timer | null = null;
  readonly #forget: (() => void) | null = null;
  #waiting: Waiting | null = null;
  /** Why nothing more is heard; null while something is. */
  #over: { readonly error: Error | null } | null = null;

  /** Listens from now on. Throws `ArgumentError` for whom it cannot listen to. */
  constructor(call: AskingCall, options: AnswersOptions) {
    this.#call = call;
    const timeoutMs = waitOf(options);
    const obstacle = this.#open(whomToHear(call, options));
    if (obstacle === null) {
      this.#timer = call.clock.setTimeout(() => this.#close(null), timeoutMs);
      this.#forget = call.asked(() => this.#close(nobody()));
    } else this.#close(obstacle);
  }

  /** Listens to those who are there. What keeps it from that is for whoever waits: not thrown, it lets all else go on. */
  #open(whom: readonly Whom[]): Error | null {
    const { event, turn, questions, signals } = this.#call;
    if (turn.over) return new ArgumentError("The handler is over: it cannot ask any more");
    const there = signals.some(({ aborted }) => aborted) ? [] : whom.filter((each) => isThere(event, each));
    if (questions === null || there.length === 0) return nobody();
    for (const each of there) {
      if (!questions.hasPlaceFor(each)) return new ArgumentError("Too many questions wait for answers here");
      this.#listen(each);
    }
    return null;
  }

  #listen(whom: Whom): void {
    const question: Question = {
      ...whom,
      stays: true,
      isFull: () => this.#received.length >= MAX_WAITING,
      answered: (message) => {
        const refused = this.#call.refusal(message);
        if (refused !== null) return this.#close(refused);
        this.#received.push(message);
        this.#wake();
      },
      gone: () => {
        this.#questions.delete(question);
        if (this.#questions.size === 0) this.#close(nobody());
      },
    };
    this.#questions.add(question);
    this.#call.questions?.add(question);
  }

  #close(error: Error | null): void {
    if (this.#over !== null) return;
    this.#over = { error };
    this.#timer?.cancel();
    this.#forget?.();
    for (const question of this.#questions) this.#call.questions?.withdraw(question);
    this.#wake();
  }

  /** Whoever waits is told in the turn of the handler. */
  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    this.#call.turn.resume(() => this.#settle(waiting));
  }

  #settle({ resolve, reject }: Waiting): void {
    const message = this.#received.shift();
    if (message === undefined) {
      if (this.#over?.error == null) return resolve({ done: true, value: undefined });
      return reject(this.#over.error);
    }
    // as of every line: when it was received, and now
    const refused = this.#call.refusal(message);
    if (refused === null) return resolve({ done: false, value: message });
    this.#close(refused);
    reject(refused);
  }

  /** The next answer. Done when the time is over; rejects when nobody can answer any more. */
  next(): Promise<IteratorResult<MessageReceived, undefined>> {
    const result = new Promise<IteratorResult<MessageReceived, undefined>>((resolve, reject) => {
      if (this.#waiting !== null) return reject(new ArgumentError("Wait for one answer at a time"));
      const waiting = { resolve, reject };
      if (this.#received.length > 0) return this.#settle(waiting);
      if (this.#over !== null) return void afterOthers().then(() => this.#settle(waiting));
      this.#waiting = waiting;
      this.#call.turn.park();
    });
    // it need not be awaited
    result.catch(() => {});
    return result;
  }

  /** Listens no longer: the loop was left. */
  return(): Promise<IteratorResult<MessageReceived, undefined>> {
    this.#received.length = 0;
    this.#close(null);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
