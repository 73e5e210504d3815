import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import { joinPresence, type HistoryRequest } from "../join-options.js";
import type { RoomContext } from "./room-context.js";

/** Joins whose late answers are known as such. */
const MAX_UNANSWERED = 16;
/** Of rooms that are over, all together. */
const MAX_ABANDONED = 256;

/** The presences that ask to enter a room, and those that say goodbye. */
export class JoinPresences {
  readonly #room: RoomContext;
  #joinId = "";
  /** Joins that were not answered: a slow service may answer one that we gave up, and then the next one too. */
  readonly #unanswered = new Set<string>();
  /** Said in farewells; null for nothing. */
  farewell: string | null = null;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** Joins begin anew: what was not answered for so long never will be. */
  restart(): void {
    if (this.#unanswered.size >= MAX_UNANSWERED) this.#unanswered.clear();
  }

  /** Asks to enter. */
  join(nick: string, history: HistoryRequest | null): void {
    this.#joinId = randomUUID();
    this.#unanswered.add(this.#joinId);
    const { password, presence, jid } = this.#room;
    this.#post(joinPresence(jid.withResource(nick), this.#joinId, { password, history, presence }));
  }

  /** Whether an error with this id, or none, is for the join that is under way. */
  isUnderWay(id: string | undefined): boolean {
    return id === undefined || id === this.#joinId;
  }

  /** The join that is under way was refused. */
  refused(): void {
    this.#unanswered.delete(this.#joinId);
  }

  /** Own presence. Whether it answers a join of ours, be it one that we gave up. */
  answered({ attrs: { id = "" } }: Element): boolean {
    return this.#unanswered.delete(id) || this.#room.host.abandonedJoins.delete(id);
  }

  /** The room is over. Who asks for it again may get the answers to what was asked before, each with its history. */
  over(): void {
    const { abandonedJoins } = this.#room.host;
    for (const id of this.#unanswered) abandonedJoins.add(id);
    this.#unanswered.clear();
    for (const id of abandonedJoins) {
      if (abandonedJoins.size <= MAX_ABANDONED) break;
      abandonedJoins.delete(id);
    }
  }

  /** Says that we go. */
  leave(nick: string): void {
    const to = this.#room.jid.withResource(nick).toString();
    const status = this.farewell === null ? null : xml("status", null, this.farewell);
    this.#post(xml("presence", { to, type: "unavailable" }, status));
  }

  #post(stanza: Element): void {
    const { host, jid } = this.#room;
    host.send(stanza).catch((error: unknown) => {
      host.logger.debug({ room: jid, error: messageOf(error) }, "A presence could not be sent");
    });
  }
}
