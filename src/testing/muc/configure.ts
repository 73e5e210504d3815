import { xml } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import { expel, NO_CAUSE } from "./affiliations.js";
import type { Room } from "./room.js";
import type { RoomConfig } from "./room-config.js";

/** What the room has to tell after a change (XEP-0045 §10.2.1); empty where nothing did. */
function changeCodes(before: RoomConfig, after: RoomConfig): readonly number[] {
  const privacy = before.whois === after.whois ? [] : [after.whois === "anyone" ? 172 : 173];
  const keys = Object.keys(after) as (keyof RoomConfig)[];
  const other = keys.some((key) => key !== "whois" && before[key] !== after[key]);
  return other ? [...privacy, 104] : privacy;
}

/** Puts another configuration in force. `answer` is done before the room tells of it (Prosody; ejabberd: after). */
export function configure(room: Room, config: RoomConfig, answer: () => void = () => {}): void {
  const before = room.config;
  room.config = config;
  if (config.membersOnly && !before.membersOnly) removeOthers(room);
  answer();
  const codes = changeCodes(before, config);
  if (codes.length === 0) return;
  const statuses = codes.map((code) => xml("status", { code }));
  room.broadcast(
    xml("message", { type: "groupchat", from: room.address }, xml("x", { xmlns: NS.user }, statuses)),
  );
}

/**
 * XEP-0045 §10.2: who is no member has to go. ejabberd tells everybody, as for any other removal; Prosody tells only
 * who is removed, which leaves ghosts with the others.
 */
function removeOthers(room: Room): void {
  for (const occupant of room.occupants.values())
    if (room.affiliationOf(occupant.bare) === "none") expel(room, occupant, [322], NO_CAUSE);
}
