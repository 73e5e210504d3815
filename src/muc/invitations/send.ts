import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import { MessageFailed } from "../events/messages.js";
import type { RoomContext } from "../room/room-context.js";
import { invitationStanza, type InviteOptions } from "./write.js";

/** Invites somebody into a room that we are in. Rejects with `ArgumentError` before anything is sent. */
export async function sendInvitation(
  context: RoomContext,
  invitee: JID | string,
  options: InviteOptions,
): Promise<void> {
  const { host, jid, room, tell } = context;
  const { stanza, id, to } = invitationStanza(jid, invitee, options, context.password);
  // Of a mediated one the room itself says no; of a direct one whoever is invited, or their server.
  if (to === jid) context.remember(id, jid.toString());
  else
    host.invited(id, to, (error: Element) => {
      if (room.state === "left") host.diagnostic("stray-message-error", error);
      else tell(new MessageFailed(room, error, id, XmppError.fromStanza(error)));
    });
  await host.send(stanza);
}
