import { createBotApp, type BotApp } from "../../../src/app/bot-app.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Bot, OnMessage } from "../../../src/bot/decorators.js";
import { inject } from "../../../src/bot/injection.js";
import { Rooms } from "../../../src/bot/rooms.js";
import { MessageReceived } from "../../../src/muc/events/messages.js";
import type { Room } from "../../../src/muc/room.js";
import { TestServer, type TestUser } from "../../../src/testing/index.js";
import { ManualClock } from "../../support/manual-clock.js";
import { HeldLink } from "./held-link.js";
import { RoomWitness } from "./room-witness.js";

/** Two rooms of two services: what happens to one is nothing to the other. */
export const ROOMS = ["one@rooms.example.org", "two@muc.example.net"] as const;
const BOT = "bot@example.org";
/** So long nothing passes that all is over. */
const QUIET_TURNS = 8;
const MOST_TURNS = 20_000;
/** Beside rooms and their self-pings: session, requests, service. */
const MOST_TIMERS = 30;

interface Heard {
  readonly room: Room;
  readonly text: string;
}

/** A bot in two rooms of an embedded service, on a clock that is moved by hand, and all that can happen to it. */
export class World {
  readonly clock = new ManualClock();
  readonly server: TestServer;
  readonly link: HeldLink;
  readonly heard: Heard[] = [];
  /** How many of them were said while it was out. */
  missed = 0;
  readonly witnesses: RoomWitness[] = [];
  readonly leaving: { settled: boolean; readonly sinceMs: number }[] = [];
  readonly talkers: TestUser[] = [];
  #app: BotApp | null = null;
  #rooms: Rooms | null = null;
  #lines = 0;
  #thieves: (TestUser | null)[] = [null, null];

  constructor() {
    this.server = new TestServer({
      clock: this.clock,
      domain: "example.org",
      historySize: 10,
      resumeTimeoutMs: 60_000,
    });
    this.link = new HeldLink(this.server.connect);
  }

  get app(): BotApp {
    if (this.#app === null) throw new Error("it is not started");
    return this.#app;
  }

  /** The bot is in its rooms. */
  async start(): Promise<void> {
    for (const room of ROOMS)
      this.talkers.push(await this.server.enter(room, "alice", { affiliation: "owner" }));
    const { heard } = this;
    const missed = (): void => void this.missed++;
    const learn = (rooms: Rooms): void => void (this.#rooms = rooms);
    @Bot({ nick: "bot", rooms: [...ROOMS] })
    class Listener {
      constructor(@inject(Rooms) rooms: Rooms) {
        learn(rooms);
      }
      @OnMessage({ missed: true }) said(message: MessageReceived): void {
        heard.push({ room: message.room, text: message.body });
        if (message.source === "missed") missed();
      }
    }
    this.#app = createBotApp({
      bots: [Listener],
      jid: BOT,
      password: "secret",
      connect: this.link.connect,
      clock: this.clock,
      logger: silentLogger,
    });
    const started = this.#app.start();
    this.#watchAll();
    await this.settle();
    await started;
  }

  #watchAll(): void {
    const known = new Set(this.witnesses.map(({ room }) => room));
    for (const room of this.#app?.muc.rooms.values() ?? [])
      if (!known.has(room))
        this.witnesses.push(new RoomWitness(room, () => this.app.muc.getRoom(room.jid) === room));
  }

  /** Until nothing is under way but what waits for time, or for a fault to end. */
  async settle(): Promise<void> {
    let quiet = 0;
    let { activity } = this.link;
    for (let turn = 0; turn < MOST_TURNS && quiet < QUIET_TURNS; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      const { state } = this.#app?.session ?? { state: "idle" };
      const logsIn = this.link.open && !this.isFrozen && (state === "connecting" || state === "interrupted");
      // deriving a key takes its time elsewhere
      quiet = activity === this.link.activity && !(logsIn && turn < 2_000) ? quiet + 1 : 0;
      ({ activity } = this.link);
    }
  }

  isFrozen = false;

  /** Time goes on; not in one leap: what falls due is carried out before what falls due later. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.monotonic() + ms;
    for (let steps = 0; steps < 400; steps++) {
      const leftMs = untilMs - this.clock.monotonic();
      const nextMs = this.clock.nextInMs;
      const leapMs = Math.min(leftMs, Math.max(1, nextMs ?? leftMs));
      if (leapMs <= 0) return;
      this.clock.advance(leapMs);
      await this.settle();
    }
  }

  async talk(at: 0 | 1, lines: number): Promise<void> {
    const talker = this.talkers[at];
    for (let n = 0; n < lines; n++) {
      // who is out, or has no way to the room, says nothing
      talker?.say(`line ${++this.#lines}`).catch(() => {});
      await this.pass(7);
    }
  }

  freeze(): void {
    this.isFrozen = true;
    this.server.freeze();
  }

  thaw(): void {
    this.isFrozen = false;
    this.server.thaw();
  }

  nickOfBot(at: 0 | 1): string | null {
    const bot = this.server
      .room(ROOMS[at])
      .occupants.find(({ jids }) => jids.some((jid) => jid.bare().toString() === BOT));
    return bot?.nick ?? null;
  }

  /** Those who were put out come in again. */
  async talkersReturn(): Promise<void> {
    for (const [at, talker] of this.talkers.entries()) {
      const room = this.server.room(ROOMS[at as 0 | 1]);
      if (!room.occupants.some(({ nick }) => nick === "alice")) talker.join().catch(() => {});
    }
    await this.settle();
  }

  /** Somebody wants the bot's nick: he has it where the bot is out. */
  async steal(at: 0 | 1): Promise<void> {
    if (this.#thieves[at] !== null || this.isFrozen) return;
    const thief = this.server.enter(ROOMS[at], "bot", { jid: `thief${at}@example.org` });
    await Promise.race([thief.then((user) => (this.#thieves[at] = user)).catch(() => {}), this.settle()]);
  }

  /** He has had enough. */
  async thiefGoes(at: 0 | 1): Promise<void> {
    const thief = this.#thieves[at];
    this.#thieves[at] = null;
    void thief?.leave().catch(() => {});
    await this.settle();
  }

  leave(at: 0 | 1): void {
    const room = this.app.muc.getRoom(ROOMS[at]);
    if (room === undefined) return;
    const entry = { settled: false, sinceMs: this.clock.monotonic() };
    this.leaving.push(entry);
    room.leave().then(
      () => (entry.settled = true),
      () => (entry.settled = true),
    );
  }

  /** The bot's author wants it there again. */
  join(at: 0 | 1): void {
    // un-awaited, as authors do: what comes of it must reach nobody as an unhandled rejection
    void this.#rooms?.join(ROOMS[at], { firstJoin: "persist" });
    this.#watchAll();
  }

  /** What breaks a rule now. */
  check(): readonly string[] {
    this.#watchAll();
    const wrong = this.witnesses.flatMap((witness) => witness.check());
    if (this.clock.pending > MOST_TIMERS) wrong.push(`${this.clock.pending} timers`);
    const nowMs = this.clock.monotonic();
    for (const { settled, sinceMs } of this.leaving)
      if (!settled && nowMs - sinceMs > 6_000) wrong.push("leave() does not settle");
    return [...wrong, ...this.#repeated()];
  }

  #repeated(): readonly string[] {
    return ROOMS.flatMap((jid) => {
      const lines = this.heard
        .filter(({ room }) => room.jid.toString() === jid)
        .map(({ text }) => numberOf(text));
      return lines.flatMap((line, at) =>
        line <= (lines[at - 1] ?? 0) ? [`${jid}: line ${line} after ${lines[at - 1]}`] : [],
      );
    });
  }

  /** What rooms took while a bot was in one and before it heard the last, which it neither handled nor was told of. */
  lost(): readonly string[] {
    return this.witnesses.flatMap(({ room, gaps }) => {
      const heard = new Set(this.heard.flatMap((each) => (each.room === room ? [each.text] : [])));
      const numbers = [...heard].map(numberOf);
      const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
      // history is stamped in whole seconds
      const isTold = (at: Date): boolean =>
        gaps.some((gap) => at >= gap.since && at.getTime() < gap.until.getTime() + 1_000);
      return this.server
        .room(room.jid)
        .transcript.filter(
          ({ text, at }) =>
            numberOf(text) > first && numberOf(text) < last && !heard.has(text) && !isTold(at),
        )
        .map(({ text }) => `${room.jid.toString()}: ${text}`);
    });
  }

  /** All faults end; then time passes, and the bot is where it should be. */
  async heal(): Promise<void> {
    this.thaw();
    this.link.release();
    for (const [at, jid] of ROOMS.entries()) {
      this.server.unreachable(jid.slice(jid.indexOf("@") + 1), false);
      this.server.room(jid).setAffiliation(BOT, "none");
      await this.thiefGoes(at as 0 | 1);
    }
    await this.talkersReturn();
    // a ghost is found out after a quarter of an hour; who waits does so for five minutes at most
    for (let minutes = 0; minutes < 25; minutes += 5) await this.pass(300_000);
    await this.talkersReturn();
  }

  async close(): Promise<void> {
    const stopped = this.app.stop();
    await this.pass(15_000);
    await stopped;
    await this.server.close();
  }
}

function numberOf(text: string): number {
  return Number(/^line (\d+)$/.exec(text)?.[1] ?? NaN);
}
