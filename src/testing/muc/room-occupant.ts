import type { Element } from "../../base/element.js";
import type { Role } from "../../muc/wire/muc-user.js";

/** Somebody in a room: one nick, one account, one or more of its clients (XEP-0045 §7.2.8: as on both servers). */
export class RoomOccupant {
  nick: string;
  /** The account, as a bare JID. */
  readonly bare: string;
  role: Role;
  /** The last presence of each client, by full JID, newest client last. */
  readonly sessions = new Map<string, Element>();

  constructor(nick: string, bare: string, role: Role) {
    this.nick = nick;
    this.bare = bare;
    this.role = role;
  }

  /** The presence that others see: that of the newest client. */
  get presence(): Element | null {
    return [...this.sessions.values()].at(-1) ?? null;
  }
}
