// real rooms of a real client, over a session that a test plays the server for
import { xml, type Element } from "../../../src/base/element.js";
import { Emitter } from "../../../src/base/emitter.js";
import { JID } from "../../../src/base/jid.js";
import { Dispatcher } from "../../../src/app/dispatcher.js";
import { compileBot } from "../../../src/bot/compile.js";
import { botSettings, type Class } from "../../../src/bot/metadata.js";
import type { Middleware } from "../../../src/bot/guards/middleware.js";
import { botPrepare } from "../../../src/bot/prepare.js";
import { Router } from "../../../src/bot/router.js";
import { Slots } from "../../../src/bot/slots.js";
import { MucClient } from "../../../src/muc/client.js";
import type { Room } from "../../../src/muc/room.js";
import type { Session, SessionEvents } from "../../../src/xmpp/session.js";
import { SessionError } from "../../../src/xmpp/session-error.js";
import { ManualClock } from "./clock.js";
import { recordLog, type RecordedLog } from "./log.js";

const MUC_USER = "http://jabber.org/protocol/muc#user";

class PlayedSession extends Emitter<SessionEvents> {
  readonly jid = JID.parse("bot@example.org/here");
  readonly state = "online";
  readonly sent: Element[] = [];
  /** Makes the next sending fail. */
  broken: Error | null = null;
  readonly iq = {
    get: () => Promise.reject(new Error("nobody answers")),
    set: () => Promise.reject(new Error("nobody answers")),
  };

  send(stanza: Element): Promise<void> {
    if (this.broken !== null) return Promise.reject(this.broken);
    this.sent.push(stanza);
    return Promise.resolve();
  }

  /** The session is lost, and there is another one. */
  renew(): void {
    this.emit("destroyed", { cause: new SessionError("unreachable", "gone"), unconfirmed: [] });
    this.emit("established", { jid: this.jid });
  }

  deliver(stanza: Element): void {
    this.emit(stanza.name === "presence" ? "presence" : "message", stanza);
  }
}

/** Bots in one room or several, and whoever else is there. */
export class BotsInRoom {
  readonly clock = new ManualClock();
  readonly log: RecordedLog = recordLog();
  readonly stopping = new AbortController();
  /** How many handlers may be at work at once. */
  slots = new Slots(Number.POSITIVE_INFINITY);
  readonly session = new PlayedSession();
  readonly instances: readonly object[];
  readonly #client: MucClient;
  readonly #bots;
  readonly #queues: Dispatcher[] = [];
  #messages = 0;

  constructor(...classes: (new () => object)[]) {
    const session = this.session as unknown as Session;
    const { clock } = this;
    const { logger } = this.log;
    const prepare = botPrepare({
      clock,
      logger,
      maxMessageBytes: 3_000,
      answersToBotsPerMinute: 10,
      answersPerMinute: 3_000,
    });
    this.#client = new MucClient(session, { clock, logger, prepare });
    const compiled = classes.map((type) => compileBot(type, prefixOf(type)));
    const mistakes = compiled.flatMap((each) => each.mistakes);
    if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes));
    for (const slot of compiled.flatMap(({ bot }) => bot.middlewares)) {
      const Type = slot.type as (new () => Middleware) | null;
      if (Type !== null) slot.instance = new Type();
    }
    this.instances = classes.map((type) => new type());
    this.#bots = compiled.map(({ bot }, index) => ({
      ...bot,
      instances: new Map([[bot.type, this.instances[index] ?? {}]]),
    }));
  }

  /** Enters a room as an application does; history follows, then everything is live. */
  async enter(jid = "lobby@rooms.example.org", history: readonly Element[] = []): Promise<Room> {
    const { room } = this.#client.join(jid, "keeper");
    const router = new Router(this.#bots, {
      slots: this.slots,
      signal: this.stopping.signal,
      logger: this.log.logger,
      clock: this.clock,
      handlerTimeoutMs: 60_000,
    });
    const queue = new Dispatcher(router, this.log.logger, { room: room.jid });
    this.#queues.push(queue);
    queue.listenTo(room);
    await turns();
    this.comes("there", jid);
    this.comes("keeper", jid, ["110"]);
    for (const stanza of history) this.session.deliver(stanza);
    this.session.deliver(xml("message", { from: jid, type: "groupchat" }, xml("subject")));
    if (!room.active) throw new Error(`the room is ${room.state}`);
    this.session.sent.length = 0;
    return room;
  }

  /** Listens to what accounts write, as an application does. */
  listen(): void {
    const router = new Router(this.#bots, {
      signal: this.stopping.signal,
      logger: this.log.logger,
      clock: this.clock,
      handlerTimeoutMs: 60_000,
    });
    if (!router.handles("directMessage")) return;
    const queue = new Dispatcher(router, this.log.logger, {});
    this.#queues.push(queue);
    this.#client.on("directMessage", (event) => queue.take(event));
  }

  comes(
    nick: string,
    jid = "lobby@rooms.example.org",
    codes: readonly string[] = [],
    attrs: Readonly<Record<string, string>> = {},
  ): void {
    const { type, ...others } = attrs;
    const statuses = codes.map((code) => xml("status", { code }));
    const item = xml("item", { affiliation: "none", role: "participant", ...others });
    this.session.deliver(
      xml("presence", { from: `${jid}/${nick}`, type }, xml("x", { xmlns: MUC_USER }, item, statuses)),
    );
  }

  /** Somebody leaves, or with status 303 takes the nick `newNick`. */
  goes(nick: string, newNick?: string): void {
    const attrs = { type: "unavailable", ...(newNick === undefined ? { role: "none" } : { nick: newNick }) };
    this.comes(nick, undefined, newNick === undefined ? [] : ["303"], attrs);
    if (newNick !== undefined) this.comes(newNick);
  }

  /** Somebody says something; the events go on their way, and nothing is waited for. */
  says(body: string, options: { nick?: string; room?: string; extra?: readonly Element[] } = {}): void {
    this.session.deliver(message(body, { id: `m${++this.#messages}`, ...options }));
  }

  /** Resolves when every queue is empty. */
  async idle(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.queueIdle()));
  }

  /** As {@link says}; what is said in the rooms until all queues are empty. */
  async hears(body: string, options: Parameters<BotsInRoom["says"]>[1] = {}): Promise<string[]> {
    const before = this.session.sent.length;
    this.says(body, options);
    await this.idle();
    return this.lines.slice(before);
  }

  /** Somebody there says something to the bot alone; `to: line` of what is answered. */
  whispers(body: string, nick = "alice", extra: readonly Element[] = []): Promise<string[]> {
    const from = `lobby@rooms.example.org/${nick}`;
    return this.#answers(xml("message", { from, type: "chat", id: "p1" }, xml("body", null, body), extra));
  }

  /** An account writes to the bot's; `to: line` of what is answered. */
  writes(body: string, from = "alice@example.org/phone", extra: readonly Element[] = []): Promise<string[]> {
    return this.#answers(xml("message", { from, type: "chat", id: "d1" }, xml("body", null, body), extra));
  }

  async #answers(stanza: Element): Promise<string[]> {
    const before = this.session.sent.length;
    this.session.deliver(stanza);
    await turns();
    await this.idle();
    return this.session.sent
      .slice(before)
      .map((sent, index) => `${sent.attrs["to"]}: ${this.lines[before + index]}`);
  }

  /** What was said by the bots since they entered. */
  get lines(): string[] {
    return this.session.sent.map((stanza) =>
      (stanza.getChildText("body") ?? `<${stanza.name}>`).replace(/\(ref [0-9a-f]{4}\)$/, "(ref …)"),
    );
  }
}

/** What a room is told when a handler fails; which reference differs each time. */
export const WRONG = "Something went wrong (ref …)";

/** A line of an occupant. */
export function message(
  body: string,
  options: { id?: string; nick?: string; room?: string; extra?: readonly Element[] } = {},
): Element {
  const { id, nick = "alice", room = "lobby@rooms.example.org", extra = [] } = options;
  return xml("message", { from: `${room}/${nick}`, type: "groupchat", id }, xml("body", null, body), extra);
}

/** A few turns of the event loop, for what is only promised. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

function prefixOf(type: Class): string | null {
  const prefix = botSettings(type)?.prefix;
  return prefix === undefined ? "!" : prefix;
}
