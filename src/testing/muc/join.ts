import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { announceToOthers, announceToSelf, sendOccupants, sendRoom } from "./announce.js";
import { readHistoryWish } from "./history.js";
import { occupantPresence } from "./presence-view.js";
import type { Room } from "./room.js";
import { RoomOccupant } from "./room-occupant.js";

/** Lets a client in, or refuses it (XEP-0045 §7.2). */
export function join(room: Room, stanza: Element, from: JID, wanted: string): void {
  const full = from.toString();
  const bare = from.bare().toString();
  const nick = room.surroundings.assignNick(wanted, room.address);
  checkEntry(room, stanza, bare);
  const known = room.occupants.get(nick);
  if (known !== undefined && known.bare !== bare) return Refusal.refuse("conflict", { by: room.address });
  checkNick(room, bare, nick);
  const role = room.reservedRoles.get(bare) ?? room.defaultRole(room.affiliationOf(bare));
  room.reservedRoles.delete(bare);
  const occupant = known ?? new RoomOccupant(nick, bare, role, room.occupantId(bare));
  room.addSession(occupant, full, stanza);
  announceToOthers(room, occupant, {});
  const codes = [
    ...(room.config.whois === "anyone" ? [100] : []),
    ...(room.locked ? [201] : []),
    ...(nick === wanted ? [] : [210]),
  ];
  // The account's other clients in the room under this nick see that they are more now.
  if (known !== undefined)
    for (const [other, base] of occupant.sessions)
      if (other !== full) room.sendTo(other, occupantPresence(room, occupant, { base }, "self"));
  welcome(room, occupant, stanza, full, codes);
}

/** The order of all servers: the others, oneself with 110, history, subject (XEP-0045 §7.2.2, §7.2.13, §7.2.15). */
export function welcome(
  room: Room,
  occupant: RoomOccupant,
  stanza: Element,
  full: string,
  codes: readonly number[],
): void {
  sendOccupants(room, occupant, full);
  room.sendTo(full, occupantPresence(room, occupant, { base: stanza, codes }, "self"));
  sendRoom(room, full, readHistoryWish(stanza));
}

/** Whether that account may enter (XEP-0045 §7.2.5 to §7.2.10). Conditions and formats are Prosody's. */
function checkEntry(room: Room, stanza: Element, bare: string): void {
  const affiliation = room.affiliationOf(bare);
  const by = room.address;
  if (room.locked && affiliation !== "owner")
    return Refusal.refuse("item-not-found", { by: room.jid.domain });
  if (affiliation === "outcast") return Refusal.refuse("forbidden", { type: "auth", by });
  if (room.config.membersOnly && affiliation === "none")
    return Refusal.refuse("registration-required", { type: "auth", by });
  const password = stanza.getChild("x", NS.muc)?.getChildText("password", NS.muc) ?? "";
  if (room.config.roomSecret !== "" && password !== room.config.roomSecret)
    return Refusal.refuse("not-authorized", { type: "auth", by });
  // Prosody 0.12 has no limit; ejabberd answers so, and lets owners and admins in all the same.
  const { maxUsers } = room.config;
  const privileged = affiliation === "owner" || affiliation === "admin";
  if (maxUsers > 0 && room.occupants.size >= maxUsers && !privileged)
    return Refusal.refuse("resource-constraint", { type: "wait", by });
}

/** A nick that belongs to the entry of another account is taken (XEP-0045 §7.2.8; only Prosody holds it up). */
export function checkNick(room: Room, bare: string, nick: string): void {
  for (const [jid, entry] of room.affiliations)
    if (entry.nick === nick && entry.affiliation !== "outcast" && jid !== bare)
      return Refusal.refuse("conflict", { by: room.address });
}

/** A change of presence, also a join of somebody who is in: then the whole room is told to him again (both servers). */
export function changePresence(room: Room, occupant: RoomOccupant, stanza: Element, full: string): void {
  room.addSession(occupant, full, stanza);
  announceToOthers(room, occupant, {});
  if (stanza.getChild("x", NS.muc) === undefined) return announceToSelf(room, occupant, {});
  welcome(room, occupant, stanza, full, room.config.whois === "anyone" ? [100] : []);
}
