import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import type { InvitationMode } from "./invitation.js";

/** How somebody is invited. */
export interface InviteOptions {
  /**
   * `direct`, the default, goes past the room (XEP-0249). `mediated` is sent by the room, which may make the invited a
   * member at that, or may forbid it (XEP-0045 §7.8.2).
   */
  readonly mode?: InvitationMode;
  /** Why. */
  readonly reason?: string;
  /** The password of the room; default: the one that we entered with. To a mediated one the room adds its own. */
  readonly password?: string;
  /** The one-to-one conversation that goes on in the room (XEP-0045 §7.9). */
  readonly thread?: string;
}

/** What goes out, and who may refuse it. */
export interface OutboundInvitation {
  readonly stanza: Element;
  readonly id: string;
  /** Bare. */
  readonly to: JID;
}

/** The stanza that invites. Throws {@link ArgumentError}. */
export function invitationStanza(
  room: JID,
  invitee: JID | string,
  options: InviteOptions,
  ownPassword: string | null,
): OutboundInvitation {
  const { mode = "direct" } = options;
  const jid = JID.from(invitee);
  if (jid.bare().equals(room))
    throw new ArgumentError(`${jid.toString()} is in the room already, or the room itself: name an account`);
  for (const name of ["reason", "password", "thread"] as const)
    if (options[name] !== undefined && typeof options[name] !== "string")
      throw new ArgumentError(`The ${name} of an invitation is a text`);
  if (mode === "direct") return direct(room, jid.bare(), options, ownPassword);
  if (mode === "mediated") return mediated(room, jid, options);
  throw new ArgumentError(`An invitation is "direct" or "mediated", not "${String(mode)}"`);
}

function direct(
  room: JID,
  to: JID,
  { reason, password, thread }: InviteOptions,
  ownPassword: string | null,
): OutboundInvitation {
  const id = randomUUID();
  const x = xml("x", {
    xmlns: NS.conference,
    jid: room.toString(),
    reason,
    password: (password ?? ownPassword) || undefined,
    continue: thread === undefined ? undefined : "true",
    thread,
  });
  return { stanza: xml("message", { to: to.toString(), id }, x), id, to };
}

/** The invitee as given: somebody may be invited at one client. */
function mediated(room: JID, jid: JID, { reason, password, thread }: InviteOptions): OutboundInvitation {
  const id = randomUUID();
  const invite = xml(
    "invite",
    { to: jid.toString() },
    reason === undefined ? null : xml("reason", null, reason),
    thread === undefined ? null : xml("continue", { thread }),
  );
  const secret = password ? xml("password", null, password) : null;
  const x = xml("x", { xmlns: NS.user }, invite, secret);
  return { stanza: xml("message", { to: room.toString(), id }, x), id, to: room };
}

/** The stanza that refuses a mediated invitation (XEP-0045 §7.8.2). */
export function declineStanza(room: JID, to: JID, reason: string | null): Element {
  const why = reason === null || reason === "" ? null : xml("reason", null, reason);
  const x = xml("x", { xmlns: NS.user }, xml("decline", { to: to.toString() }, why));
  return xml("message", { to: room.toString(), id: randomUUID() }, x);
}
