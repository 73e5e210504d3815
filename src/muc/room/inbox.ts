import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import type { MessageVoice } from "../events/spoken.js";
import { isNick } from "../join-options.js";
import { removalMode, StatusCode } from "../status-codes.js";
import { readItem, readMucUser, type MucUser } from "../wire/muc-user.js";
import type { Membership } from "./membership.js";
import { MessageInbox } from "./message-inbox.js";
import type { OccupantPresenceStanza } from "./occupant-table.js";
import type { RoomContext } from "./room-context.js";

/** What comes from one room: says what each stanza is, and hands it to the machine, the table or the listeners. */
export class Inbox {
  readonly #room: RoomContext;
  readonly #membership: Membership;
  readonly #messages: MessageInbox;

  constructor(room: RoomContext, membership: Membership, voice: MessageVoice) {
    this.#room = room;
    this.#membership = membership;
    this.#messages = new MessageInbox(room, membership, voice);
  }

  /** A presence of the room (`nick` null) or of one of its occupants. */
  presence(stanza: Element, nick: string | null): void {
    const { type } = stanza.attrs;
    if (type === "error") return this.#presenceError(stanza, nick);
    // The room's own presence (an avatar, capabilities) is nobody's, and its unavailable presence is no removal.
    if (nick === null || (type !== undefined && type !== "unavailable")) return;
    const { core } = this.#membership;
    if (!core.listening) return core.input({ type: "occupantPresence" }, { stanza });
    if (this.#room.table.get(nick) === null && !isNick(nick))
      return this.#room.host.diagnostic("bad-jid", stanza);
    const user = readMucUser(stanza);
    const isSelf = this.#isSelf(nick, user);
    const item = readItem(user.items, isSelf ? (this.#room.host.jid?.toString() ?? null) : null);
    if (item?.strange === true) this.#room.host.diagnostic("unknown-rank", stanza);
    const presence: OccupantPresenceStanza = { stanza, nick, item, codes: user.codes };
    if (type === "unavailable") return this.#unavailable(presence, user, isSelf);
    if (isSelf) return this.#membership.selfAvailable(presence);
    // Of a room where we are settled it is no news for its machine.
    if (!core.ignores("occupantPresence")) core.input({ type: "occupantPresence" }, { stanza });
    if (this.#isNamesake(nick)) return this.#membership.nickSeen(presence);
    this.#room.table.available(presence, core.state.phase === "joining");
  }

  /** Not every farewell of ours says 110. While joining the nick alone could be somebody else's, but none says destroy. */
  #isSelf(nick: string, user: MucUser): boolean {
    if (user.codes.has(StatusCode.self)) return true;
    if (this.#membership.core.state.phase !== "joining") return nick === this.#room.table.me?.nick;
    return user.destroyed !== null && nick === this.#membership.nicks.current;
  }

  /** Whether this may be our own presence, though it does not say so. */
  #isNamesake(nick: string): boolean {
    const { core, nicks } = this.#membership;
    return core.state.phase === "joining" && nick === nicks.current;
  }

  #unavailable(presence: OccupantPresenceStanza, user: MucUser, isSelf: boolean): void {
    const { stanza, nick } = presence;
    const mode = removalMode(user.codes, user.destroyed !== null);
    if (mode === null && user.codes.has(StatusCode.nickChanged)) return this.#renamed(presence, isSelf);
    if (isSelf) return this.#membership.selfUnavailable(presence, user.destroyed, mode);
    this.#membership.core.input({ type: "occupantPresence" }, { stanza });
    if (this.#isNamesake(nick)) return this.#membership.nickGone();
    this.#room.table.unavailable(presence, mode ?? "normal");
  }

  /** XEP-0045 §7.6. Who comes to be called what nobody says has not gone: the next presence tells. */
  #renamed(presence: OccupantPresenceStanza, isSelf: boolean): void {
    const { table, host } = this.#room;
    const newNick = presence.item?.nick ?? null;
    if (!isSelf && this.#isNamesake(presence.nick)) this.#membership.nickGone();
    if (newNick === null || !isNick(newNick))
      return host.diagnostic("nick-change-without-nick", presence.stanza);
    if (!table.rename(presence, newNick)) host.diagnostic("unknown-occupant", presence.stanza);
    else if (isSelf) this.#membership.nicks.changed(newNick);
  }

  #presenceError(stanza: Element, nick: string | null): void {
    if (this.#room.errands.refused(stanza, nick)) return;
    if (!this.#membership.refused(stanza, nick, XmppError.fromStanza(stanza)))
      this.#room.host.diagnostic("stray-presence-error", stanza);
  }

  /** A message of the room (`nick` null) or of one of its occupants. */
  message(stanza: Element, nick: string | null): void {
    this.#messages.receive(stanza, nick);
  }
}
