import type { JID } from "../../base/jid.js";
import type { DirectMessageReceived } from "../../muc/events/direct-message.js";
import type { MessageReceived } from "../../muc/events/messages.js";
import type { PrivateMessageReceived } from "../../muc/events/private-message.js";
import { Occupant } from "../../muc/occupant.js";
import { isBotMarked } from "../bot-mark.js";

/** Where a question is asked, and answered. */
export type AskedWhere = "room" | "private" | "direct";

/** A question that waits for its answer. */
export interface Question {
  /** An account for what is asked outside of rooms. */
  readonly asked: Occupant | JID | "anyone";
  readonly where: AskedWhere;
  /** One answer does not end it. */
  readonly stays?: boolean;
  /** Whether it takes no more for now: what is said then is no answer to it. */
  readonly isFull?: () => boolean;
  /** Told the answer, once unless it stays, or that there will be none. */
  readonly answered: (answer: MessageReceived) => void;
  readonly gone: () => void;
}

/** With what somebody can answer. */
export type AnswerEvent = MessageReceived | PrivateMessageReceived | DirectMessageReceived;

/** How many questions may wait in one place. */
export const MAX_QUESTIONS = 1_000;

/** How many of them may wait for one person: whoever has a bot ask them without end leaves place for others. */
export const MAX_QUESTIONS_TO_ONE = 20;

/** The questions that wait in one room, or outside of rooms, the oldest first. */
export class Questions {
  /** With who was asked, as they were known then. */
  readonly #waiting = new Map<Question, Pick<Occupant, "realJid" | "occupantId"> | null>();
  readonly #watch: () => () => void;
  #unwatch: (() => void) | null = null;

  /** `watch` is called when there is a question, to bring answers to {@link take}; what it returns when there is none. */
  constructor(watch: () => () => void) {
    this.#watch = watch;
  }

  /** Whether one more may wait. */
  hasPlaceFor({ asked }: Pick<Question, "asked">): boolean {
    if (this.#waiting.size >= MAX_QUESTIONS) return false;
    if (asked === "anyone" || this.#waiting.size < MAX_QUESTIONS_TO_ONE) return true;
    let waiting = 0;
    for (const question of this.#waiting.keys()) if (isSame(question.asked, asked)) waiting++;
    return waiting < MAX_QUESTIONS_TO_ONE;
  }

  /** Waits for an answer; what is received from now on may be it. */
  add(question: Question): void {
    const { asked } = question;
    const known = asked instanceof Occupant ? asked : null;
    this.#waiting.set(question, known && { realJid: known.realJid, occupantId: known.occupantId });
    this.#unwatch ??= this.#watch();
  }

  /** Waits no longer. Whether it did. */
  withdraw(question: Question): boolean {
    const waited = this.#waiting.delete(question);
    if (this.#waiting.size === 0) {
      this.#unwatch?.();
      this.#unwatch = null;
    }
    return waited;
  }

  /** Takes an event that answers a question: it is nobody else's then. */
  take(event: { readonly type: string }): boolean {
    if (this.#waiting.size === 0 || !isAnswer(event)) return false;
    const question = this.#find(event);
    if (question === null) return false;
    const message = event.type === "message" ? event : event.asMessage();
    // what is encrypted, or nothing but a quotation, says nothing that could be read
    if (message.replaces !== null || message.body === "") return false;
    if (question.stays !== true) this.withdraw(question);
    question.answered(message);
    return true;
  }

  /** A question to somebody comes before those to anyone. */
  #find(event: AnswerEvent): Question | null {
    let open: Question | null = null;
    for (const [question, known] of this.#waiting) {
      if (question.where !== whereOf(event) || question.isFull?.() === true) continue;
      if (question.asked === "anyone") open ??= question;
      else if (isAsked(question.asked, known, event)) return question;
    }
    return open;
  }

  /** Ends the questions to those of whom `isGone` says that they are, and who could not be recognised if they came again. */
  lost(isGone: (occupant: Occupant) => boolean): void {
    for (const [question, known] of this.#waiting) {
      const { asked } = question;
      // what was learnt of them since is no proof: it may be of whoever took their nick
      if (!(asked instanceof Occupant) || known?.realJid !== null || known.occupantId !== null) continue;
      if (isGone(asked)) this.#end(question);
    }
  }

  /** Ends all. */
  end(): void {
    for (const question of this.#waiting.keys()) this.#end(question);
  }

  #end(question: Question): void {
    this.withdraw(question);
    question.gone();
  }
}

/** Only what is said now, by somebody else, who is no bot. */
function isAnswer(event: { readonly type: string }): event is AnswerEvent {
  const said = event as AnswerEvent;
  if (said.type === "directMessage") return !isBotMarked(said.stanza);
  if (said.type !== "message" && said.type !== "privateMessage") return false;
  return said.source === "live" && !said.occupant.isSelf && !isBotMarked(said.stanza);
}

function isSame(a: Question["asked"], b: Question["asked"]): boolean {
  if (a === b) return true;
  if (a === "anyone" || b === "anyone") return false;
  if (a instanceof Occupant) return b instanceof Occupant && a.isSamePerson(b);
  return !(b instanceof Occupant) && a.equals(b);
}

function whereOf({ type }: AnswerEvent): AskedWhere {
  return type === "message" ? "room" : type === "privateMessage" ? "private" : "direct";
}

/**
 * The same `Occupant`, or provably the same person: a nick proves nothing. Where nobody told that the asked had gone, their
 * `Occupant` may be that of whoever has their nick since.
 */
function isAsked(
  asked: Occupant | JID,
  known: Pick<Occupant, "realJid" | "occupantId"> | null,
  event: AnswerEvent,
): boolean {
  if (!(asked instanceof Occupant)) return event.type === "directMessage" && asked.equals(event.from.bare());
  if (event.type === "directMessage") return false;
  const { occupant } = event;
  const { realJid, occupantId } = known ?? asked;
  if (realJid !== null && occupant.realJid !== null) return realJid.equals(occupant.realJid);
  if (occupantId !== null && occupant.occupantId !== null) return occupantId === occupant.occupantId;
  return occupant === asked;
}
