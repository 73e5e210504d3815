import { unpin } from "../../base/unpin.js";
import type { Occupant } from "../occupant.js";
import type { MessageIds, MessageMarks } from "../wire/message-content.js";
import { RecentKeys } from "./recent-keys.js";

/** A message that was handled. */
export interface Remembered extends MessageIds {
  readonly author: Occupant;
  /** What it said under which nick, as a number: two that differ are two messages. */
  readonly said: number;
  /** Whether it had a body: no room keeps in its history what has none, such as a reaction. */
  readonly hasBody: boolean;
  /** When it was handled, by the monotonic clock. */
  readonly atMs: number;
}

/** How many messages are remembered: who changes what they said does so soon. */
export const MEMORY_CAPACITY = 256;
/** Of a text, so much tells it from others. */
const COMPARED_CHARS = 1_024;

/** The last messages of a room: who said them, and that they were handled. */
export class AuthorMemory {
  readonly #messages: Remembered[] = [];
  /** By the room's id, else by the author's. None before there is a message. */
  #keys: RecentKeys | null = null;
  #next = 0;

  /** Keeps who said this; `atMs` is needed only where a history is told from what was handled before. */
  remember({ id, originId, stanzaId, body }: MessageMarks, author: Occupant, said: number, atMs = 0): void {
    this.#messages[this.#next] = {
      author,
      id: id === null ? null : unpin(id),
      // Most clients use one id for both.
      originId: originId === null || originId === id ? null : unpin(originId),
      stanzaId: stanzaId === null ? null : unpin(stanzaId),
      said,
      hasBody: body !== null,
      atMs,
    };
    this.#next = (this.#next + 1) % MEMORY_CAPACITY;
    this.#keys ??= new RecentKeys(MEMORY_CAPACITY);
    this.#keys.add(stanzaId ?? id);
  }

  /**
   * Whether a message that comes now was handled before: by the room's id for it, else by its author's, with the same
   * words. Without any id, who says the same again says it again.
   */
  isRepeat(marks: MessageMarks, nick: string): boolean {
    const { stanzaId, id } = marks;
    const key = stanzaId ?? id;
    if (key === null || this.#keys === null) return false;
    // counted once: whoever uses one id for everything has many that may be it
    let said: number | null = null;
    const isIt = (place: number): boolean => {
      const known = this.#messages[place];
      if (known === undefined || known.stanzaId !== stanzaId) return false;
      return stanzaId !== null || (known.id === id && known.said === (said ??= saidBy(nick, marks.body)));
    };
    return this.#keys.find(key, isIt) >= 0;
  }

  /** All that is remembered, oldest first. */
  get all(): readonly Remembered[] {
    return [...this.#messages.slice(this.#next), ...this.#messages.slice(0, this.#next)];
  }

  /**
   * Who said the message of this id, null where that is not known, or not certain: anybody can use the id of somebody
   * else's message for their own. The room's ids are unique, so they go first, where they are allowed.
   */
  authorOf(id: string, allowed: { readonly stanzaIds: boolean }): Occupant | null {
    let author: Occupant | null = null;
    for (const message of this.#messages) {
      if (allowed.stanzaIds && message.stanzaId === id) return message.author;
      if (message.id !== id && message.originId !== id) continue;
      if (author !== null && !author.isSamePerson(message.author)) return this.#byRoom(id, allowed.stanzaIds);
      author = message.author;
    }
    return author;
  }

  #byRoom(id: string, allowed: boolean): Occupant | null {
    const found = allowed ? this.#messages.find(({ stanzaId }) => stanzaId === id) : undefined;
    return found?.author ?? null;
  }
}

/** What was said under which nick, as a number of 53 bits: kept of every message, where its text would be too much. */
export function saidBy(nick: string, body: string | null): number {
  const text = body ?? "";
  // The length of the nick tells where it ends and the text begins.
  let a = Math.imul(0x9e3779b1 ^ nick.length, 0x01000193);
  let b = Math.imul(0x85ebca77 ^ text.length, 0x85ebca6b);
  for (let at = 0; at < nick.length && at < COMPARED_CHARS; at++) {
    const code = nick.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  for (let at = 0; at < text.length && at < COMPARED_CHARS; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  return (a >>> 0) * 0x200000 + (b >>> 11);
}
