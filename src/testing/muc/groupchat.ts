import { randomBytes } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { withAttributes, withChildren } from "../wire/stanza.js";
import { isKept } from "./history.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";
import { changeSubject, isSubjectChange } from "./subject.js";
import { TranscriptLine } from "./transcript.js";

/** A groupchat message to the room (XEP-0045 §7.4). */
export function handleGroupchat(room: Room, message: Element, full: string): void {
  const occupant = room.occupantOf(full);
  if (occupant === undefined)
    return Refusal.refuse("not-acceptable", { text: "You are not currently connected to this chat" });
  if (occupant.role === "visitor")
    return Refusal.refuse("forbidden", {
      type: "auth",
      text: "You do not currently have permission to speak in this chat",
    });
  if (isSubjectChange(message)) return changeSubject(room, occupant, message);
  const reflected = reflection(room, occupant, message);
  if (isKept(message)) room.history.add(reflected, room.now());
  const body = message.getChildText("body", NS.client);
  if (body !== null) room.transcript.add(new TranscriptLine(new Date(room.now()), occupant.nick, body));
  room.broadcast(reflected);
}

/** The message as all get it: with the sender's id, and without anything that only the room may say. */
function reflection(room: Room, occupant: RoomOccupant, message: Element): Element {
  const from = room.inRoom(occupant.nick);
  // Prosody makes up an id, ejabberd does not.
  const id = message.attrs["id"] ?? randomId();
  const stanzaId = isKept(message)
    ? [xml("stanza-id", { xmlns: NS.stanzaId, by: room.address, id: randomId() })]
    : [];
  const children = [
    ...message.children.filter((child) => typeof child === "string" || !isForged(room, child)),
    xml("occupant-id", { xmlns: NS.occupantId, id: occupant.id }),
    ...stanzaId,
  ];
  return withChildren(withAttributes(message, { from, to: null, id }), children);
}

/** What Prosody strips: the room's own stanza-id, any occupant-id, and a delay by the room. */
function isForged(room: Room, child: Element): boolean {
  if (child.is("stanza-id", NS.stanzaId)) return child.attrs["by"] === room.address;
  if (child.is("delay", NS.delay)) return child.attrs["from"] === room.address;
  return child.is("occupant-id", NS.occupantId);
}

function randomId(): string {
  return randomBytes(18).toString("base64url");
}
