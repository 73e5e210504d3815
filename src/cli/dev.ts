import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";

import { BotApp } from "../app/bot-app.js";
import { logForgottenPromises } from "../app/run.js";
import { consoleLogger } from "../app/console-logger.js";
import { logLevelOf, type AppOptions } from "../app/options.js";
import { setRunHost } from "../app/run.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import type { Element } from "../base/element.js";
import { xml } from "../base/element.js";
import type { Room } from "../muc/room.js";
import { TestServer } from "../testing/test-server.js";
import { loadBots } from "./bots-of-file.js";
import { PlaygroundVisitor } from "./playground-visitor.js";
import { Visit, type VisitPlace } from "./visit.js";

/** The account that a bot has here; nobody checks it. */
const ACCOUNT = "bot@example.org";
/** Where a bot sits that names no room. */
const ROOM = "lobby@rooms.example.org";

/** What `mucwright dev` takes. */
export interface DevOptions {
  /** The lines to play; null: those beside the bot's file, or what is typed. */
  readonly script: string | null;
  readonly verbose: boolean;
}

const PING: Element = xml("ping", { xmlns: "urn:xmpp:ping" });

/** A room of this process with the bots in it, and their transcript on standard output. */
class Playground implements VisitPlace {
  readonly #app: BotApp;
  readonly #server: TestServer;
  readonly #room: Room;
  readonly #visitors: PlaygroundVisitor[] = [];
  #lines = 0;

  constructor(app: BotApp, server: TestServer, room: Room) {
    this.#app = app;
    this.#server = server;
    this.#room = room;
    this.#watch(room);
    // those that the bots are invited to
    app.muc.on("roomAdded", (added) => {
      this.#watch(added.room);
      added.room.on("enter", (event) =>
        this.#write(`${event.room.jid.local ?? ""} * ${event.occupant.nick} comes in`),
      );
    });
  }

  #watch(room: Room): void {
    room.on("message", (message) => {
      if (message.source !== "replay")
        this.#write(`${room.jid.local ?? ""} <${message.nick}> ${message.body}`);
    });
  }

  #write(line: string): void {
    this.#lines++;
    process.stdout.write(`${line}\n`);
  }

  async enter(...[nick, account, affiliation]: Parameters<VisitPlace["enter"]>): Promise<PlaygroundVisitor> {
    try {
      const user = await this.#server.enter(this.#room.jid, nick, {
        ...(account !== null && { jid: account }),
        ...(affiliation !== null && { affiliation }),
      });
      const visitor = new PlaygroundVisitor(user, {
        app: this.#app,
        server: this.#server,
        write: (line) => this.#write(line),
      });
      this.#visitors.push(visitor);
      return visitor;
    } catch (error) {
      throw new ArgumentError(`Nobody can enter as "${nick}": ${messageOf(error)}`, { cause: error });
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

async function* scriptLines(path: string): AsyncGenerator<string> {
  if (path === "-") {
    yield* createInterface({ input: process.stdin });
    return;
  }
  if (!existsSync(path)) throw new ArgumentError(`There is no script ${path}`);
  yield* readFileSync(path, "utf8").split("\n");
}

async function playScript(place: VisitPlace, path: string): Promise<void> {
  const visit = new Visit(place);
  for await (const line of scriptLines(path)) if (!(await visit.play(line))) return;
}

/** Lines from a terminal; one that is none is explained, and the next one is read. */
async function playTerminal(place: VisitPlace): Promise<void> {
  process.stdout.write(
    "Say something. /enter NICK, /enter NICK as member, /nick NICK, /invite ROOM, /voice, /leave, /quit\n",
  );
  const visit = new Visit(place);
  for await (const line of createInterface({ input: process.stdin, output: process.stdout })) {
    try {
      if (!(await visit.play(line))) return;
    } catch (error) {
      process.stdout.write(`${messageOf(error)}\n`);
    }
  }
}

/** `keeper.ts` is visited by `keeper.visit`, where there is no terminal to visit it from. */
function scriptBeside(file: string): string {
  const script = file.replace(/\.[cm]?[jt]sx?$/, "") + ".visit";
  return existsSync(script) ? script : "-";
}

/** Starts the bots, in rooms that are there already: a visitor is not told of rooms that had to be made. */
async function start(app: BotApp, server: TestServer): Promise<void> {
  const starting = app.start();
  // it is awaited below, unless a room cannot be
  starting.catch(() => {});
  for (const { jid } of app.status().rooms) server.room(jid).open();
  await starting;
  if (app.muc.rooms.size > 0) return;
  server.room(ROOM).open();
  app.muc.join(ROOM, app.nick);
}

/** `mucwright dev FILE`: the bots of a file in a room of this process. Resolves when the visit is over. */
export async function dev(file: string, { script, verbose }: DevOptions): Promise<void> {
  const { groups, finish } = await loadBots(file);
  // whatever the file would connect by itself stays here, too
  setRunHost(() => Promise.resolve());
  const options: AppOptions = Object.assign({}, ...groups.map((group) => group.options));
  const server = new TestServer();
  const level = process.env["MUCWRIGHT_LOG_LEVEL"] === undefined ? "error" : logLevelOf({}, process.env);
  const { service: _service, ca: _ca, ...kept } = options;
  const app = new BotApp(
    {
      logger: consoleLogger(level, process.stderr, verbose),
      ...kept,
      bots: groups.flatMap((group) => group.bots),
      jid: ACCOUNT,
      password: "nobody checks",
      connect: server.connect,
    },
    groups.flatMap(({ mistakes }) => mistakes),
  );
  const unguard = logForgottenPromises(app);
  try {
    await start(app, server);
    const [room] = app.muc.rooms.values();
    await app.ready();
    if (room === undefined) return;
    const place = new Playground(app, server, room);
    if (script === null && process.stdin.isTTY) await playTerminal(place);
    else await playScript(place, script ?? scriptBeside(file));
  } finally {
    unguard();
    await app.stop();
    await server.close();
  }
  await finish();
}
