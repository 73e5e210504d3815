import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { announce, announceToOthers, announceToSelf } from "./announce.js";
import { changePresence, checkNick, join, welcome } from "./join.js";
import { occupantPresence } from "./presence-view.js";
import { conditionOf } from "./refusals.js";
import type { Room } from "./room.js";
import { RoomOccupant } from "./room-occupant.js";

/** Presence to a room, or to somebody in it (XEP-0045 §7.1 to §7.7, §7.14). */
export function handlePresence(room: Room, stanza: Element, from: JID, nick: string | null): void {
  const full = from.toString();
  const occupant = room.occupantOf(full);
  const { type } = stanza.attrs;
  if (type === "error") return removeBroken(room, full, conditionOf(stanza));
  if (type === "unavailable") return occupant && leave(room, occupant, stanza, full);
  if (type !== undefined) return Refusal.refuse("bad-request", { type: "modify", by: room.address });
  if (occupant === undefined) return enter(room, stanza, from, nick);
  if (nick === null || nick === occupant.nick) return changePresence(room, occupant, stanza, full);
  changeNick(room, occupant, stanza, full, nick);
}

function enter(room: Room, stanza: Element, from: JID, nick: string | null): void {
  if (nick === null) return Refusal.refuse("service-unavailable");
  // The old protocol of groupchat 1.0; ejabberd lets it in, Prosody does not.
  if (stanza.getChild("x", NS.muc) === undefined)
    return Refusal.refuse("item-not-found", {
      by: room.address,
      text: "You are not currently connected to this chat",
    });
  join(room, stanza, from, nick);
}

/** XEP-0045 §7.6. */
function changeNick(room: Room, occupant: RoomOccupant, stanza: Element, full: string, wanted: string): void {
  const nick = room.surroundings.assignNick(wanted, room.address);
  if (room.occupants.has(nick) && room.occupants.get(nick) !== occupant)
    return Refusal.refuse("conflict", { by: room.address });
  checkNick(room, occupant.bare, nick);
  if (occupant.sessions.size > 1) return splitOff(room, occupant, stanza, full, nick);
  const gone = { type: "unavailable", codes: [303], from: occupant.nick, newNick: nick } as const;
  announce(room, occupant, gone);
  room.rename(occupant, nick);
  room.addSession(occupant, full, stanza);
  announceToOthers(room, occupant, {});
  const codes = nick === wanted ? [] : [210];
  if (stanza.getChild("x", NS.muc) === undefined) announceToSelf(room, occupant, { codes });
  else welcome(room, occupant, stanza, full, codes);
}

/** One of several clients of an account takes a nick of its own: the others stay as they are. */
function splitOff(room: Room, occupant: RoomOccupant, stanza: Element, full: string, nick: string): void {
  leaveOne(room, occupant, stanza, full);
  const apart = new RoomOccupant(nick, occupant.bare, occupant.role, occupant.id);
  room.addSession(apart, full, stanza);
  announceToOthers(room, apart, {});
  announceToSelf(room, apart, {});
}

/** XEP-0045 §7.14. */
function leave(room: Room, occupant: RoomOccupant, stanza: Element, full: string): void {
  if (occupant.sessions.size > 1) return leaveOne(room, occupant, stanza, full);
  announce(room, occupant, { type: "unavailable", base: stanza });
  room.remove(occupant);
  room.vanishIfEmpty();
}

/** One of several clients leaves: only it goes. Its farewell still says the role, which is no contradiction (Prosody). */
function leaveOne(room: Room, occupant: RoomOccupant, stanza: Element, full: string): void {
  const sessions = [...occupant.sessions.keys()].reverse();
  const id = stanza.attrs["id"];
  const base = xml("presence", { id });
  const farewell = { type: "unavailable", base, role: occupant.role, sessions } as const;
  room.sendTo(full, occupantPresence(room, occupant, farewell, "self"));
  room.removeSession(occupant, full);
  announce(room, occupant);
}

/** A client that answers the room with errors is taken for broken and removed (333; both servers). */
export function removeBroken(room: Room, full: string, condition: string | null): void {
  const occupant = room.occupantOf(full);
  if (occupant === undefined) return;
  const status = `Kicked: ${condition?.replaceAll("-", " ") ?? "presence error"}`;
  const gone = { type: "unavailable", codes: [333], status } as const;
  if (occupant.sessions.size > 1) {
    room.sendTo(full, occupantPresence(room, occupant, gone, "self"));
    room.removeSession(occupant, full);
    return announce(room, occupant);
  }
  announce(room, occupant, gone);
  room.remove(occupant);
  room.vanishIfEmpty();
}
