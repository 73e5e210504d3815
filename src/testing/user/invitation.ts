import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";

/** How somebody is invited. */
export interface InviteOptions {
  readonly reason?: string;
  /** The room's password, for whoever is to come in. */
  readonly password?: string;
  /** Not through the room. */
  readonly direct?: boolean;
}

/** The message that invites an account. */
export function invitation(room: JID, to: string, { reason, password, direct }: InviteOptions): Element {
  const jid = room.toString();
  if (direct === true) {
    const x = xml("x", { xmlns: NS.conference, jid, reason: reason ?? null, password: password ?? null });
    return xml("message", { to }, x);
  }
  const why = reason === undefined ? null : xml("reason", null, reason);
  const secret = password === undefined ? null : xml("password", null, password);
  return xml("message", { to: jid }, xml("x", { xmlns: NS.user }, xml("invite", { to }, why), secret));
}
