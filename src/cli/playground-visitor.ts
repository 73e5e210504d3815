import type { BotApp } from "../app/bot-app.js";
import { xml, type Element } from "../base/element.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import { JID } from "../base/jid.js";
import type { TestServer } from "../testing/test-server.js";
import { TestServiceError } from "../testing/test-service-error.js";
import type { TestUser } from "../testing/test-user.js";
import { readMessage } from "../testing/user/message-queue.js";
import type { Rank, VisitorAffiliation } from "./visit-line.js";
import type { Visitor } from "./visit.js";

const NS_USER = "http://jabber.org/protocol/muc#user";
const PING: Element = xml("ping", { xmlns: "urn:xmpp:ping" });
/** From the invitation to the join: what each side asks and answers before that. */
const ROUND_TRIPS = 4;

/** What a visitor acts upon. */
export interface VisitedPlace {
  readonly app: BotApp;
  readonly server: TestServer;
  /** Adds a line to the transcript. */
  readonly write: (line: string) => void;
}

/** Somebody in the room of `mucwright dev`. */
export class PlaygroundVisitor implements Visitor {
  readonly #user: TestUser;
  readonly #place: VisitedPlace;
  /** How much of what was received has been looked at for what is private. */
  #seen = 0;

  constructor(user: TestUser, place: VisitedPlace) {
    this.#user = user;
    this.#place = place;
  }

  get nick(): string {
    return this.#user.nick;
  }

  /** False once this visitor left, or was put out. */
  get isThere(): boolean {
    const { room, jid } = this.#user;
    return this.#place.server.room(room).occupants.some(({ jids }) => jids.some((each) => each.equals(jid)));
  }

  /** Whether that is this visitor; any account will do where none is named. */
  is(nick: string, account: string | null, room: JID): boolean {
    const { jid } = this.#user;
    const isAccount = account === null || JID.tryParse(account)?.bare().equals(jid.bare()) === true;
    return nick === this.nick && isAccount && room.equals(this.#user.room);
  }

  /** What the service makes of a visitor who is there. */
  become(rank: Rank): void {
    const room = this.#place.server.room(this.#user.room);
    const isRole = rank === "moderator" || rank === "visitor";
    room.setAffiliation(this.#user.jid.bare(), isRole ? "none" : rank);
    if (isRole) room.setRole(this.nick, rank);
  }

  /** What the room does not let through is shown, and the visit goes on. */
  async say(text: string): Promise<void> {
    try {
      await this.#user.say(text);
    } catch (error) {
      if (!(error instanceof TestServiceError)) throw error;
      const why = error.text ?? error.condition;
      this.#place.write(`${this.#user.room.local ?? ""} * ${this.nick} cannot say that: ${why}`);
    }
  }

  /** Shows what was said to this visitor alone since the last time. */
  showPrivate(): void {
    const { received, room, nick } = this.#user;
    for (const stanza of received.slice(this.#seen)) {
      const message = readMessage(stanza, room, nick);
      // that an invitation was declined is shown where it was made
      const declined = stanza.getChild("x", NS_USER)?.getChild("decline") !== undefined;
      if (message?.isPrivate !== true || declined) continue;
      const from = message.nick ?? message.from.bare().toString();
      this.#place.write(`${room.local ?? ""} <${from}> to ${nick} alone: ${message.body}`);
    }
    this.#seen = received.length;
  }

  setNick(nick: string): Promise<unknown> {
    return this.#user.setNick(nick);
  }

  leave(): Promise<unknown> {
    return this.#user.leave();
  }

  /** A room that is not there is made first. That it is declined is shown. */
  async invite(room: string, reason: string): Promise<void> {
    const { app, server, write } = this.#place;
    try {
      server.room(room).open();
    } catch (error) {
      throw new ArgumentError(`Nobody can be invited to "${room}": ${messageOf(error)}`, { cause: error });
    }
    const { jid } = server.room(room);
    const seen = this.#user.received.length;
    const why = reason === "" ? null : xml("reason", null, reason);
    const invite = xml("invite", { to: app.session.jid?.bare().toString() }, why);
    this.#user.send(xml("message", { to: jid.toString() }, xml("x", { xmlns: NS_USER }, invite)));
    await this.#settled(jid);
    for (const stanza of this.#user.received.slice(seen)) {
      const decline = stanza.getChild("x", NS_USER)?.getChild("decline");
      if (decline !== undefined)
        write(`${jid.local ?? ""} * declined: ${decline.getChildText("reason") ?? ""}`);
    }
  }

  /** A server would let nobody speak in a moderated room before they asked. What came of it is shown. */
  async askForVoice(affiliation: VisitorAffiliation): Promise<void> {
    const { app, server, write } = this.#place;
    const { room: jid, nick } = this.#user;
    const room = server.room(jid);
    room.configure({ moderatedRoom: true });
    const bot = app.session.jid?.bare() ?? "";
    if (room.affiliations.get(bot.toString()) !== "owner") room.setAffiliation(bot, "admin");
    room.setAffiliation(this.#user.jid.bare(), affiliation);
    room.setRole(nick, "visitor");
    await this.#user.requestVoice();
    await this.#settled(jid);
    await app.idle();
    await this.#settled(jid);
    const granted = room.occupants.some((each) => each.nick === nick && each.role !== "visitor");
    write(`${jid.local ?? ""} * ${nick} ${granted ? "has voice" : "has no voice"}`);
  }

  /** The server answers in order: each question of ours gives the bots one turn more. */
  async #settled({ domain }: JID): Promise<void> {
    const { session, muc } = this.#place.app;
    const isEntering = (): boolean => [...muc.rooms.values()].some(({ state }) => state === "joining");
    for (let trip = 0; trip < ROUND_TRIPS || isEntering(); trip++) await session.iq.get(domain, PING);
  }
}
