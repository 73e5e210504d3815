import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";

/**
 * Somebody does not want to come into a room (XEP-0045 §7.8.2). Anybody can have a room say this, invited or not: it is
 * a courtesy, and proves nothing.
 */
export class InvitationDeclined {
  readonly type = "invitationDeclined";
  /** The room that tells of it, bare. */
  readonly room: JID;
  /** Who declines, as the room says: a real address, or an occupant of the room. */
  readonly from: JID;
  /** Why, null where they do not say. */
  readonly reason: string | null;
  readonly stanza: Element;

  constructor(fields: Pick<InvitationDeclined, "room" | "from" | "reason" | "stanza">) {
    this.room = fields.room;
    this.from = fields.from;
    this.reason = fields.reason;
    this.stanza = fields.stanza;
  }

  /** What is printed: not what people wrote. */
  toJSON(): object {
    return { type: this.type, room: this.room.toString(), from: this.from.toString() };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}
