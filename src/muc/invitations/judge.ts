import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { InvitationDeclined } from "./invitation-declined.js";
import type { InvitationFacts } from "./invitation.js";
import {
  keptSince,
  readInviter,
  type DeclinePayload,
  type DirectPayload,
  type InvitationPayload,
  type MediatedPayload,
} from "./read.js";

/** What is known where an invitation comes in. */
export interface Surroundings {
  /** Our account, bare; null before there is one. */
  readonly account: JID | null;
  readonly nowMs: number;
  /** What delays stand around the message. */
  readonly delays: readonly Element[];
  /** Whether the client has a room of this bare address. */
  isKnown(room: JID): boolean;
}

/** What a message with an invitation in it is. `of` is the bare address that has to be a room for it to count, null for none. */
export type Judgement =
  | { readonly is: "invitation"; readonly facts: InvitationFacts; readonly of: JID | null }
  | { readonly is: "declined"; readonly event: InvitationDeclined; readonly of: JID | null }
  /** None; `code` is the diagnostic. */
  | { readonly is: "nothing"; readonly code: string };

const nothing = (code: string): Judgement => ({ is: "nothing", code });

/** Says what a message is that holds an invitation or a refusal (XEP-0045 §7.8, XEP-0249). */
export function judge(message: Element, payload: InvitationPayload, around: Surroundings): Judgement {
  const from = JID.tryParse(message.attrs["from"]);
  if (from === null) return nothing("bad-jid");
  // What other clients of ours send is nobody's word to us.
  if (around.account?.equals(from.bare()) === true) return nothing("own-invitation");
  if (payload.kind === "direct") return direct(message, from, payload, around);
  // The form that goes to a room.
  if (payload.to !== null) return nothing("outbound-invitation");
  // An occupant, or some client: only the room itself passes invitations on.
  if (from.resource !== null || from.local === null) return nothing("forged-invitation");
  return payload.kind === "mediated"
    ? mediated(message, from, payload, around)
    : declined(message, from, payload, around);
}

function direct(message: Element, from: JID, payload: DirectPayload, around: Surroundings): Judgement {
  const room = JID.tryParse(payload.room);
  if (room === null || room.local === null || room.resource !== null) return nothing("bad-invitation");
  if (around.isKnown(room)) return nothing("invitation-to-known-room");
  // What an occupant says in private is marked by the room; Prosody and ejabberd both do, and of our rooms we know it.
  const inRoom = message.getChild("x", NS.user) !== undefined || around.isKnown(from.bare());
  const isAccount = !inRoom && from.local !== null;
  const facts = {
    ...common(message, payload, around),
    room,
    from,
    inviter: isAccount ? from.bare() : null,
    declineTo: null,
    proof: isAccount ? ("sender" as const) : ("none" as const),
    mode: "direct" as const,
  };
  return { is: "invitation", facts, of: null };
}

function mediated(message: Element, room: JID, payload: MediatedPayload, around: Surroundings): Judgement {
  if (around.isKnown(room)) return nothing("invitation-to-known-room");
  const facts = {
    ...common(message, payload, around),
    ...readInviter(payload.from, room),
    room,
    from: room,
    proof: "claimed" as const,
    mode: "mediated" as const,
  };
  return { is: "invitation", facts, of: room };
}

function declined(message: Element, room: JID, payload: DeclinePayload, around: Surroundings): Judgement {
  const from = JID.tryParse(payload.from);
  if (from === null) return nothing("bad-invitation");
  const event = new InvitationDeclined({ room, from, reason: payload.reason, stanza: message });
  return { is: "declined", event, of: around.isKnown(room) ? null : room };
}

function common(message: Element, payload: DirectPayload | MediatedPayload, around: Surroundings) {
  const { password, reason, thread, continues } = payload;
  const { nowMs } = around;
  const sinceMs = keptSince([...message.getChildren("delay", NS.delay), ...around.delays], nowMs);
  const receivedAt = new Date(sinceMs ?? nowMs);
  return { password, reason, thread, continues, receivedAt, delayed: sinceMs !== null, stanza: message };
}
