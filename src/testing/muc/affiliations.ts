import { xml } from "../../base/element.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { announce, sendOccupants } from "./announce.js";
import type { ActorInfo } from "./presence-view.js";
import { rankOf, roleRankOf } from "./ranks.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";

/** Why something is done to somebody, and by whom; null where that is not said. */
export interface Cause {
  /** Who did it. */
  readonly actor: ActorInfo | null;
  /** Text for people. */
  readonly reason: string | null;
}

/** Nobody in particular did it, for no reason given. */
export const NO_CAUSE: Cause = { actor: null, reason: null };

/** Puts somebody out of the room, and tells everybody with `code` why (XEP-0045 §8.2, §9.1, §9.4). */
export function expel(
  room: Room,
  occupant: RoomOccupant,
  codes: readonly number[],
  { actor, reason }: Cause,
  more: { readonly status?: string; readonly affiliation?: Affiliation } = {},
): void {
  announce(room, occupant, { type: "unavailable", codes, actor, reason, ...more });
  room.remove(occupant);
}

/** Gives somebody in the room another role (XEP-0045 §8.3 to §8.5, §9.6, §9.7); `none` is a kick. */
export function setRole(room: Room, occupant: RoomOccupant, role: Role, cause: Cause): void {
  if (role === "none") expel(room, occupant, [307], cause);
  else {
    occupant.role = role;
    announce(room, occupant, cause);
  }
  room.vanishIfEmpty();
}

/**
 * Makes an account something else to the room (XEP-0045 §9, §10.3 to §10.8): notes it, changes the roles that come
 * with it, and tells everybody, or those who see addresses where the account is not in the room.
 */
export function setAffiliation(
  room: Room,
  jid: string,
  affiliation: Affiliation,
  cause: Cause,
  nick: string | null = null,
): void {
  const before = room.affiliationOf(jid);
  if (affiliation === "none") room.affiliations.delete(jid);
  else room.affiliations.set(jid, { affiliation, nick, reason: cause.reason });
  const present = [...room.occupants.values()].filter((occupant) => isMeant(room, occupant, jid));
  if (present.length === 0) return tellOfAbsent(room, jid, affiliation, cause.reason);
  for (const occupant of present) applyTo(room, occupant, before, affiliation, cause);
  room.vanishIfEmpty();
}

/** An entry for a domain is that of all its accounts that have none of their own. */
function isMeant(room: Room, occupant: RoomOccupant, jid: string): boolean {
  if (occupant.bare === jid) return true;
  return occupant.bare.endsWith(`@${jid}`) && !room.affiliations.has(occupant.bare);
}

function applyTo(
  room: Room,
  occupant: RoomOccupant,
  before: Affiliation,
  affiliation: Affiliation,
  cause: Cause,
): void {
  if (affiliation === "outcast") return expel(room, occupant, [301], cause);
  if (affiliation === "none" && room.config.membersOnly) return expel(room, occupant, [321], cause);
  const role = room.defaultRole(affiliation);
  const couldSee = room.seesAddresses(occupant);
  const demoted = rankOf(affiliation) < rankOf(before);
  if (demoted || roleRankOf(occupant.role) < roleRankOf(role)) occupant.role = role;
  announce(room, occupant, cause);
  // Who has just become able to see real addresses is told all of them (Prosody; ejabberd does not).
  if (!couldSee && room.seesAddresses(occupant))
    for (const full of occupant.sessions.keys()) sendOccupants(room, occupant, full);
}

/** XEP-0045 §9.1 and others: the room tells it in a message, Prosody with 301 for a ban. */
function tellOfAbsent(room: Room, jid: string, affiliation: Affiliation, reason: string | null): void {
  const item = xml("item", { affiliation, jid }, reason === null ? null : xml("reason", null, reason));
  const status = affiliation === "outcast" && xml("status", { code: 301 });
  const message = xml("message", { from: room.address }, xml("x", { xmlns: NS.user }, status, item));
  room.broadcast(message, (occupant) => room.seesAddresses(occupant));
}
