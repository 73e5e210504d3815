import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import { unpin } from "../../base/unpin.js";
import type { Farewell } from "../events/lifecycle.js";
import {
  AffiliationChanged,
  NickChanged,
  OccupantJoined,
  OccupantLeft,
  PresenceChanged,
  RoleChanged,
  UidChanged,
} from "../events/occupants.js";
import type { AnyRoomEvent } from "../events/event-map.js";
import { Occupant, replaceOccupantFacts, updateOccupant, type OccupantFacts } from "../occupant.js";
import type { Room } from "../room.js";
import type { LeaveMode } from "../status-codes.js";
import type { MucItem } from "../wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { isOnlyText, NO_TEXTS, readOwnTexts } from "../wire/texts.js";

const SHOWS: ReadonlySet<string> = new Set(["chat", "away", "xa", "dnd"]);
const NOBODY: Farewell = { actor: null, reason: null, statusCodes: new Set() };

/** A presence of an occupant, as far as the table needs it. */
export interface OccupantPresenceStanza {
  readonly stanza: Element;
  readonly nick: string;
  readonly item: MucItem | null;
  readonly codes: ReadonlySet<number>;
}

/** Who is in a room: presences in, events out. */
export class OccupantTable {
  readonly #room: Room;
  readonly #jid: JID;
  readonly #emit: (event: AnyRoomEvent) => void;
  #byNick = new Map<string, Occupant>();
  /** Who was there before the rejoin that is under way, as long as they were not seen again. */
  #former = new Map<string, Occupant>();
  #me: Occupant | null = null;
  #list: readonly Occupant[] | null = null;
  /** Of a resync: who is there and was not told of again. Null while there is none. */
  #unseen: Set<Occupant> | null = null;
  /** Whether the room vouches for XEP-0421 ids: without that, an occupant can forge them. */
  trustOccupantIds = false;

  constructor(room: Room, jid: JID, emit: (event: AnyRoomEvent) => void) {
    this.#room = room;
    this.#jid = jid;
    this.#emit = emit;
  }

  /** Us; null until we entered for the first time. */
  get me(): Occupant | null {
    return this.#me;
  }

  /** Everybody, us first. The same list until somebody comes or goes. */
  get list(): readonly Occupant[] {
    if (this.#list !== null) return this.#list;
    const others = [...this.#byNick.values()].filter((occupant) => occupant !== this.#me);
    const present = this.#me !== null && this.#byNick.get(this.#me.nick) === this.#me;
    this.#list = present && this.#me !== null ? [this.#me, ...others] : others;
    return this.#list;
  }

  /** Who has this nick now. */
  get(nick: string): Occupant | null {
    return this.#byNick.get(nick) ?? null;
  }

  /** Who has this XEP-0421 id. Asked for the lines of a history only, so nothing is kept for it. */
  getByOccupantId(id: string): Occupant | null {
    for (const occupant of this.#byNick.values()) if (occupant.occupantId === id) return occupant;
    return null;
  }

  /** The XEP-0421 id in a stanza, null where there is none that the room vouches for. */
  occupantIdOf(stanza: Element): string | null {
    if (!this.trustOccupantIds) return null;
    const id = stanza.getChild("occupant-id", NS.occupantId)?.attrs["id"];
    return id === undefined ? null : unpin(id);
  }

  /**
   * A rejoin begins: whoever was there has to be seen again. Where an earlier one was cut short, that goes for those
   * too who were not seen again before it ended.
   */
  beginRejoin(): void {
    for (const [nick, occupant] of this.#byNick) if (occupant !== this.#me) this.#former.set(nick, occupant);
    this.#byNick = new Map();
    this.#list = null;
  }

  /** We are in again: whoever was not seen has gone meanwhile. */
  endRejoin(): void {
    const gone = [...this.#former.values()];
    this.#former.clear();
    for (const occupant of gone) this.#departed(occupant, null, "unknown", NOBODY);
  }

  /** The room is about to tell everybody again who is there: whoever it leaves out is not. */
  beginResync(): void {
    this.#unseen = new Set(this.#byNick.values());
    if (this.#me !== null) this.#unseen.delete(this.#me);
  }

  /** All was told; the number of those who are gone. Where it was cut short, nobody is. */
  endResync(complete: boolean): number {
    const ghosts = complete ? [...(this.#unseen ?? [])] : [];
    this.#unseen = null;
    for (const ghost of ghosts) if (this.#byNick.get(ghost.nick) === ghost) this.#makeRoom(ghost.nick);
    return ghosts.length;
  }

  /** Own available presence: at entry `me` is made, or on a rejoin kept. */
  selfAvailable(presence: OccupantPresenceStanza): Occupant {
    const me = this.#me;
    if (me !== null && this.#byNick.get(me.nick) === me) {
      // Under another nick: a change whose announcement did not reach us.
      if (me.nick !== presence.nick) this.rename({ ...presence, nick: me.nick }, presence.nick);
      this.#standing(me, presence, false);
      return me;
    }
    this.#makeRoom(presence.nick);
    const self = me ?? new Occupant(this.#jid, this.#factsOf(presence), true);
    if (me !== null) updateOccupant(me, { ...this.#factsOf(presence, me), nick: unpin(presence.nick) });
    this.#me = self;
    this.#byNick.set(self.nick, self);
    this.#list = null;
    return self;
  }

  /** Somebody else is about to have this nick: whoever has it has gone, though nothing told of it. */
  #makeRoom(nick: string): void {
    const inTheWay = this.#byNick.get(nick);
    if (inTheWay === undefined) return;
    this.#byNick.delete(nick);
    this.#list = null;
    this.#departed(inTheWay, null, "unknown", NOBODY);
  }

  /** Available presence of somebody else. */
  available(presence: OccupantPresenceStanza, initial: boolean): void {
    const known = this.#byNick.get(presence.nick);
    if (known !== undefined) {
      this.#unseen?.delete(known);
      return this.#standing(known, presence, false);
    }
    const former = this.#former.get(presence.nick);
    if (former !== undefined && this.#seenAgain(former, presence)) return;
    const occupant = new Occupant(this.#jid, this.#factsOf(presence));
    this.#byNick.set(occupant.nick, occupant);
    this.#list = null;
    this.#emit(new OccupantJoined(this.#room, presence.stanza, occupant, initial));
  }

  /** Somebody of the time before has their nick still: no event, unless it is proven to be somebody else. */
  #seenAgain(former: Occupant, presence: OccupantPresenceStanza): boolean {
    this.#former.delete(former.nick);
    const facts = this.#factsOf(presence);
    const { realJid, occupantId } = facts;
    const sameJid = realJid === null || former.realJid === null ? null : realJid.equals(former.realJid);
    const sameId =
      occupantId === null || former.occupantId === null ? null : occupantId === former.occupantId;
    if (sameJid === false || (sameJid === null && sameId === false)) {
      this.#departed(former, null, "unknown", NOBODY);
      return false;
    }
    const proven = sameJid === true || sameId === true;
    if (proven) updateOccupant(former, this.#factsOf(presence, former));
    this.#byNick.set(former.nick, proven ? former : new Occupant(this.#jid, facts));
    this.#list = null;
    return true;
  }

  /** Unavailable presence of somebody else who is there. False when they are not. */
  unavailable(presence: OccupantPresenceStanza, mode: LeaveMode): boolean {
    const occupant = this.#byNick.get(presence.nick);
    if (occupant === undefined) return false;
    this.#byNick.delete(presence.nick);
    this.#unseen?.delete(occupant);
    this.#list = null;
    this.#departed(occupant, presence, mode, farewellOf(presence));
    return true;
  }

  /** Own departure: what our role and affiliation became; `exit` or `suspend` is told by the room. */
  selfUnavailable(presence: OccupantPresenceStanza): void {
    if (this.#me !== null) this.#standing(this.#me, presence, true);
  }

  #departed(
    occupant: Occupant,
    presence: OccupantPresenceStanza | null,
    mode: LeaveMode,
    farewell: Farewell,
  ): void {
    if (presence === null) updateOccupant(occupant, { available: false, show: null, role: "none" });
    else this.#standing(occupant, presence, true);
    this.#emit(new OccupantLeft(this.#room, presence?.stanza ?? null, occupant, mode, farewell));
  }

  /** A nick change (XEP-0045 §7.6). Whoever has the new nick, by the room's own account, is gone. */
  rename(presence: OccupantPresenceStanza, newNick: string): boolean {
    const { nick: oldNick, stanza, codes: statusCodes } = presence;
    const occupant = this.#byNick.get(oldNick);
    if (occupant === undefined) return false;
    if (newNick === oldNick) return true;
    this.#makeRoom(newNick);
    this.#byNick.delete(oldNick);
    this.#byNick.set(newNick, occupant);
    this.#list = null;
    updateOccupant(occupant, { nick: newNick });
    this.#emit(new NickChanged(this.#room, stanza, occupant, { oldNick, newNick, statusCodes }));
    return true;
  }

  /** Takes over what a presence says, then tells what changed: presence, role, affiliation. */
  #standing(occupant: Occupant, presence: OccupantPresenceStanza, departing: boolean): void {
    const { role: oldRole, affiliation: oldAffiliation, realJid: oldJid } = occupant;
    const facts = this.#factsOf(presence, occupant);
    const moved =
      facts.realJid !== oldJid &&
      facts.realJid !== null &&
      (oldJid === null || !facts.realJid.equals(oldJid));
    const oldUid = moved ? occupant.uid : "";
    replaceOccupantFacts(
      occupant,
      // Whatever the farewell says: of an account with two sessions in the room it can name the role of the other.
      departing ? { ...facts, available: false, role: "none" } : facts,
    );
    const { stanza } = presence;
    if (moved) this.#emit(new UidChanged(this.#room, stanza, occupant, oldUid));
    if (!departing) this.#emit(new PresenceChanged(this.#room, stanza, occupant));
    if (occupant.role === oldRole && occupant.affiliation === oldAffiliation) return;
    const by = farewellOf(presence);
    if (occupant.role !== oldRole)
      this.#emit(new RoleChanged(this.#room, stanza, occupant, oldRole, occupant.role, by));
    if (occupant.affiliation !== oldAffiliation) {
      const { affiliation: newAffiliation, realJid } = occupant;
      this.#emit(
        new AffiliationChanged(this.#room, stanza, { occupant, realJid, oldAffiliation, newAffiliation }, by),
      );
    }
  }

  /** What a presence says; what it leaves out is as it was. */
  #factsOf({ stanza, nick, item }: OccupantPresenceStanza, known: Occupant | null = null): OccupantFacts {
    const show = stanza.getChildText("show") ?? "";
    return {
      nick: known?.nick ?? unpin(nick),
      realJid: keptJid(item, known?.realJid ?? null),
      occupantId: this.occupantIdOf(stanza) ?? known?.occupantId ?? null,
      role: item?.role ?? known?.role ?? "visitor",
      affiliation: item?.affiliation ?? known?.affiliation ?? "none",
      available: stanza.attrs["type"] !== "unavailable",
      show: SHOWS.has(show) ? (show as OccupantFacts["show"]) : null,
      status: keptTexts(stanza, known?.status ?? NO_TEXTS),
    };
  }
}

/** A real address that does not hold on to the stanza it came in; the known one where it is the same. */
function keptJid(item: MucItem | null, known: JID | null): JID | null {
  const text = item?.jidText ?? null;
  if (item === null || text === null) return known;
  if (known !== null && isWrittenAs(known, text)) return known;
  const { jid } = item;
  if (jid === null) return known;
  const bare = jid.bare();
  if (known !== null && known.equals(bare)) return known;
  return JID.tryParse(unpin(bare.toString())) ?? bare;
}

/** Whether a text is a bare address as we write it, and whatever resource: most often nothing has to be parsed. */
function isWrittenAs(bare: JID, text: string): boolean {
  const { length } = bare.toString();
  if (text.length > length && text.charCodeAt(length) !== 0x2f) return false;
  return text.startsWith(bare.toString());
}

/** The texts of a status, that do not hold on to the stanza they came in; those known where they are the same. */
function keptTexts(stanza: Element, known: LanguageMap): LanguageMap {
  return isOnlyText(stanza, "status", known) ? known : readOwnTexts(stanza, "status");
}

/** Who did it, and why, as the item of a presence says. */
export function farewellOf({ item, codes }: OccupantPresenceStanza): Farewell {
  return { actor: item?.actor ?? null, reason: item?.reason ?? null, statusCodes: codes };
}
