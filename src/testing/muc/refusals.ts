import type { Element } from "../../base/element.js";
import { Refusal } from "../wire/refusal.js";
import type { Room } from "./room.js";

/** The sender is not in the room, said of something for an occupant of it. */
export function refuseOutsider(room: Room): never {
  return Refusal.refuse("not-acceptable", {
    by: room.address,
    text: "You are not currently connected to this chat",
  });
}

/** Nobody of that nick is in the room. */
export function refuseMissing(room: Room): never {
  return Refusal.refuse("item-not-found", { by: room.address, text: "Recipient not in room" });
}

/** The conditions that tell a room that a client is gone for good (Prosody). */
const GONE: ReadonlySet<string> = new Set([
  "gone",
  "internal-server-error",
  "item-not-found",
  "jid-malformed",
  "recipient-unavailable",
  "redirect",
  "remote-server-not-found",
  "remote-server-timeout",
  "service-unavailable",
]);

/** The condition of an error stanza, null where it names none. */
export function conditionOf(stanza: Element): string | null {
  const conditions = stanza.getChild("error")?.getChildElements() ?? [];
  return conditions.find((child) => child.name !== "text")?.name ?? null;
}

/** Whether an error message of an occupant costs him his place (Prosody; ejabberd does it for any). */
export function costsPlace(message: Element): boolean {
  return GONE.has(conditionOf(message) ?? "");
}
