import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";

/** What every invitation on the wire has, as it stands there. */
interface Invited {
  readonly password: string | null;
  readonly reason: string | null;
  readonly thread: string | null;
  readonly continues: boolean;
}

/** What the `<x/>` of a room says (XEP-0045 §7.8.2). */
export interface MediatedPayload extends Invited {
  readonly kind: "mediated";
  /** Whom the room names as the inviter. */
  readonly from: string | null;
  /** Set in what goes to a room, never in what comes from one. */
  readonly to: string | null;
}

/** A direct invitation (XEP-0249). */
export interface DirectPayload extends Invited {
  readonly kind: "direct";
  readonly room: string;
}

/** A refusal (XEP-0045 §7.8.2). */
export interface DeclinePayload {
  readonly kind: "decline";
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string | null;
}

/** What a message holds of invitations, unjudged. */
export type InvitationPayload = MediatedPayload | DirectPayload | DeclinePayload;

/**
 * Reads an invitation or a refusal, null for neither.
 *
 * QUIRK(prosody 0.12, ejabberd 23.01): a direct invitation stands beside each mediated one. Read by itself it would be a
 * second invitation, from a sender (the room) that is no inviter. Both in one stanza are one, the mediated.
 */
export function readInvitation(message: Element): InvitationPayload | null {
  const user = message.getChild("x", NS.user);
  const direct = message.getChild("x", NS.conference);
  // QUIRK(prosody 0.12): of several invitees only the first is invited. What reaches us names one.
  const invite = user?.getChild("invite", NS.user);
  if (user !== undefined && invite !== undefined) return readMediated(user, invite, direct);
  const decline = user?.getChild("decline", NS.user);
  if (decline !== undefined) {
    const from = attribute(decline, "from");
    const to = attribute(decline, "to");
    return { kind: "decline", from, to, reason: textOf(decline, "reason") };
  }
  return direct === undefined ? null : readDirect(direct);
}

function readMediated(user: Element, invite: Element, direct: Element | undefined): MediatedPayload {
  const goesOn = invite.getChild("continue", NS.user);
  return {
    kind: "mediated",
    from: attribute(invite, "from"),
    to: attribute(invite, "to"),
    // QUIRK(ejabberd 23.01): the password stands in the body, too, so that no body of an invitation is ever printed.
    // It counts beside the invite (XEP-0045 §7.8.2 and both servers), or within it (older services).
    password: textOf(user, "password") ?? textOf(invite, "password") ?? attribute(direct, "password"),
    // QUIRK(prosody 0.12): an empty reason where the inviter gave none; `continue` is taken away.
    reason: textOf(invite, "reason"),
    thread: attribute(goesOn, "thread"),
    continues: goesOn !== undefined,
  };
}

function readDirect(direct: Element): DirectPayload {
  const { continue: goesOn } = direct.attrs;
  return {
    kind: "direct",
    room: direct.attrs["jid"] ?? "",
    password: attribute(direct, "password"),
    // Clients of old wrote the reason between the tags.
    reason: attribute(direct, "reason") ?? (direct.text() || null),
    thread: attribute(direct, "thread"),
    continues: goesOn === "true" || goesOn === "1",
  };
}

function attribute(element: Element | undefined, name: string): string | null {
  return element?.attrs[name] || null;
}

function textOf(element: Element, name: string): string | null {
  return element.getChildText(name, NS.user) || null;
}

/**
 * Since when a message was kept before it came, in milliseconds since 1970; null where nothing says that it was. Of
 * several delays the earliest counts: whoever wrote the message may have put one in, and is not to make it look younger
 * with it. None is in the future.
 */
export function keptSince(delays: readonly Element[], nowMs: number): number | null {
  const stamps = delays.map((delay) => Date.parse(delay.attrs["stamp"] ?? "")).filter(Number.isFinite);
  return stamps.length === 0 ? null : Math.min(nowMs, ...stamps);
}

/** What is forwarded in a copy of what another client of ours got (XEP-0280), null for any other message. */
export function readReceivedCarbon(
  stanza: Element,
): { readonly message: Element; readonly delays: readonly Element[] } | null {
  const forwarded = stanza.getChild("received", NS.carbons)?.getChild("forwarded", NS.forward);
  const message = forwarded?.getChild("message");
  if (forwarded === undefined || message === undefined) return null;
  return { message, delays: forwarded.getChildren("delay", NS.delay) };
}

/** Where a mediated invitation says that it is from: who that is really, and whom to tell of a refusal. */
export function readInviter(
  from: string | null,
  room: JID,
): { readonly inviter: JID | null; readonly declineTo: JID | null } {
  const jid = JID.tryParse(from);
  const bare = jid?.bare() ?? null;
  // QUIRK(prosody 0.12): who is in the room is named by their place there, which is nobody's account: taken for one, the
  // domain of the rooms would be that of all inviters. ejabberd names the full real address. A service names nobody.
  const isReal = bare !== null && bare.local !== null && !bare.equals(room);
  return {
    inviter: isReal ? bare : null,
    declineTo: bare?.equals(room) === true && jid?.resource === null ? null : jid,
  };
}
