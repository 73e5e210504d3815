import type { Element } from "../../base/element.js";
import { xml } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import type { HistoryWish } from "./history.js";
import { occupantPresence, type Announcement, type Viewer } from "./presence-view.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";
import { subjectMessage } from "./subject.js";

/** Tells everybody but the occupant himself. Each kind of viewer gets the same element: it is built once. */
export function announceToOthers(room: Room, occupant: RoomOccupant, announcement: Announcement): void {
  const views = new Map<Viewer, Element>();
  for (const other of room.occupants.values()) {
    if (other === occupant) continue;
    const viewer: Viewer = room.seesAddresses(other) ? "full" : "anonymous";
    const view = views.get(viewer) ?? occupantPresence(room, occupant, announcement, viewer);
    views.set(viewer, view);
    for (const full of other.sessions.keys()) room.sendTo(full, view);
  }
}

/** Tells the occupant's own clients; each gets back the presence that it sent itself. */
export function announceToSelf(room: Room, occupant: RoomOccupant, announcement: Announcement): void {
  for (const [full, base] of occupant.sessions) {
    const own = announcement.type === undefined ? { base, ...announcement } : announcement;
    room.sendTo(full, occupantPresence(room, occupant, own, "self"));
  }
}

/** Tells everybody. */
export function announce(room: Room, occupant: RoomOccupant, announcement: Announcement = {}): void {
  announceToOthers(room, occupant, announcement);
  announceToSelf(room, occupant, announcement);
}

/** Sends one client the presences of all the others (XEP-0045 §7.2.2). */
export function sendOccupants(room: Room, occupant: RoomOccupant, full: string): void {
  const viewer: Viewer = room.seesAddresses(occupant) ? "full" : "anonymous";
  for (const other of room.occupants.values())
    if (other !== occupant) room.sendTo(full, occupantPresence(room, other, {}, viewer));
}

/** What follows own presence at a join: history, subject, and the presence of the room itself (XEP-0045 §7.2). */
export function sendRoom(room: Room, full: string, wish: HistoryWish): void {
  const { historyLength } = room.config;
  for (const message of room.history.select(wish, historyLength, room.now(), room.address))
    room.sendTo(full, message);
  room.sendTo(full, subjectMessage(room, true));
  // Both servers send presence from the room itself, Prosody here: the hash of its picture, of which there is none.
  const photo = xml("x", { xmlns: NS.vcardUpdate }, xml("photo"));
  room.sendTo(full, xml("presence", { from: room.address }, photo));
}
