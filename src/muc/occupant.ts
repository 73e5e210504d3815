import { randomUUID } from "node:crypto";

import type { JID } from "../base/jid.js";
import type { LanguageMap } from "../base/language-map.js";
import type { Affiliation, Role } from "./wire/muc-user.js";
import { NO_TEXTS } from "./wire/texts.js";

/** Whether somebody is there, and how much (RFC 6121 §4.7.2.1). */
export interface OccupantPresence {
  readonly available: boolean;
  readonly show: "chat" | "away" | "xa" | "dnd" | null;
}

/** What is known of an occupant. A null is not known. */
export interface OccupantFacts {
  readonly nick: string;
  readonly realJid: JID | null;
  readonly occupantId: string | null;
  readonly role: Role;
  readonly affiliation: Affiliation;
  readonly available: boolean;
  readonly show: OccupantPresence["show"];
  readonly status: LanguageMap;
}

function isSame(a: JID | null, b: JID | null): boolean {
  return a !== null && b !== null && a.equals(b);
}

let patchOccupant: (occupant: Occupant, facts: Partial<OccupantFacts>) => void;
let replaceFacts: (occupant: Occupant, facts: OccupantFacts) => void;

/**
 * Somebody in a room. One object for one stay: it is kept over nick changes and ends with leaving, so while somebody
 * is there their `Occupant` tells them from everybody else. Their nick does not.
 */
export class Occupant {
  /** Whether this is the bot itself. */
  readonly isSelf: boolean;
  readonly #room: JID;
  #facts: OccupantFacts;
  #uid: string | null = null;

  static {
    patchOccupant = (occupant, facts) => {
      if (facts.realJid !== undefined && facts.realJid !== null) occupant.#uid = null;
      occupant.#facts = { ...occupant.#facts, ...facts };
    };
    replaceFacts = (occupant, facts) => {
      if (facts.realJid !== null) occupant.#uid = null;
      occupant.#facts = facts;
    };
  }

  constructor(room: JID, facts: OccupantFacts, isSelf = false) {
    this.#room = room;
    this.#facts = facts;
    this.isSelf = isSelf;
  }

  /** The occupant JID, `room@service/nick`; of somebody whose nick nobody knows, the room's. */
  get jid(): JID {
    return this.nick === "" ? this.#room : this.#room.withResource(this.nick);
  }

  /** The nick: a name to show, never an identity. */
  get nick(): string {
    return this.#facts.nick;
  }

  /** The bare real address, null where the room does not tell it. */
  get realJid(): JID | null {
    return this.#facts.realJid;
  }

  /** The room's own name for whoever this is, over stays and nicks (XEP-0421); null where it is not to be trusted. */
  get occupantId(): string | null {
    return this.#facts.occupantId;
  }

  /** An opaque name for this occupant: equal only for the same real address, else good for this stay only. */
  get uid(): string {
    this.#uid ??= this.realJid === null ? `urn:uuid:${randomUUID()}` : `xmpp:${this.realJid.toString()}`;
    return this.#uid;
  }

  /**
   * Whether both are proven to be the same person: in one stay, or over stays by what the room says of them. A nick
   * proves nothing, and what is not known proves nothing either.
   */
  isSamePerson(other: Occupant): boolean {
    if (this === other) return true;
    if (!this.#room.equals(other.#room)) return isSame(this.realJid, other.realJid);
    if (this.occupantId !== null && other.occupantId !== null) return this.occupantId === other.occupantId;
    return isSame(this.realJid, other.realJid);
  }

  /** What they may do in the room now. */
  get role(): Role {
    return this.#facts.role;
  }

  /** What they are to the room. */
  get affiliation(): Affiliation {
    return this.#facts.affiliation;
  }

  /** Whether they are there. */
  get presence(): OccupantPresence {
    return { available: this.#facts.available, show: this.#facts.show };
  }

  /** What they say of their presence, by language. */
  get status(): LanguageMap {
    return this.#facts.status;
  }
}

/** Changes what is known of an occupant. For the room only: it is not part of the package's surface. */
export function updateOccupant(occupant: Occupant, facts: Partial<OccupantFacts>): void {
  patchOccupant(occupant, facts);
}

/** As {@link updateOccupant}, where all is known: on the way of every presence, so nothing is copied. */
export function replaceOccupantFacts(occupant: Occupant, facts: OccupantFacts): void {
  replaceFacts(occupant, facts);
}

/** Somebody of whom nothing is known but a nick that they used: in no list, with no rights. */
export function stranger(room: JID, nick: string, occupantId: string | null = null): Occupant {
  return new Occupant(room, {
    nick,
    realJid: null,
    occupantId,
    role: "none",
    affiliation: "none",
    available: false,
    show: null,
    status: NO_TEXTS,
  });
}

/** The room itself as a sender: what the service says in its own name. Never among the occupants. */
export class ServiceMember {
  /** The bare JID of the room. */
  readonly jid: JID;
  readonly nick = null;
  readonly isSelf = false;
  readonly role = null;
  readonly affiliation = null;
  readonly occupantId = null;

  constructor(jid: JID) {
    this.jid = jid;
  }

  /** As `jid`. */
  get realJid(): JID {
    return this.jid;
  }

  /** Stable: the address of the room. */
  get uid(): string {
    return `xmpp:${this.jid.toString()}`;
  }

  /** A room is never present in itself. */
  get presence(): OccupantPresence {
    return { available: false, show: null };
  }

  /** Empty. */
  get status(): LanguageMap {
    return NO_TEXTS;
  }
}
