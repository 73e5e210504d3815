import type { BotApp } from "../app/bot-app.js";
import { xml, type Element } from "../base/element.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import type { Room } from "../muc/room.js";
import type { LeaveMode } from "../muc/status-codes.js";
import type { EnterOptions, TestServer } from "../testing/test-server.js";
import { PlaygroundVisitor } from "./playground-visitor.js";
import type { BotAffiliation, Entry, Rank } from "./visit-line.js";
import type { VisitPlace } from "./visit.js";

const PING: Element = xml("ping", { xmlns: "urn:xmpp:ping" });

/** Leaving by oneself is no news: a script says it, or a person types it. */
const REMOVALS: Readonly<Partial<Record<LeaveMode, string>>> = {
  kicked: "kicked",
  banned: "banned",
  affiliationChange: "put out",
  moderationChange: "put out",
};

/** What somebody is who enters as that. */
function entryOf(rank: Rank | null): EnterOptions {
  if (rank === null) return {};
  return rank === "moderator" || rank === "visitor"
    ? { role: rank, affiliation: "none" }
    : { affiliation: rank };
}

/** A room of this process with the bots in it, and their transcript on standard output. */
export class Playground implements VisitPlace {
  readonly #app: BotApp;
  readonly #server: TestServer;
  readonly #room: Room;
  #visitors: readonly PlaygroundVisitor[] = [];
  #lines = 0;

  constructor(app: BotApp, server: TestServer, room: Room) {
    this.#app = app;
    this.#server = server;
    this.#room = room;
    for (const each of app.muc.rooms.values()) this.#watch(each);
    // those that the bots are invited to
    app.muc.on("roomAdded", (added) => {
      this.#watch(added.room);
      added.room.on("enter", ({ room: entered, occupant }) =>
        this.#tell(entered, `${occupant.nick} comes in`),
      );
    });
  }

  #watch(room: Room): void {
    room.on("message", ({ source, nick, body }) => {
      if (source !== "replay") this.show(`${room.jid.local ?? ""} <${nick}> ${body}`);
    });
    room.on("leave", ({ occupant, mode, reason }) => {
      const how = REMOVALS[mode];
      if (how !== undefined) this.#tell(room, `${occupant.nick} is ${how}${reason ? `: ${reason}` : ""}`);
    });
    room.on("subject", ({ nick, subject, initial }) => {
      if (!initial) this.#tell(room, `${nick ?? "somebody"} sets the subject: ${subject.pick() ?? ""}`);
    });
  }

  /** What happened in a room, other than that somebody spoke. */
  #tell({ jid }: Room, text: string): void {
    this.show(`${jid.local ?? ""} * ${text}`);
  }

  /** Adds to the transcript. */
  show(text: string): void {
    this.#lines++;
    process.stdout.write(`${text}\n`);
  }

  describe(speaker: string): string {
    const { jid, nick } = this.#room;
    const others = [...this.#app.muc.rooms.values()].filter((each) => each !== this.#room);
    const elsewhere = others.map((each) => each.jid.toString()).join(", ");
    return `You are ${speaker} in ${jid.toString()}, with ${nick}${elsewhere && `, which is also in ${elsewhere}`}.`;
  }

  #roomCalled(name: string): Room {
    const rooms = [...this.#app.muc.rooms.values()];
    const room =
      rooms.find(({ jid }) => jid.toString() === name) ?? rooms.find(({ jid }) => jid.local === name);
    if (room !== undefined) return room;
    const all = rooms.map(({ jid }) => jid.toString()).join(", ");
    throw new ArgumentError(`The bot is not in "${name}": it is in ${all}`);
  }

  async enter({ nick, account, room: name, rank }: Entry): Promise<PlaygroundVisitor> {
    const { jid } = name === null ? this.#room : this.#roomCalled(name);
    const there = this.#visitors.find((each) => each.isThere && each.is(nick, account, jid));
    try {
      if (there !== undefined) {
        if (rank !== null) there.become(rank);
        return there;
      }
      const options = { ...entryOf(rank), ...(account !== null && { jid: account }) };
      const visitor = new PlaygroundVisitor(await this.#server.enter(jid, nick, options), {
        app: this.#app,
        server: this.#server,
        write: (line) => this.show(line),
      });
      // who was put out and comes back is somebody new
      this.#visitors = [...this.#visitors.filter((each) => each.isThere), visitor];
      return visitor;
    } catch (error) {
      throw new ArgumentError(`Nobody can enter as "${nick}": ${messageOf(error)}`, { cause: error });
    }
  }

  promote(affiliation: BotAffiliation): void {
    const bot = this.#app.session.jid?.bare() ?? "";
    for (const room of this.#app.muc.rooms.values()) {
      this.#server.room(room.jid).setAffiliation(bot, affiliation);
      this.#tell(room, `${room.nick} is an ${affiliation} now`);
    }
  }

  /** The server answers in order: behind its answer stands nothing that it sent before. */
  async settled(): Promise<void> {
    const { domain } = this.#room.jid;
    for (let before = -1; before !== this.#lines;) {
      before = this.#lines;
      await this.#app.session.iq.get(domain, PING);
      await this.#app.idle();
      await this.#app.session.iq.get(domain, PING);
      for (const visitor of this.#visitors) visitor.showPrivate();
    }
  }
}
