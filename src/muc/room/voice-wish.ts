import { randomUUID } from "node:crypto";

import { xml } from "../../base/element.js";
import { DataForm } from "../../forms/data-form.js";
import type { Occupant } from "../occupant.js";
import { NS } from "../wire/namespaces.js";
import type { RoomContext } from "./room-context.js";
import { makeWish } from "./wish.js";

/** What came of a wish for voice. */
export type VoiceOutcome = "granted" | "expired" | "left";

/** As long as ejabberd has somebody wait for his next request: a refusal by a moderator is told to nobody. */
const EXPIRES_AFTER_MS = 30 * 60_000;

const hasVoice = (occupant: Occupant | null): boolean =>
  occupant !== null && occupant.role !== "visitor" && occupant.role !== "none";

/** Asks the moderators for voice (XEP-0045 §7.13). Who has it already gets it at once, and nobody is asked. */
export async function requestVoice(context: RoomContext): Promise<VoiceOutcome> {
  const { room, jid } = context;
  if (hasVoice(room.me)) return "granted";
  const form = new DataForm({
    type: "submit",
    fields: [
      { var: "FORM_TYPE", type: "hidden", values: [NS.mucRequest] },
      { var: "muc#role", type: "list-single", values: ["participant"] },
    ],
  });
  return makeWish<VoiceOutcome>(context, {
    stanza: xml("message", { to: jid.toString(), id: randomUUID() }, form.toElement()),
    timeoutMs: EXPIRES_AFTER_MS,
    watch: ({ resolve }) => [
      room.on("role", ({ occupant }) => {
        if (occupant.isSelf && hasVoice(occupant)) resolve("granted");
      }),
    ],
    expired: ({ resolve }) => resolve("expired"),
    out: ({ resolve }) => resolve("left"),
  });
}
