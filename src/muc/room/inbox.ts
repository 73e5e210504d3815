import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import {
  MessageFailed,
  MessageReceived,
  ServiceMessage,
  SubjectChanged,
  type MessageVoice,
} from "../events/messages.js";
import { isNick } from "../join-options.js";
import { stranger, type Occupant } from "../occupant.js";
import { removalMode, StatusCode } from "../status-codes.js";
import { readItem, readMucUser, type MucUser } from "../wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { readTexts } from "../wire/texts.js";
import type { Membership } from "./membership.js";
import type { OccupantPresenceStanza } from "./occupant-table.js";
import type { RoomContext } from "./room-context.js";
import type { RoomInput } from "./room-machine.js";

/** What comes from one room: says what each stanza is, and hands it to the machine, the table or the listeners. */
export class Inbox {
  readonly #room: RoomContext;
  readonly #membership: Membership;
  readonly #voice: MessageVoice;

  constructor(room: RoomContext, membership: Membership, voice: MessageVoice) {
    this.#room = room;
    this.#membership = membership;
    this.#voice = voice;
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
    core.input({ type: "occupantPresence" }, { stanza });
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
    if (!this.#membership.refused(stanza, nick, XmppError.fromStanza(stanza)))
      this.#room.host.diagnostic("stray-presence-error", stanza);
  }

  /** A message of the room (`nick` null) or of one of its occupants. */
  message(stanza: Element, nick: string | null): void {
    const { type } = stanza.attrs;
    if (type === "error") return this.#messageError(stanza, nick);
    if (type !== "groupchat") return this.#room.host.diagnostic("not-groupchat", stanza);
    const body = stanza.getChild("body");
    if (body === undefined && isSubject(stanza)) return this.#subject(stanza, nick);
    const { core } = this.#membership;
    const delayed = stanza.getChild("delay", NS.delay) !== undefined;
    const sign: RoomInput = { type: "message", delayed };
    this.#listOver(sign, stanza);
    if (!core.inside && core.state.phase !== "leaving") return;
    core.input(sign, { stanza });
    if (body === undefined) return this.#room.host.diagnostic("message-without-body", stanza);
    const replay = delayed && !core.live;
    if (nick === null)
      return this.#room.tell(new ServiceMessage(this.#room.room, stanza, replay ? "replay" : "live"));
    this.#room.tell(this.#received(stanza, nick, replay));
  }

  #received(stanza: Element, nick: string, replay: boolean): MessageReceived {
    const { table, host, room } = this.#room;
    const occupant = this.#author(stanza, nick, replay);
    return new MessageReceived(room, stanza, {
      occupant,
      nick,
      source: replay ? "replay" : occupant === table.me ? "reflection" : "live",
      receivedAtMs: host.clock.now(),
      ownNick: table.me?.nick ?? this.#membership.nicks.current,
      languages: host.languages,
      voice: this.#voice,
    });
  }

  /** What comes before we are in is no part of the room, but says that its list of occupants is over. */
  #listOver(sign: RoomInput, stanza: Element): void {
    const { core } = this.#membership;
    if (!core.inside && core.state.phase !== "leaving") core.input(sign, { stanza });
  }

  /**
   * Who said it: now, whoever has the nick. Then, that may have been somebody else: a replayed line is a stranger's,
   * unless an id that the room vouches for names somebody who is there.
   */
  #author(stanza: Element, nick: string, replay: boolean): Occupant {
    const { table, jid } = this.#room;
    const present = replay ? null : table.get(nick);
    if (present !== null) return present;
    const id = table.occupantIdOf(stanza);
    const known = replay && id !== null ? table.getByOccupantId(id) : null;
    return known ?? stranger(jid, nick, id);
  }

  #subject(stanza: Element, nick: string | null): void {
    const { core } = this.#membership;
    this.#listOver({ type: "subject" }, stanza);
    if (!core.inside) return;
    const context = this.#room;
    const initial = core.state.phase === "history";
    context.subject = readTexts(stanza, "subject");
    context.subjectSetter = nick;
    const occupant = nick === null ? null : this.#author(stanza, nick, initial);
    const { subject } = context;
    context.tell(new SubjectChanged(context.room, stanza, { occupant, nick, subject, initial }));
    core.input({ type: "subject" }, { stanza });
  }

  #messageError(stanza: Element, nick: string | null): void {
    const id = stanza.attrs["id"] ?? "";
    if (nick !== null || !this.#room.recall(id))
      return this.#room.host.diagnostic("stray-message-error", stanza);
    const error = XmppError.fromStanza(stanza);
    this.#room.tell(new MessageFailed(this.#room.room, stanza, id, error));
    // Both servers say so to somebody who is not in (XEP-0045 §7.4).
    if (error.condition === "not-acceptable") this.#membership.core.input({ type: "bounced" }, { stanza });
  }
}

/** A subject and nothing else (XEP-0045 §8.1): with a thread it is a message. */
function isSubject(stanza: Element): boolean {
  return stanza.getChild("subject") !== undefined && stanza.getChild("thread") === undefined;
}
