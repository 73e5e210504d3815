import { createBotApp, type BotApp, type BotAppOptions } from "../app/bot-app.js";
import { ArgumentError, messageOf } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { StructuredLogger, type LogRecord } from "../base/logger.js";
import type { Class } from "../bot/metadata.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { Room } from "../muc/room.js";
import type { TranscriptLine } from "./muc/transcript.js";
import { settle } from "./settle.js";
import { TestClock } from "./test-clock.js";
import { TestServer, type EnterOptions } from "./test-server.js";
import type { TestUser } from "./test-user.js";

/** What the bots run with: as `createBotApp`, but for the account, and what connects it. */
export type TestRoomOptions = Partial<
  Omit<BotAppOptions, "bots" | "jid" | "password" | "service" | "connect" | "clock" | "ca">
> & {
  /** The room; default: the first that the bots sit in, else one for the test. */
  readonly room?: JID | string;
};

/** How long something may take in real time; the clock of the test stands still meanwhile. */
export interface WaitOptions {
  /** In milliseconds; default 2,000. */
  readonly timeoutMs?: number;
}

const ACCOUNT = "bot@example.org";
const ROOM = "lobby@rooms.example.org";
const TIMEOUT_MS = 2_000;
/** Of the transcript and the log so much is told when something does not come. */
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
  readonly #log: readonly LogRecord[];
  readonly #replies: MessageReceived[] = [];
  #waiting: (() => void) | null = null;

  /** Use {@link testRoom}. */
  constructor(parts: {
    readonly server: TestServer;
    readonly app: BotApp;
    readonly bot: T;
    readonly clock: TestClock;
    readonly jid: JID;
    readonly log: readonly LogRecord[];
  }) {
    this.server = parts.server;
    this.app = parts.app;
    this.bot = parts.bot;
    this.clock = parts.clock;
    this.jid = parts.jid;
    this.#log = parts.log;
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

  /** Somebody comes into the room. Rejects with `TestServiceError` where the room does not let them in. */
  enter(nick: string, options: EnterOptions = {}): Promise<TestUser> {
    return this.server.enter(this.jid, nick, options);
  }

  /**
   * The next message that the bots say in the room: those that were said already first. What is said in private is for
   * `user.nextMessage()`. Rejects, with what was said and logged, when none comes in time.
   */
  async nextReply({ timeoutMs = TIMEOUT_MS }: WaitOptions = {}): Promise<MessageReceived> {
    if (this.clock.moving) await this.clock.still();
    const reply = this.#replies.shift() ?? (await this.#coming(timeoutMs));
    if (reply === undefined) throw new Error(this.#explain(`The bots said nothing in ${timeoutMs} ms`));
    return reply;
  }

  async #coming(timeoutMs: number): Promise<MessageReceived | undefined> {
    if (this.#waiting !== null) throw new ArgumentError("Wait for one reply at a time");
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#waiting = null;
    return this.#replies.shift();
  }

  /**
   * Resolves when everything that happened so far has led to what it leads to, as far as time stands still: a handler that
   * waits for it to go on, and with which nothing happens for a tenth of a second, is left to wait.
   */
  async settled(): Promise<void> {
    if (this.clock.moving) await this.clock.still();
    await settle(
      this.app,
      this.jid.domain,
      () => this.#replies.length,
      () => this.server.heldAnswers(ACCOUNT),
      () => this.clock.changes,
    );
  }

  /** Resolves when all is settled and the bots have said nothing that was not read. Rejects with what they said. */
  async expectSilence(): Promise<void> {
    await this.settled();
    if (this.#replies.length === 0) return;
    const said = this.#replies.map(({ body }) => JSON.stringify(body)).join(", ");
    throw new Error(this.#explain(`The bots were to say nothing, and said ${said}`));
  }

  #explain(what: string): string {
    const lines = this.transcript.slice(-TOLD_LINES).map(({ nick, text }) => `  <${nick}> ${text}`);
    const log = this.#log.slice(-TOLD_LINES).map(describe);
    const room = lines.length === 0 ? "Nothing was said in the room." : `In the room:\n${lines.join("\n")}`;
    return [`${what}.`, room, ...(log.length === 0 ? [] : [`In the log:\n${log.join("\n")}`])].join("\n");
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

/** Errors are kept in the log as what is printed of them. */
function describe({ level, text, fields }: LogRecord): string {
  const { error } = fields;
  const why = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return `  ${level}: ${text}${why === undefined ? "" : `: ${messageOf(why)}`}`;
}

/**
 * Puts bots into a room of this process. Resolves when they are in. Rejects as `createBotApp(…).ready()` does: with
 * `AuthoringError` for mistakes in the bots, with `JoinError` where no room lets them in.
 */
export async function testRoom<T extends object>(
  bots: (new (...args: never[]) => T) | readonly [new (...args: never[]) => T, ...Class[]],
  { room: wanted, ...options }: TestRoomOptions = {},
): Promise<TestRoom<T>> {
  const classes = typeof bots === "function" ? ([bots] as const) : bots;
  const clock = new TestClock();
  const server = new TestServer({ domain: "example.org", clock });
  const log: LogRecord[] = [];
  const logger = new StructuredLogger({ level: "warn", write: (record) => void log.push(record) });
  const app = createBotApp({
    logger,
    ...options,
    ...(wanted !== undefined && { rooms: [JID.from(wanted).bare().toString()] }),
    bots: classes,
    jid: ACCOUNT,
    password: "test",
    connect: server.connect,
    clock,
  });
  try {
    const starting = app.start();
    // It is awaited below, unless a room cannot be.
    starting.catch(() => {});
    for (const { jid } of app.status().rooms) server.room(jid).open();
    await starting;
    const jid = app.status().rooms[0]?.jid ?? (await sit(app, server));
    await app.ready();
    const [first] = classes;
    return new TestRoom({ server, app, bot: app.get(first, jid), clock, jid, log });
  } catch (error) {
    await app.stop();
    await server.close();
    throw error;
  }
}

/** Bots that name no room sit in one all the same. */
async function sit(app: BotApp, server: TestServer): Promise<JID> {
  server.room(ROOM).open();
  const { room, entered } = app.muc.join(ROOM, app.nick);
  await entered;
  return room.jid;
}
