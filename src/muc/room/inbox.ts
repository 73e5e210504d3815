import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import {
  MessageFailed,
  MessageReceived,
  ServiceMessage,
  SubjectChanged,
  type MessageVoice,
} from "../events/messages.js";
import { stranger, type Occupant } from "../occupant.js";
import { removalMode, StatusCode } from "../status-codes.js";
import { readItem, readMucUser, type MucUser } from "../wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { readTexts } from "../wire/texts.js";
import type { Membership } from "./membership.js";
import type { OccupantPresenceStanza } from "./occupant-table.js";
import type { RoomContext } from "./room-context.js";

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
    if (!core.listening) return core.input({ type: "occupantPresence" });
    const user = readMucUser(stanza);
    // Not every farewell of ours says 110; while joining, the nick alone could be somebody else's.
    const isSelf =
      user.codes.has(StatusCode.self) ||
      (core.state.phase !== "joining" && nick === this.#room.table.me?.nick);
    const item = readItem(user.items, isSelf ? (this.#room.host.jid?.toString() ?? null) : null);
    const presence: OccupantPresenceStanza = { stanza, nick, item, codes: user.codes };
    if (type === "unavailable") return this.#unavailable(presence, user, isSelf);
    if (isSelf) return this.#membership.selfAvailable(presence);
    core.input({ type: "occupantPresence" });
    this.#room.table.available(presence, core.state.phase === "joining");
  }

  #unavailable(presence: OccupantPresenceStanza, user: MucUser, isSelf: boolean): void {
    const { table, host } = this.#room;
    const newNick = presence.item?.nick ?? null;
    if (user.codes.has(StatusCode.nickChanged) && newNick !== null) {
      if (!table.rename(presence, newNick)) host.diagnostic("unknown-occupant", presence.stanza);
      return;
    }
    const mode = removalMode(user.codes, user.destroyed !== null);
    if (isSelf) return this.#membership.selfUnavailable(presence, user.destroyed, mode);
    this.#membership.core.input({ type: "occupantPresence" });
    table.unavailable(presence, mode ?? "normal");
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
    core.input({ type: "message", delayed: stanza.getChild("delay", NS.delay) !== undefined });
    if (!core.inside && core.state.phase !== "leaving") return;
    if (body === undefined) return this.#room.host.diagnostic("message-without-body", stanza);
    const replay = core.state.phase === "history";
    if (nick === null)
      return this.#room.tell(new ServiceMessage(this.#room.room, stanza, replay ? "replay" : "live"));
    this.#room.tell(this.#received(stanza, nick, replay));
  }

  #received(stanza: Element, nick: string, replay: boolean): MessageReceived {
    const { table, host, room } = this.#room;
    // Whoever had the nick then may be somebody else now: a replayed line is a stranger's.
    const occupant = (replay ? null : table.get(nick)) ?? this.#stranger(stanza, nick);
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

  #stranger(stanza: Element, nick: string): Occupant {
    const { table, jid } = this.#room;
    const id = table.trustOccupantIds
      ? stanza.getChild("occupant-id", NS.occupantId)?.attrs["id"]
      : undefined;
    return stranger(jid, nick, id ?? null);
  }

  #subject(stanza: Element, nick: string | null): void {
    const { core } = this.#membership;
    if (!core.inside) return core.input({ type: "subject" });
    const context = this.#room;
    const initial = core.state.phase === "history";
    context.subject = readTexts(stanza, "subject");
    context.subjectSetter = nick;
    const occupant = nick === null ? null : (context.table.get(nick) ?? this.#stranger(stanza, nick));
    const { subject } = context;
    context.tell(new SubjectChanged(context.room, stanza, { occupant, nick, subject, initial }));
    core.input({ type: "subject" });
  }

  #messageError(stanza: Element, nick: string | null): void {
    const id = stanza.attrs["id"] ?? "";
    if (nick !== null || !this.#room.recall(id))
      return this.#room.host.diagnostic("stray-message-error", stanza);
    const error = XmppError.fromStanza(stanza);
    this.#room.tell(new MessageFailed(this.#room.room, stanza, id, error));
    // Both servers say so to somebody who is not in (XEP-0045 §7.4).
    if (error.condition === "not-acceptable") this.#membership.core.input({ type: "bounced" });
  }
}

/** A subject and nothing else (XEP-0045 §8.1): with a thread it is a message. */
function isSubject(stanza: Element): boolean {
  return stanza.getChild("subject") !== undefined && stanza.getChild("thread") === undefined;
}
