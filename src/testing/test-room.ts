import { BotApp, type BotAppOptions } from "../app/bot-app.js";
import { Clock } from "../base/clock.js";
import { ArgumentError, RequestTimeoutError } from "../base/errors.js";
import { JID } from "../base/jid.js";
import type { LogRecord } from "../base/logger.js";
import type { Class } from "../bot/metadata.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { Room } from "../muc/room.js";
import type { Affiliation } from "../muc/wire/muc-user.js";
import type { TranscriptLine } from "./muc/transcript.js";
import { ExpectationError } from "./expectation-error.js";
import { HandlersAtWork } from "./handlers-at-work.js";
import { afterPatience } from "./patience.js";
import { settle } from "./settle.js";
import { TestClock } from "./test-clock.js";
import { TestLog } from "./test-log.js";
import { TestServer, type EnterOptions } from "./test-server.js";
import type { TestUser } from "./test-user.js";

/** What the bots run with: as `createBotApp`, but for the account, and what connects it. */
export type TestRoomOptions = Partial<
  Omit<BotAppOptions, "bots" | "jid" | "password" | "service" | "connect" | "clock" | "ca">
> & {
  /** The room; default: the first that the bots sit in, else one for the test. */
  readonly room?: JID | string;
  /** What the bots are to their rooms: `"admin"` and `"owner"` moderate them. Default: what the rooms make of anybody. */
  readonly affiliation?: Affiliation;
  /** What time it is at first, such as `"2026-03-02T08:59:00+01:00"`; default: the 2nd of January 2026, 03:04:05 UTC. */
  readonly startsAt?: Date | string;
};

/** How long something may take in real time; the clock of the test stands still meanwhile. */
export interface WaitOptions {
  /** In milliseconds; default 2,000. */
  readonly timeoutMs?: number;
}

/** What is said of handlers at work, beside how long they may be. */
export interface SilenceOptions extends WaitOptions {
  /**
   * Handlers at work are nothing to wait for: what the bots have said so far counts, as for a handler that goes on with
   * what the test itself gives it later.
   */
  readonly whileAtWork?: boolean;
}

const ACCOUNT = "bot@example.org";
const ROOM = "lobby@rooms.example.org";
const TIMEOUT_MS = 2_000;
/** Of the transcript so much is told when something does not come. */
const TOLD_LINES = 20;

/**
 * Bots in a room of this process, with time that the test moves: no server, no account, no test runner. Made by
 * {@link testRoom}; `await using room = await testRoom(Keeper)` ends it with the test.
 */
export class TestRoom<T extends object = object> implements AsyncDisposable {
  /** The service: for what a server does, and for other rooms. */
  readonly server: TestServer;
  /** The application, with its client and session. */
  readonly app: BotApp;
  /** The first of the bots. */
  readonly bot: T;
  /** Time: it stands still until the test moves it. */
  readonly clock: TestClock;
  /** The address of the room. */
  readonly jid: JID;
  /** The account of the bots, as a bare JID. */
  readonly botJid: JID;
  readonly #log: TestLog;
  readonly #handlers: HandlersAtWork;
  readonly #replies: MessageReceived[] = [];
  #waiting: (() => void) | null = null;

  /** Use {@link testRoom}. */
  constructor(parts: {
    readonly server: TestServer;
    readonly app: BotApp;
    readonly bot: T;
    readonly clock: TestClock;
    readonly jid: JID;
    readonly log: TestLog;
    readonly handlers: HandlersAtWork;
  }) {
    this.server = parts.server;
    this.app = parts.app;
    this.bot = parts.bot;
    this.clock = parts.clock;
    this.jid = parts.jid;
    this.botJid = JID.from(ACCOUNT);
    this.#log = parts.log;
    this.#handlers = parts.handlers;
    for (const room of parts.app.muc.rooms.values()) this.#watch(room);
    parts.app.muc.on("roomAdded", ({ room }) => this.#watch(room));
  }

  #watch(room: Room): void {
    if (!room.jid.equals(this.jid)) return;
    room.on("message", (message) => {
      if (message.source !== "reflection") return;
      this.#replies.push(message);
      this.#waiting?.();
    });
  }

  /** What was said in the room, by anybody, oldest first. */
  get transcript(): readonly TranscriptLine[] {
    return this.server.room(this.jid).transcript;
  }

  /** The warnings and errors that were logged, oldest first; errors are printed, too, unless there is a `logger`. */
  get log(): readonly LogRecord[] {
    return this.#log.records;
  }

  /** Somebody comes into the room. Rejects with `TestServiceError` where the room does not let them in. */
  enter(nick: string, options: EnterOptions = {}): Promise<TestUser> {
    return this.server.enter(this.jid, nick, options);
  }

  /**
   * The next message that the bots say in the room: those that were said already first. What is said in private is for
   * `user.nextMessage()`. Rejects with `RequestTimeoutError`, and what was said and logged, when none comes in time.
   */
  async nextReply({ timeoutMs = TIMEOUT_MS }: WaitOptions = {}): Promise<MessageReceived> {
    if (this.clock.moving) await this.clock.still();
    const reply = this.#replies.shift() ?? (await this.#coming(timeoutMs));
    if (reply !== undefined) return reply;
    throw new RequestTimeoutError(this.#explain(`The bots said nothing in ${timeoutMs} ms`));
  }

  async #coming(timeoutMs: number): Promise<MessageReceived | undefined> {
    if (this.#waiting !== null) throw new ArgumentError("Wait for one reply at a time");
    await new Promise<void>((resolve) => {
      const timer = afterPatience(timeoutMs, resolve);
      this.#waiting = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#waiting = null;
    return this.#replies.shift();
  }

  /**
   * Resolves when everything that happened so far has led to what it leads to, as far as time stands still: a handler that
   * waits for it to go on, and with which nothing happens for a tenth of a second, is left to wait. One that waits for
   * something else, a timer of the machine or a network, is waited for up to `timeoutMs`.
   */
  async settled({ timeoutMs = TIMEOUT_MS }: WaitOptions = {}): Promise<void> {
    await this.#settle(timeoutMs);
  }

  /** Gives the handlers that are still at work, and wait for nothing of the test's. */
  async #settle(patienceMs: number): Promise<readonly string[]> {
    if (this.clock.moving) await this.clock.still();
    return settle(this.app, this.jid.domain, () => this.#replies.length, {
      held: () => this.server.heldAnswers(ACCOUNT),
      changes: () => this.clock.changes,
      elsewhere: () => this.#handlers.elsewhere,
      patienceMs,
    });
  }

  /**
   * Resolves when all is {@link settled} and the bots have said nothing that was not read. Rejects with `ExpectationError`,
   * and what they said. Which handlers are still at work then, and may say something yet, is printed as a warning: those
   * that wait neither for the `Clock` that they were given nor for an answer to `ctx.ask`.
   */
  async expectSilence({ timeoutMs = TIMEOUT_MS, whileAtWork = false }: SilenceOptions = {}): Promise<void> {
    const atWork = await this.#settle(whileAtWork ? 0 : timeoutMs);
    if (this.#replies.length > 0) {
      const said = this.#replies.map(({ body }) => JSON.stringify(body)).join(", ");
      throw new ExpectationError(this.#explain(`The bots were to say nothing, and said ${said}`));
    }
    if (atWork.length > 0 && !whileAtWork) console.warn(this.#explain(stillAtWork(atWork, timeoutMs)));
  }

  #explain(what: string): string {
    const lines = this.transcript.slice(-TOLD_LINES).map(({ nick, body }) => `  <${nick}> ${body}`);
    const log = this.#log.describe();
    const atWork = this.#handlers.describe();
    return [
      `${what}.`,
      lines.length === 0 ? "Nothing was said in the room." : `In the room:\n${lines.join("\n")}`,
      ...(atWork === "" ? [] : [`At work: ${atWork}.`]),
      ...(log === "" ? [] : [`In the log:\n${log}`]),
    ].join("\n");
  }

  /** Ends the bots and the service. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    let over = false;
    const stopping = this.app.stop().finally(() => (over = true));
    // What hangs is waited for in the time of the test, which nobody moves any more.
    while (!over) {
      await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, 5))]);
      if (!over) await this.clock.advance(1_000).catch(() => {});
    }
    await this.server.close();
  }
}

function stillAtWork(handlers: readonly string[], timeoutMs: number): string {
  const [are, wait, them] = handlers.length === 1 ? ["is", "waits", "it"] : ["are", "wait", "them"];
  return [
    `The bots have said nothing so far, and may yet: ${handlers.join(", ")} ${are} at work after ${timeoutMs} ms, and ${wait} for nothing of the test's`,
    `Is it a timer of the machine, a network? Give ${them} the time of the test (ask for Clock in the constructor, and take its setTimeout), or something in place of the network (the option providers). Where the test itself lets ${them} go on later, or another handler does: expectSilence({ whileAtWork: true })`,
  ].join(".\n");
}

/**
 * Puts bots into a room of this process. Resolves when they are in. Rejects as `createBotApp(…).ready()` does: with
 * `AuthoringError` for mistakes in the bots, with `JoinError` where no room lets them in.
 */
export async function testRoom<T extends object>(
  bots: (new (...args: never[]) => T) | readonly [new (...args: never[]) => T, ...Class[]],
  { room: wanted, affiliation, startsAt, logger, providers = [], ...options }: TestRoomOptions = {},
): Promise<TestRoom<T>> {
  const classes = typeof bots === "function" ? ([bots] as const) : bots;
  const clock = startsAt === undefined ? new TestClock() : new TestClock(timeOf(startsAt));
  const server = new TestServer({ domain: "example.org", clock });
  const log = new TestLog(clock, logger ?? null);
  const handlers = new HandlersAtWork();
  const settings: BotAppOptions = {
    ...options,
    logger: log.logger,
    ...(wanted !== undefined && { rooms: [JID.from(wanted).bare().toString()] }),
    bots: classes,
    jid: ACCOUNT,
    password: "test",
    connect: server.connect,
    clock,
    providers: [{ token: Clock, useValue: handlers.clock(clock) }, ...providers],
  };
  const app = new BotApp(settings, [], handlers);
  const open = (jid: JID | string): void => {
    server.room(jid).open();
    if (affiliation !== undefined) server.room(jid).setAffiliation(ACCOUNT, affiliation);
  };
  try {
    const starting = app.start();
    // It is awaited below, unless a room cannot be.
    starting.catch(() => {});
    for (const { jid } of app.status().rooms) open(jid);
    await starting;
    const jid = app.status().rooms[0]?.jid ?? (await sit(app, open));
    await app.ready();
    const [first] = classes;
    return new TestRoom({ server, app, bot: app.get(first, jid), clock, jid, log, handlers });
  } catch (error) {
    await app.stop();
    await server.close();
    throw error;
  }
}

/** Bots that name no room sit in one all the same. */
async function sit(app: BotApp, open: (jid: string) => void): Promise<JID> {
  open(ROOM);
  const { room, entered } = app.muc.join(ROOM, app.nick);
  await entered;
  return room.jid;
}

/** Milliseconds since 1970. Throws `ArgumentError`. */
function timeOf(startsAt: Date | string): number {
  const time = new Date(startsAt).getTime();
  if (!Number.isNaN(time)) return time;
  throw new ArgumentError(
    `startsAt is "${String(startsAt)}", and no moment: write "2026-03-02T08:59:00+01:00"`,
  );
}
