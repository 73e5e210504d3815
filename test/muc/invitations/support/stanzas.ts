// Invitations as they come off the wire, as text.
import type { Invitation } from "../../../../src/muc/invitations/invitation.js";
import type { InvitationDeclined } from "../../../../src/muc/invitations/invitation-declined.js";
import { Stage, turn, type StageOptions } from "../../support/stage.js";
import { DISCO_INFO, NS_USER } from "../../support/stanzas.js";

/** A room that we are not in. */
export const D = "darkcave@chat.shakespeare.lit";
export const CRONE = "crone1@shakespeare.lit/desktop";
export const MARK = `<x xmlns="${NS_USER}"/>`;

/** What a room answers to disco#info. */
export const ROOM_INFO = `<query xmlns="${DISCO_INFO}"><identity category="conference" type="text"/><feature var="http://jabber.org/protocol/muc"/></query>`;
/** What an account answers to disco#info. */
export const ACCOUNT_INFO = `<query xmlns="${DISCO_INFO}"><identity category="account" type="registered"/></query>`;

export interface MediatedInit {
  readonly room?: string;
  readonly by?: string | null;
  readonly reason?: string;
  /** Children of the `<x/>`, beside the invite. */
  readonly user?: string;
  /** Further children of the invite. */
  readonly invite?: string;
  /** Further attributes of the invite. */
  readonly attrs?: string;
  /** Further children of the message. */
  readonly more?: string;
  readonly type?: string;
}

/** An invitation that a room passes on (XEP-0045 §7.8.2). */
export function mediated(init: MediatedInit = {}): string {
  const { room = D, by = CRONE, reason = "", user = "", invite = "", attrs = "", more = "", type } = init;
  const from = by === null ? "" : ` from="${by}"`;
  const why = reason === "" ? "" : `<reason>${reason}</reason>`;
  const kind = type === undefined ? "" : ` type="${type}"`;
  return `<message from="${room}" to="bot@shakespeare.lit"${kind}><x xmlns="${NS_USER}"><invite${from}${attrs}>${why}${invite}</invite>${user}</x>${more}</message>`;
}

export interface DirectInit {
  readonly from?: string;
  /** Attributes of the `<x/>`; default only the address of the room. */
  readonly attrs?: string;
  readonly text?: string;
  readonly more?: string;
  readonly type?: string;
  readonly id?: string;
}

/** A direct invitation (XEP-0249). */
export function direct(init: DirectInit = {}): string {
  const { from = CRONE, attrs = `jid="${D}"`, text = "", more = "", type, id = "d1" } = init;
  const kind = type === undefined ? "" : ` type="${type}"`;
  return `<message from="${from}" to="bot@shakespeare.lit" id="${id}"${kind}><x xmlns="jabber:x:conference" ${attrs}>${text}</x>${more}</message>`;
}

/** A delay of the own server. */
export const delay = (stamp: string): string =>
  `<delay xmlns="urn:xmpp:delay" from="shakespeare.lit" stamp="${stamp}"/>`;

/** A copy of what another client got, or sent (XEP-0280). */
export const carbon = (kind: "received" | "sent", from: string | null, inner: string): string =>
  `<message${from === null ? "" : ` from="${from}"`} type="chat"><${kind} xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${inner.replace("<message", `<message xmlns="jabber:client"`)}</forwarded></${kind}></message>`;

/** A stage that keeps the invitations that were told. */
export class InvitedStage extends Stage {
  readonly invitations: Invitation[] = [];
  readonly declined: InvitationDeclined[] = [];

  constructor(options: StageOptions = {}) {
    super(options);
    this.client.on("invitation", (invitation) => this.invitations.push(invitation));
    this.client.on("invitationDeclined", (event) => this.declined.push(event));
  }

  /** Whom disco#info was asked of, since the last look. */
  get asked(): (string | undefined)[] {
    return this.session.sentOf("iq").map((iq) => iq.attrs["to"]);
  }

  /** A mediated invitation comes, and what sent it says that it is a room. */
  async invite(stanza: string, info = ROOM_INFO): Promise<void> {
    this.receive(stanza);
    this.session.answer(DISCO_INFO, { payload: info });
    await turn();
  }

  /** The one invitation that was told. */
  get only(): Invitation {
    const [invitation, ...others] = this.invitations;
    if (invitation === undefined || others.length > 0)
      throw new Error(`${this.invitations.length} invitations; ${this.diagnostics.join(", ")}`);
    return invitation;
  }

  /** Our own presence in the room that was accepted, and its subject: we are in. */
  enters(nick = "bot", room = D): void {
    this.receive(
      `<presence from="${room}/${nick}"><x xmlns="${NS_USER}"><item affiliation="none" role="participant"/><status code="110"/></x></presence>`,
      `<message from="${room}" type="groupchat"><subject/></message>`,
    );
  }
}
