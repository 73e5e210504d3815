import { createHash, randomBytes } from "node:crypto";

import type { Clock } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import { withAttributes } from "../wire/stanza.js";
import { History } from "./history.js";
import { defaultConfig, type RoomConfig } from "./room-config.js";
import type { RoomOccupant } from "./room-occupant.js";
import { Transcript } from "./transcript.js";

/** What a room needs of the service it is at. */
export interface RoomSurroundings {
  readonly clock: Clock;
  /** Sends a stanza to where it is addressed. */
  readonly send: (stanza: Element) => void;
  /** How many messages a room keeps. */
  readonly historySize: number;
  /** The nick that somebody gets who asks for `nick` (status code 210 where it is another). */
  readonly assignNick: (nick: string, room: string) => string;
  /** Forgets the room: nothing is left of it. */
  readonly forget: (room: Room) => void;
  /** Forgets a destroyed room; one that was to stay leaves word where it went. */
  readonly bury: (room: Room, alternative: string | null, reason: string | null) => void;
}

/** What somebody is to the room, and what was noted with it. */
export interface AffiliationEntry {
  readonly affiliation: Affiliation;
  /** The nick that belongs to the entry, null where none was given. */
  readonly nick: string | null;
  readonly reason: string | null;
}

/** The subject, and who set it. */
export interface RoomSubject {
  readonly text: string;
  readonly nick: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A room: what it knows, and how it speaks to who is in it. What it does is in the files beside this one. */
export class Room {
  /** The bare JID. */
  readonly jid: JID;
  /** {@link jid} as text. */
  readonly address: string;
  /** What the service gives it. */
  readonly surroundings: RoomSurroundings;
  /** Replaced as a whole when the owner changes it. */
  config: RoomConfig;
  /** Whether nobody but the owner can enter yet: he has not configured it (XEP-0045 §10.1). */
  locked = false;
  /** Null where none was ever set. */
  subject: RoomSubject | null = null;
  /** The messages for those who come later. */
  readonly history: History;
  /** What was said, for tests. */
  readonly transcript = new Transcript();
  /** By bare JID, or by domain. Who is not listed is `none`. */
  readonly affiliations = new Map<string, AffiliationEntry>();
  /** By nick. */
  readonly occupants = new Map<string, RoomOccupant>();
  /** Roles kept for the next entry of an account, by bare JID. */
  readonly reservedRoles = new Map<string, Role>();
  readonly #bySession = new Map<string, RoomOccupant>();
  readonly #salt = randomBytes(16);

  constructor(jid: JID, surroundings: RoomSurroundings) {
    this.jid = jid;
    this.address = jid.toString();
    this.surroundings = surroundings;
    this.history = new History(surroundings.historySize);
    this.config = defaultConfig(surroundings.historySize);
  }

  /** The occupant whose client that is, by full JID. */
  occupantOf(full: string): RoomOccupant | undefined {
    return this.#bySession.get(full);
  }

  /** Adds a client to an occupant, or puts its newest presence in place of the last. */
  addSession(occupant: RoomOccupant, full: string, presence: Element): void {
    occupant.sessions.set(full, presence);
    this.#bySession.set(full, occupant);
    this.occupants.set(occupant.nick, occupant);
  }

  /** Takes one client away; the last one takes the occupant along. */
  removeSession(occupant: RoomOccupant, full: string): void {
    occupant.sessions.delete(full);
    this.#bySession.delete(full);
    if (occupant.sessions.size === 0) this.#removeOccupant(occupant);
  }

  /** Takes an occupant with all its clients away. */
  remove(occupant: RoomOccupant): void {
    for (const full of occupant.sessions.keys()) this.#bySession.delete(full);
    this.#removeOccupant(occupant);
  }

  #removeOccupant(occupant: RoomOccupant): void {
    if (this.occupants.get(occupant.nick) === occupant) this.occupants.delete(occupant.nick);
  }

  /** Gives an occupant another nick. */
  rename(occupant: RoomOccupant, nick: string): void {
    this.#removeOccupant(occupant);
    occupant.nick = nick;
    this.occupants.set(nick, occupant);
  }

  /** What that account is to the room: by its own entry, else by that of its domain (XEP-0045 §9.1). */
  affiliationOf(bare: JID | string): Affiliation {
    const text = bare.toString();
    const entry = this.affiliations.get(text) ?? this.affiliations.get(text.slice(text.indexOf("@") + 1));
    return entry?.affiliation ?? "none";
  }

  /** The role that comes with an affiliation (XEP-0045 §5.1.2). */
  defaultRole(affiliation: Affiliation): Role {
    if (affiliation === "owner" || affiliation === "admin") return "moderator";
    if (affiliation === "outcast") return "none";
    if (affiliation === "member") return "participant";
    return this.config.moderatedRoom ? "visitor" : "participant";
  }

  /** Whether that occupant sees the real addresses of all (XEP-0045 §4.2). */
  seesAddresses(occupant: RoomOccupant): boolean {
    return this.config.whois === "anyone" || occupant.role === "moderator";
  }

  /** XEP-0421: the same for the same account as long as the room exists, and of no use elsewhere. */
  occupantId(bare: string): string {
    return createHash("sha256").update(this.#salt).update(bare).digest("base64");
  }

  /** The address of an occupant. */
  inRoom(nick: string): string {
    return `${this.address}/${nick}`;
  }

  /** Sends a stanza to a client. */
  sendTo(full: string, stanza: Element): void {
    this.surroundings.send(withAttributes(stanza, { to: full }));
  }

  /** Sends a stanza to all clients of all occupants, or of those that `only` picks. */
  broadcast(stanza: Element, only: (occupant: RoomOccupant) => boolean = () => true): void {
    for (const occupant of this.occupants.values())
      if (only(occupant)) for (const full of occupant.sessions.keys()) this.sendTo(full, stanza);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.surroundings.clock.now();
  }

  /** A room that nobody is in and that is not to stay is gone (XEP-0045 §10.1.2). */
  vanishIfEmpty(): void {
    if (this.occupants.size === 0 && !this.config.persistentRoom) this.surroundings.forget(this);
  }
}
