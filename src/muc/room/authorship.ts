import type { Element } from "../../base/element.js";
import type { MessageSource } from "../events/messages.js";
import { stranger, type Occupant } from "../occupant.js";
import type { RoomContext } from "./room-context.js";

/** Who sent something, and when that was. */
export interface Authored {
  readonly occupant: Occupant;
  readonly nick: string;
  readonly source: MessageSource;
}

/** The one place that decides who said something in a room, and where in time it belongs. */
export class Authorship {
  readonly #room: RoomContext;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** What `nick` said; `replay`: it belongs to the history, and not to now. */
  of(stanza: Element, nick: string, replay: boolean): Authored {
    const occupant = this.author(stanza, nick, replay);
    const source = replay ? "replay" : occupant === this.#room.table.me ? "reflection" : "live";
    return { occupant, nick, source };
  }

  /**
   * Who said it: now, whoever has the nick. Then, that may have been somebody else: a replayed line is a stranger's,
   * unless an id that the room vouches for names somebody who is there.
   */
  author(stanza: Element, nick: string, replay: boolean): Occupant {
    const { table, jid } = this.#room;
    const present = replay ? null : table.get(nick);
    if (present !== null) return present;
    const id = table.occupantIdOf(stanza);
    const known = replay && id !== null ? table.getByOccupantId(id) : null;
    return known ?? stranger(jid, nick, id);
  }
}
