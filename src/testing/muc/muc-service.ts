import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { isRequest, onlyChild, resultFor } from "../wire/stanza.js";
import { serviceInfo, serviceItems } from "./disco.js";
import { Room, type RoomSurroundings } from "./room.js";
import { RoomDesk } from "./room-desk.js";

/** What is left of a destroyed room. */
interface Tombstone {
  readonly alternative: string | null;
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Prosody's `muc_tombstone_expiry`: 31 days. */
const TOMBSTONE_MS = 31 * 86_400_000;

/** What a {@link MucService} needs. */
export type MucServiceOptions = Omit<RoomSurroundings, "forget" | "bury">;

/** The rooms of one domain (XEP-0045). */
export class MucService {
  /** The domain that the rooms are at. */
  readonly domain: string;
  readonly #surroundings: MucServiceOptions;
  readonly #desks = new Map<string, RoomDesk>();
  readonly #tombstones = new Map<string, Tombstone>();

  constructor(domain: string, surroundings: MucServiceOptions) {
    this.domain = domain;
    this.#surroundings = surroundings;
  }

  /** The room of that bare JID. */
  find(jid: JID): Room | undefined {
    return this.#desks.get(jid.bare().toString())?.room;
  }

  /** All rooms. */
  get rooms(): readonly Room[] {
    return [...this.#desks.values()].map((desk) => desk.room);
  }

  /** Makes a room; there must be none of that address. A tombstone goes. */
  create(jid: JID): Room {
    return this.#create(jid).room;
  }

  #create(jid: JID): RoomDesk {
    const room = new Room(jid.bare(), {
      ...this.#surroundings,
      forget: (each) => this.#forget(each),
      bury: (each, alternative, reason) => this.#bury(each, alternative, reason),
    });
    const desk = new RoomDesk(room);
    this.#desks.set(room.address, desk);
    this.#tombstones.delete(room.address);
    return desk;
  }

  #forget(room: Room): void {
    if (this.find(room.jid) === room) this.#desks.delete(room.address);
  }

  /** Takes a room away. Where it was to stay, what remains tells people where to go (Prosody). */
  #bury(room: Room, alternative: string | null, reason: string | null): void {
    this.#forget(room);
    if (!room.config.persistentRoom) return;
    this.#tombstones.set(room.address, { alternative, reason, until: room.now() + TOMBSTONE_MS });
  }

  /** Handles one stanza to this domain. Throws {@link Refusal}. */
  handle(stanza: Element, from: JID, to: JID): void {
    if (to.local === null) return this.#toService(stanza);
    const desk = this.#desks.get(to.bare().toString()) ?? this.#open(stanza, from, to);
    try {
      desk?.handle(stanza, from, to.resource);
    } finally {
      // A room that was made for somebody who could not enter is none.
      desk?.room.vanishIfEmpty();
    }
  }

  /** A room that does not exist: a join makes it (XEP-0045 §10.1), all else finds nothing. */
  #open(stanza: Element, from: JID, to: JID): RoomDesk | null {
    this.#checkGrave(to.bare().toString());
    const { type } = stanza.attrs;
    if (stanza.name === "presence" && type !== undefined) return null;
    const joins = stanza.name === "presence" && stanza.getChild("x", NS.muc) !== undefined;
    if (!joins || to.resource === null || from.resource === null)
      return Refusal.refuse("item-not-found", { by: this.domain });
    const desk = this.#create(to);
    desk.room.locked = true;
    desk.room.affiliations.set(from.bare().toString(), { affiliation: "owner", nick: null, reason: null });
    return desk;
  }

  #checkGrave(address: string): void {
    const tombstone = this.#tombstones.get(address);
    if (tombstone === undefined) return;
    if (tombstone.until <= this.#surroundings.clock.now()) {
      this.#tombstones.delete(address);
      return;
    }
    const { alternative, reason } = tombstone;
    Refusal.refuse("gone", {
      by: this.domain,
      ...(alternative !== null && { content: `xmpp:${alternative}?join` }),
      ...(reason !== null && { text: reason }),
    });
  }

  #toService(stanza: Element): void {
    if (stanza.name === "presence") return;
    const payload = isRequest(stanza) ? onlyChild(stanza) : null;
    const { send } = this.#surroundings;
    if (payload?.is("query", NS.discoInfo) === true) return send(resultFor(stanza, serviceInfo()));
    if (payload?.is("query", NS.discoItems) === true)
      return send(resultFor(stanza, serviceItems(this.rooms)));
    if (payload?.is("ping", NS.ping) === true) return send(resultFor(stanza));
    if (isRequest(stanza) || stanza.name === "message") Refusal.refuse("service-unavailable");
  }
}
