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

  /** What `nick` says now. */
  now(stanza: Element, nick: string): Authored {
    const occupant = this.author(stanza, nick, false);
    return { occupant, nick, source: occupant === this.#room.table.me ? "reflection" : "live" };
  }

  /** What `nick` said, as the history has it. */
  past(stanza: Element, nick: string, place: "missed" | "replay"): Authored {
    const { table } = this.#room;
    const { me } = table;
    const occupant = this.author(stanza, nick, true);
    if (place === "replay" || me === null) return { occupant, nick, source: "replay" };
    if (occupant === me || (nick === me.nick && this.#room.isSent(stanza)))
      return { occupant: me, nick, source: "reflection" };
    // It may be our own: who answers what they missed is not to answer that.
    const isOther = nick !== me.nick || (occupant.occupantId !== null && me.occupantId !== null);
    return { occupant, nick, source: isOther ? "missed" : "replay" };
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
