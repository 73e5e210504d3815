import { randomUUID } from "node:crypto";

import { xml, type Element } from "../base/element.js";
import { JID } from "../base/jid.js";
import type { ServiceOccupant, ServiceRoom } from "./muc/service-room.js";
import type { Affiliation, Role } from "../muc/wire/muc-user.js";
import { invitation, type InviteOptions } from "./user/invitation.js";
import {
  MessageQueue,
  readMessage,
  type NextMessageOptions,
  type TestMessage,
} from "./user/message-queue.js";
import type { Puppet } from "./user/puppet.js";
import { formElement } from "./wire/form.js";
import { NS } from "./wire/namespaces.js";

/**
 * Somebody in a room whom a test drives. A client like any other: what it does goes through the service, and what the
 * service refuses rejects with `TestServiceError`. Methods resolve when the service has done what was asked for.
 */
export class TestUser {
  /** The room, as a bare JID. */
  readonly room: JID;
  /** The real address, as a full JID. */
  readonly jid: JID;
  readonly #puppet: Puppet;
  readonly #service: ServiceRoom;
  readonly #received: Element[] = [];
  readonly #messages = new MessageQueue();
  #nick: string;

  /** For `TestServer.enter`. */
  constructor(puppet: Puppet, room: ServiceRoom, nick: string) {
    this.#puppet = puppet;
    this.#service = room;
    this.room = room.jid;
    this.jid = puppet.session.jid;
    this.#nick = nick;
    puppet.onStanza = (stanza) => this.#take(stanza);
  }

  /** The nick, as the room has it. */
  get nick(): string {
    return this.#nick;
  }

  /** All that was received, oldest first. */
  get received(): readonly Element[] {
    return this.#received;
  }

  #take(stanza: Element): void {
    this.#received.push(stanza);
    const message = readMessage(stanza, this.room, this.#nick);
    if (message !== null) this.#messages.add(message);
  }

  /**
   * The next message of somebody else, live, from the room or private: those that were said already first. With
   * `private: true` only what was said to this user alone, with `private: false` only what was said to all; what is passed
   * over is kept for later calls. Rejects with `RequestTimeoutError` when none comes in time (5 s).
   */
  nextMessage(options: NextMessageOptions = {}): Promise<TestMessage> {
    return this.#messages.next(this.#nick, options);
  }

  /** Sends any stanza, as it is. Throws `NotJoinedError` when the session is over. */
  send(stanza: Element): void {
    this.#puppet.post(stanza);
  }

  /** Enters the room (XEP-0045 §7.2); done by `TestServer.enter`, and to come back after a removal. */
  async join(options: { readonly password?: string } = {}): Promise<void> {
    const { password } = options;
    const x = xml("x", { xmlns: NS.muc }, password === undefined ? null : xml("password", null, password));
    const own = await this.#puppet.request(xml("presence", { to: this.#at(this.#nick) }, x), (stanza) =>
      this.#isOwnPresence(stanza, undefined),
    );
    this.#nick = JID.tryParse(own.attrs["from"])?.resource ?? this.#nick;
  }

  /** Says something to all. Resolves with the id of the message, when it has been reflected. */
  say(text: string): Promise<string> {
    return this.#speak(xml("body", null, text));
  }

  /** Says something to one occupant (XEP-0045 §7.5). Resolves with the id. */
  async whisper(nick: string, text: string): Promise<string> {
    const id = randomUUID();
    const children = [xml("body", null, text), xml("x", { xmlns: NS.user })];
    await this.#puppet.settle(xml("message", { to: this.#at(nick), type: "chat", id }, children));
    return id;
  }

  /** Puts another text in place of the message of that id (XEP-0308). Resolves with the id of the correction. */
  correct(id: string, text: string): Promise<string> {
    return this.#speak(xml("body", null, text), xml("replace", { xmlns: NS.replace, id }));
  }

  /** Reacts to the message of that id; no emoji takes the reactions back (XEP-0444). Resolves with the id of the reaction. */
  react(id: string, ...emoji: readonly string[]): Promise<string> {
    const reactions = emoji.map((each) => xml("reaction", null, each));
    return this.#speak(
      xml("reactions", { xmlns: NS.reactions, id }, reactions),
      xml("store", { xmlns: NS.hints }),
    );
  }

  async #speak(...children: readonly Element[]): Promise<string> {
    const id = randomUUID();
    const message = xml("message", { to: this.room.toString(), type: "groupchat", id }, children);
    await this.#puppet.request(
      message,
      (stanza) => stanza.attrs["id"] === id && stanza.attrs["from"] === this.#at(this.#nick),
    );
    return id;
  }

  /** Removes somebody from the room (XEP-0045 §8.2). */
  kick(nick: string, reason?: string): Promise<void> {
    return this.#administer({ nick, role: "none" }, reason);
  }

  /** Bans the occupant of that nick, else the account of that address (XEP-0045 §9.1). */
  ban(nickOrJid: JID | string, reason?: string): Promise<void> {
    const byNick = typeof nickOrJid === "string" && !nickOrJid.includes("@");
    const whom = byNick ? { nick: nickOrJid } : { jid: JID.from(nickOrJid).bare().toString() };
    return this.#administer({ ...whom, affiliation: "outcast" }, reason);
  }

  /** Gives somebody in the room another role (XEP-0045 §8.3 to §8.5). */
  setRole(nick: string, role: Role, reason?: string): Promise<void> {
    return this.#administer({ nick, role }, reason);
  }

  /** Makes an account something else to the room (XEP-0045 §9, §10). */
  setAffiliation(jid: JID | string, affiliation: Affiliation, reason?: string): Promise<void> {
    return this.#administer({ jid: JID.from(jid).bare().toString(), affiliation }, reason);
  }

  async #administer(item: Readonly<Record<string, string>>, reason: string | undefined): Promise<void> {
    const why = reason === undefined ? null : xml("reason", null, reason);
    const query = xml("query", { xmlns: NS.admin }, xml("item", item, why));
    await this.#puppet.query(xml("iq", { type: "set", to: this.room.toString() }, query));
  }

  /** Takes another nick (XEP-0045 §7.6). */
  async setNick(nick: string): Promise<void> {
    if (nick === this.#nick) return;
    const renamed = (stanza: Element): boolean => this.#isOwnPresence(stanza, "unavailable", 303);
    const gone = await this.#puppet.request(xml("presence", { to: this.#at(nick) }), renamed);
    const item = gone.getChild("x", NS.user)?.getChild("item", NS.user);
    this.#nick = item?.attrs["nick"] ?? nick;
  }

  /** Sets the subject of the room (XEP-0045 §8.1). */
  setSubject(text: string): Promise<void> {
    const subject = xml("subject", null, text);
    return this.#puppet.settle(xml("message", { to: this.room.toString(), type: "groupchat" }, subject));
  }

  /** Changes presence in the room (XEP-0045 §7.7). */
  setPresence(presence: { readonly show?: string; readonly status?: string }): Promise<void> {
    const children = Object.entries(presence).map(([name, text]) => xml(name, null, text));
    return this.#puppet.settle(xml("presence", { to: this.#at(this.#nick) }, children));
  }

  /** Leaves the room and goes offline (XEP-0045 §7.14). */
  async leave(status?: string): Promise<void> {
    const presence = xml("presence", { to: this.#at(this.#nick), type: "unavailable" });
    const said =
      status === undefined ? presence : xml("presence", presence.attrs, xml("status", null, status));
    await this.#puppet.settle(said);
    this.#puppet.close();
  }

  /**
   * Invites somebody through the room (XEP-0045 §7.8.2), or with `direct` by a message from account to account
   * (XEP-0249). The room tells the invited the nick, or less, of who did; a direct one shows the account.
   */
  invite(jid: JID | string, reason: string | InviteOptions = {}): Promise<void> {
    const options = typeof reason === "string" ? { reason } : reason;
    return this.#puppet.settle(invitation(this.room, jid.toString(), options));
  }

  /**
   * Asks the moderators for a voice (XEP-0045 §7.13). The room passes on the wish of a visitor alone, and to moderators
   * alone; as real services do it drops any other without a word. Then a warning is printed that says why nobody hears
   * it: bots moderate with `testRoom(Keeper, { affiliation: "admin" })`.
   */
  requestVoice(): Promise<void> {
    const unheard = whyUnheard(this.#service.occupants, this.#nick);
    if (unheard !== null) console.warn(`Nobody hears that ${this.#nick} asks for a voice: ${unheard}`);
    const role = { var: "muc#role", type: "list-single", values: ["participant"] };
    const form = formElement("submit", NS.request, [role]);
    return this.#puppet.settle(xml("message", { to: this.room.toString() }, form));
  }

  #at(nick: string): string {
    return `${this.room.toString()}/${nick}`;
  }

  #isOwnPresence(stanza: Element, type: "unavailable" | undefined, code = 110): boolean {
    if (stanza.name !== "presence" || stanza.attrs["type"] !== type) return false;
    if (JID.tryParse(stanza.attrs["from"])?.bare().equals(this.room) !== true) return false;
    const codes = stanza.getChild("x", NS.user)?.getChildren("status", NS.user) ?? [];
    return [110, code].every((wanted) => codes.some((each) => each.attrs["code"] === String(wanted)));
  }
}

/** Why a room drops a request for voice; null where somebody hears it. */
function whyUnheard(occupants: readonly ServiceOccupant[], nick: string): string | null {
  const role = occupants.find((occupant) => occupant.nick === nick)?.role;
  if (role === undefined) return "who asks is not in the room";
  if (role !== "visitor") return `who asks is no visitor, but a ${role}`;
  if (occupants.some((occupant) => occupant.role === "moderator")) return null;
  return 'the room has no moderator (the bots are some with testRoom(Keeper, { affiliation: "admin" }))';
}
