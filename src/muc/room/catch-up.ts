import type { Element } from "../../base/element.js";
import type { Occupant } from "../occupant.js";
import type { MessageIds, MessageMarks } from "../wire/message-content.js";
import { readDelay } from "../wire/texts.js";
import { AuthorMemory, MEMORY_CAPACITY, saidBy, type Remembered } from "./author-memory.js";
import type { RoomContext } from "./room-context.js";

/** Clocks of both sides run on while a request for history is under way, and their marks are rough. */
const MARGIN_MS = 30_000;
/** Without any id, the same words of the same nick are the same message only within this time. */
const SAME_WORDS_MS = 60_000;

/** What a line of the history is: handled before, said while we were out, or of before our time. */
export type Place = "handled" | "missed" | "replay";

/** What the history after a gap came to. */
export interface CaughtUp {
  /** Messages that are told as `missed`. */
  readonly missed: number;
  readonly gap: { readonly since: Date; readonly until: Date } | null;
}

/** What is known of the history that is coming in. */
interface Phase {
  /** Handled before it began, oldest first. */
  before: readonly Remembered[];
  /** Of those without any id, what came again: each counts once. */
  readonly again: Set<Remembered>;
  /** The last message handled came again: nothing lies between. */
  reached: boolean;
  /** When the first line was said; null before there is one that tells. */
  firstSaid: Date | null;
}

/**
 * Tells what a history brings from what was handled before, so that every message is handled once (within this process),
 * and whether it reaches back to that. Nothing is looked up but while a history comes in.
 */
export class CatchUp {
  /** The messages that were handled. */
  readonly memory: AuthorMemory;
  readonly #room: RoomContext;
  /** When the gap began, by the monotonic clock; null where there is none. */
  #sinceMs: number | null = null;
  #phase: Phase | null = null;
  #missed = 0;

  constructor(room: RoomContext) {
    this.#room = room;
    this.memory = new AuthorMemory();
  }

  /** A message is handled: what comes of it again is not. */
  handled(marks: MessageMarks, nick: string, author: Occupant): void {
    this.memory.remember(marks, author, saidBy(nick, marks.body), this.#room.host.clock.monotonic());
  }

  /** We are out. A gap that was not caught up with goes on: it began when it began. */
  suspended(): void {
    this.#sinceMs ??= this.#room.lastStanzaMs;
    this.#phase = null;
  }

  /** How much history the next join is to ask for, in seconds. */
  get seconds(): number {
    const nowMs = this.#room.host.clock.monotonic();
    const sinceMs = this.#sinceMs ?? this.#room.lastStanzaMs;
    return Math.max(1, Math.ceil((nowMs - sinceMs + this.#marginMs(sinceMs)) / 1_000));
  }

  /** In a room where more is said within the margin than is remembered, what is older would be handled twice. */
  #marginMs(sinceMs: number): number {
    const { all } = this.memory;
    const [oldest] = all;
    if (oldest === undefined || all.length < MEMORY_CAPACITY) return MARGIN_MS;
    const reachMs = sinceMs - oldest.atMs;
    // More came late, after a resumption, than is remembered.
    if (reachMs < 0) return reachMs - 1_000;
    return Math.min(MARGIN_MS, Math.max(1_000, reachMs - 1_000));
  }

  /** The history begins once more: a slow room answers a join that was given up, and then the next one too. */
  beginAgain(): void {
    if (this.#phase === null) return;
    this.#phase.before = this.#known();
    this.#phase.again.clear();
  }

  #current(): Phase {
    this.#phase ??= { before: this.#known(), again: new Set(), reached: false, firstSaid: null };
    return this.#phase;
  }

  #known(): readonly Remembered[] {
    const earliestMs = (this.#sinceMs ?? this.#room.host.clock.monotonic()) - SAME_WORDS_MS;
    return this.memory.all.filter(
      ({ id, stanzaId, atMs }) => id !== null || stanzaId !== null || atMs >= earliestMs,
    );
  }

  /** A line of the history. */
  place(stanza: Element, marks: MessageMarks, nick: string): Place {
    const phase = this.#current();
    phase.firstSaid ??= readDelay(stanza);
    const found = findIn(phase, marks, saidBy(nick, marks.body));
    if (found === null) return this.#sinceMs === null ? "replay" : "missed";
    const { before } = phase;
    if (found === lastSaid(before) || found === before.at(-1)) phase.reached = true;
    return "handled";
  }

  /** A line of the history is told as missed. */
  countMissed(): void {
    this.#missed++;
  }

  /** The history is over. */
  over(): CaughtUp {
    const sinceMs = this.#sinceMs;
    const phase = this.#current();
    const missed = this.#missed;
    this.#sinceMs = null;
    this.#phase = null;
    this.#missed = 0;
    return { missed, gap: sinceMs === null ? null : this.#gap(phase, sinceMs) };
  }

  #gap({ before, reached, firstSaid }: Phase, sinceMs: number): CaughtUp["gap"] {
    const last = lastSaid(before);
    if (reached || last === undefined) return null;
    // Said so long before that it was not asked for: an empty answer is a whole one.
    if (firstSaid === null && last.atMs < sinceMs - MARGIN_MS) return null;
    const { clock } = this.#room.host;
    const nowMs = clock.now();
    const gapMs = nowMs - (clock.monotonic() - sinceMs);
    const untilMs = firstSaid === null || firstSaid.getTime() < gapMs ? nowMs : firstSaid.getTime();
    return { since: new Date(gapMs), until: new Date(Math.min(untilMs, nowMs)) };
  }
}

/** The last one that the history can hold: reactions and the like do not come again. */
function lastSaid(before: readonly Remembered[]): Remembered | undefined {
  return before.findLast(({ hasBody }) => hasBody);
}

/** By the room's id for it; else by its author's, with the same words; else by those alone, counted. */
function findIn(phase: Phase, ids: MessageIds, said: number): Remembered | null {
  for (const message of phase.before) {
    if (message.stanzaId !== null && ids.stanzaId !== null) {
      if (message.stanzaId === ids.stanzaId) return message;
      continue;
    }
    if (message.said !== said || message.id !== ids.id || phase.again.has(message)) continue;
    if (ids.id === null) phase.again.add(message);
    return message;
  }
  return null;
}
