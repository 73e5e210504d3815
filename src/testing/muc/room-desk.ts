import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { isRequest, onlyChild, resultFor } from "../wire/stanza.js";
import { handleAdmin } from "./admin.js";
import { roomInfo } from "./disco.js";
import { handleGroupchat } from "./groupchat.js";
import { handleInvitation } from "./invitations.js";
import { handleOwner } from "./owner.js";
import { handlePresence, removeBroken } from "./presence.js";
import { handlePrivateMessage, RequestRelay } from "./private.js";
import { handleRegistration, RESERVED_NICK, reservedNick } from "./registration.js";
import { conditionOf, costsPlace } from "./refusals.js";
import type { Room } from "./room.js";
import { handleVoiceForm, isVoiceForm } from "./voice.js";

/** Takes what is addressed to one room or somebody in it. Throws {@link Refusal}. */
export class RoomDesk {
  /** The room that it is the desk of. */
  readonly room: Room;
  readonly #relay = new RequestRelay();

  constructor(room: Room) {
    this.room = room;
  }

  /** Handles one stanza; `nick` is null for the room itself. */
  handle(stanza: Element, from: JID, nick: string | null): void {
    const full = from.toString();
    if (stanza.name === "presence") return handlePresence(this.room, stanza, from, nick);
    if (stanza.name === "message")
      return nick === null
        ? this.#message(stanza, from)
        : handlePrivateMessage(this.room, stanza, full, nick);
    if (nick !== null) return this.#relay.handle(this.room, stanza, full, nick);
    if (isRequest(stanza)) this.#request(stanza, from);
  }

  #message(message: Element, from: JID): void {
    const full = from.toString();
    const { type } = message.attrs;
    if (type === "groupchat") return handleGroupchat(this.room, message, full);
    if (type === "error") {
      if (costsPlace(message)) removeBroken(this.room, full, conditionOf(message));
      return;
    }
    const user = message.getChild("x", NS.user);
    if (user !== undefined && handleInvitation(this.room, message, user, from)) return;
    const form = message.getChild("x", NS.data);
    if (form !== undefined && isVoiceForm(form)) return handleVoiceForm(this.room, form, full);
    Refusal.refuse("service-unavailable");
  }

  #request(iq: Element, from: JID): void {
    const payload = onlyChild(iq);
    const { send } = this.room.surroundings;
    if (payload?.is("query", NS.admin) === true) return handleAdmin(this.room, iq, payload, from);
    if (payload?.is("query", NS.owner) === true) return handleOwner(this.room, iq, payload, from);
    if (payload?.is("query", NS.register) === true) return handleRegistration(this.room, iq, payload, from);
    if (payload?.is("query", NS.discoInfo) === true && payload.attrs["node"] === RESERVED_NICK)
      return send(resultFor(iq, reservedNick(this.room, from)));
    if (payload?.is("query", NS.discoInfo) === true)
      return send(resultFor(iq, roomInfo(this.room, payload.attrs["node"])));
    // Prosody names nobody, ejabberd all occupants, also to outsiders.
    if (payload?.is("query", NS.discoItems) === true)
      return send(resultFor(iq, xml("query", { xmlns: NS.discoItems })));
    Refusal.refuse("service-unavailable");
  }
}
