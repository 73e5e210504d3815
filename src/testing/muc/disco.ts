import { xml, type Element } from "../../base/element.js";
import { formElement } from "../wire/form.js";
import { NS } from "../wire/namespaces.js";
import type { Room } from "./room.js";

/** disco#info of a service of rooms (XEP-0045 §6.1). */
export function serviceInfo(): Element {
  return xml(
    "query",
    { xmlns: NS.discoInfo },
    xml("identity", { category: "conference", type: "text", name: "Rooms" }),
    [NS.discoInfo, NS.discoItems, NS.muc, NS.occupantId].map(feature),
  );
}

/** disco#items of a service: the public rooms (XEP-0045 §6.3). Prosody gives no names. */
export function serviceItems(rooms: Iterable<Room>): Element {
  const items = [...rooms].filter((room) => room.config.publicRoom);
  return xml(
    "query",
    { xmlns: NS.discoItems },
    items.map((room) => xml("item", { jid: room.address })),
  );
}

/** disco#info of a room (XEP-0045 §6.4). A node that is not known has nothing to tell (Prosody). */
export function roomInfo(room: Room, node: string | undefined): Element {
  if (node !== undefined) return xml("query", { xmlns: NS.discoInfo, node });
  const { config } = room;
  const features = [
    NS.muc,
    NS.stableId,
    NS.selfPing,
    NS.request,
    NS.occupantId,
    NS.stanzaId,
    config.roomSecret === "" ? "muc_unsecured" : "muc_passwordprotected",
    config.membersOnly ? "muc_membersonly" : "muc_open",
    config.moderatedRoom ? "muc_moderated" : "muc_unmoderated",
    config.publicRoom ? "muc_public" : "muc_hidden",
    config.persistentRoom ? "muc_persistent" : "muc_temporary",
    config.whois === "anyone" ? "muc_nonanonymous" : "muc_semianonymous",
  ];
  const name = config.roomName === "" ? null : config.roomName;
  return xml(
    "query",
    { xmlns: NS.discoInfo },
    xml("identity", { category: "conference", type: "text", name }),
    features.map(feature),
    infoForm(room),
  );
}

function feature(name: string): Element {
  return xml("feature", { var: name });
}

/** XEP-0045 §15.5.4. */
function infoForm(room: Room): Element {
  const { config } = room;
  const invites = config.allowInvites && !config.membersOnly;
  const field = (name: string, value: string | boolean): { var: string; type: string; values: string[] } => ({
    var: name,
    type: typeof value === "boolean" ? "boolean" : "text-single",
    values: [typeof value === "boolean" ? (value ? "1" : "0") : value],
  });
  return formElement("result", NS.roomInfo, [
    field("muc#roomconfig_roomname", config.roomName),
    field("muc#roominfo_description", config.roomDesc),
    field("muc#roominfo_occupants", String(room.occupants.size)),
    field("muc#roomconfig_changesubject", config.changeSubject),
    field("muc#roomconfig_allowinvites", invites),
  ]);
}
