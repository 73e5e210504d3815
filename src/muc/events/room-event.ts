import type { Element } from "../../base/element.js";
import type { Room } from "../room.js";

/** What every event of a room has. */
export abstract class RoomEvent {
  /** The key of the event map. */
  abstract readonly type: string;
  /** The room it happened in. */
  readonly room: Room;
  /** The stanza that told of it, null where none did. */
  readonly stanza: Element | null;

  constructor(room: Room, stanza: Element | null) {
    this.room = room;
    this.stanza = stanza;
  }

  /** What is printed: not the stanza, which may hold what is nobody's business. */
  toJSON(): object {
    return { type: this.type, room: this.room.jid.toString() };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}
