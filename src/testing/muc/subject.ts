import { xml, type Element } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { delayElement } from "../wire/stanza.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";

/** Whether a groupchat message changes the subject: it has one, and neither body nor thread (XEP-0045 §8.1). */
export function isSubjectChange(message: Element): boolean {
  return (
    message.getChild("subject", NS.client) !== undefined &&
    message.getChild("body", NS.client) === undefined &&
    message.getChild("thread", NS.client) === undefined
  );
}

/** The subject as it is told: to all when it changes, with a delay to who joins (Prosody). */
export function subjectMessage(room: Room, joining: boolean): Element {
  const { subject } = room;
  const from = subject === null ? room.address : room.inRoom(subject.nick);
  return xml(
    "message",
    { type: "groupchat", from },
    xml("subject", null, subject?.text),
    joining && subject !== null && delayElement(room.address, subject.at),
  );
}

/** XEP-0045 §8.1. As on Prosody the message is made anew: its id and all languages but the first are lost. */
export function changeSubject(room: Room, occupant: RoomOccupant, message: Element): void {
  const allowed = occupant.role === "moderator" || room.config.changeSubject;
  if (!allowed)
    return Refusal.refuse("forbidden", { type: "auth", text: "You are not allowed to change the subject" });
  setSubject(room, occupant.nick, message.getChildText("subject", NS.client) ?? "");
}

/** Sets the subject in the name of `nick`, and tells all. */
export function setSubject(room: Room, nick: string, text: string): void {
  room.subject = { text, nick, at: room.now() };
  room.broadcast(subjectMessage(room, false));
}
