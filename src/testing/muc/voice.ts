import { xml, type Element } from "../../base/element.js";
import { formElement, isTrue, submittedValues } from "../wire/form.js";
import { NS } from "../wire/namespaces.js";
import { setRole } from "./affiliations.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";

/** Whether a form asks for voice, or answers such a wish (XEP-0045 §7.13, §8.6). */
export function isVoiceForm(form: Element): boolean {
  return submittedValues(form)?.get("FORM_TYPE")?.[0] === NS.request;
}

/**
 * A visitor's form goes to all moderators, a moderator's is an answer. Anybody else's is dropped, as is an answer for
 * somebody who is not in the room any more, or has a voice by now: nobody is told (Prosody).
 */
export function handleVoiceForm(room: Room, form: Element, full: string): void {
  const sender = room.occupantOf(full);
  const values = submittedValues(form);
  if (sender === undefined || values === null || form.attrs["type"] !== "submit") return;
  if (sender.role === "visitor") return ask(room, sender, full);
  if (sender.role !== "moderator" || !isTrue(values.get("muc#request_allow")?.[0])) return;
  const affected = room.occupantOf(values.get("muc#jid")?.[0] ?? "");
  if (affected?.role !== "visitor") return;
  const actor = { nick: sender.nick, jid: full };
  setRole(room, affected, "participant", { actor, reason: "Voice granted" });
}

/** Whatever role is asked for, it is the visitor's wish for a voice (Prosody). */
function ask(room: Room, visitor: RoomOccupant, full: string): void {
  const form = formElement(
    "form",
    NS.request,
    [
      { var: "muc#jid", type: "jid-single", label: "User ID", values: [full] },
      { var: "muc#roomnick", type: "text-single", label: "Room nickname", values: [visitor.nick] },
      {
        var: "muc#role",
        type: "list-single",
        label: "Requested role",
        options: ["none", "visitor", "participant", "moderator"],
        values: ["participant"],
      },
      { var: "muc#request_allow", type: "boolean", label: "Grant voice to this person?", values: ["0"] },
    ],
    "Voice Request",
  );
  const message = xml("message", { type: "normal", from: room.address }, form);
  room.broadcast(message, (occupant) => occupant.role === "moderator");
}
