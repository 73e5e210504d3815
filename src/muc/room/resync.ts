import { randomUUID } from "node:crypto";

import type { Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import { joinPresence } from "../join-options.js";
import type { RoomContext } from "./room-context.js";

const TIMEOUT_MS = 30_000;
/** A room's name for everything that was said before: none of it. */
const NO_HISTORY = { maxChars: 0, maxStanzas: 0 };

/**
 * Has a room that we are in tell once more who is there: it answers another join presence with the whole list, then
 * our own presence, then the subject (both servers).
 * QUIRK(prosody 0.12): who is removed when a room is made members-only (322) is told to nobody else; without this they
 * stay among the occupants for good.
 */
export class Resync {
  readonly #room: RoomContext;
  #id: string | null = null;
  #timer: Timer | null = null;
  /** The list is here; the subject comes yet, and is no change. */
  #subjectDue = false;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** Asks; an earlier question that was not answered yet is forgotten. */
  begin(nick: string): void {
    const { host, jid, table, password, presence } = this.#room;
    this.#end();
    this.#id = randomUUID();
    this.#timer = host.clock.setTimeout(() => void this.abandon(), TIMEOUT_MS);
    table.beginResync();
    const stanza = joinPresence(jid.withResource(nick), this.#id, {
      password,
      history: NO_HISTORY,
      presence,
    });
    host.send(stanza).catch((error: unknown) => {
      this.abandon();
      host.logger.debug({ room: jid, error: messageOf(error) }, "The occupants could not be asked for");
    });
  }

  /** Own presence. Whether it is the end of the list. */
  answered(stanza: Element): boolean {
    if (this.#id === null || stanza.attrs["id"] !== this.#id) return false;
    this.#end();
    this.#subjectDue = true;
    const ghosts = this.#room.table.endResync(true);
    if (ghosts > 0)
      this.#room.host.logger.info({ room: this.#room.jid, ghosts }, "Occupants were gone without a word");
    return true;
  }

  /** The subject that comes with the list, where it is the one that we know. */
  isKnownSubject(subject: LanguageMap, setter: string | null): boolean {
    if (!this.#subjectDue) return false;
    this.#subjectDue = false;
    const { subject: known, subjectSetter } = this.#room;
    const same = subject.size === known.size && [...subject].every(([tag, text]) => known.get(tag) === text);
    return same && setter === subjectSetter;
  }

  /** Nothing will come any more, or nobody waits for it. Whether something was awaited. */
  abandon(): boolean {
    const awaited = this.#id !== null;
    if (awaited) this.#room.table.endResync(false);
    this.#end();
    this.#subjectDue = false;
    return awaited;
  }

  #end(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#id = null;
  }
}
