import type { Element } from "../../base/element.js";
import type { Role } from "../../muc/wire/muc-user.js";

/** Somebody in a room: one nick, one account, one or more of its clients (XEP-0045 §7.2.8: as on both servers). */
export class RoomOccupant {
  /** Changed by {@link Room.rename} only: the room finds him by it. */
  nick: string;
  /** The account, as a bare JID. */
  readonly bare: string;
  /** XEP-0421: the room's own name for the account. */
  readonly id: string;
  /** What he may do now. */
  role: Role;
  /** The last presence of each client, by full JID, in the order of entering. */
  readonly sessions = new Map<string, Element>();

  constructor(nick: string, bare: string, role: Role, id: string) {
    this.nick = nick;
    this.bare = bare;
    this.role = role;
    this.id = id;
  }

  /** The client that came first, as a full JID: it stands for all (Prosody). Null once nobody is left. */
  get main(): string | null {
    const [first] = this.sessions.keys();
    return first ?? null;
  }

  /** The presence that others see. */
  get presence(): Element | null {
    const [first] = this.sessions.values();
    return first ?? null;
  }
}
