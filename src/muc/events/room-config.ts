import type { Element } from "../../base/element.js";
import type { Room } from "../room.js";
import { RoomEvent } from "./room-event.js";

/**
 * The room's configuration was changed (XEP-0045 §10.2.1); what it can is asked anew. Also told after `enter` where a
 * rejoined room tells real addresses now and did not before (172), or the other way about (173): `stanza` is our own
 * presence then.
 */
export class RoomConfigChanged extends RoomEvent {
  readonly type = "config";
  /** What the room says of it: 104 that something changed, 170 to 174 what became of logging and anonymity. */
  readonly statusCodes: ReadonlySet<number>;
  declare readonly stanza: Element;

  constructor(room: Room, stanza: Element, statusCodes: ReadonlySet<number>) {
    super(room, stanza);
    this.statusCodes = statusCodes;
  }

  override toJSON(): object {
    return { ...super.toJSON(), statusCodes: [...this.statusCodes] };
  }
}
