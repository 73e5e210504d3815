// Methods that the clock calls.
import { afterEach, describe, expect, it } from "vitest";

import type { Dispatcher } from "../../src/app/dispatcher.js";
import { Schedules } from "../../src/app/schedules.js";
import { compileBot } from "../../src/bot/compile.js";
import { Bot, Cron, OnError, OnMessage, Require, type CronOptions } from "../../src/bot/decorators.js";
import { BotTick, CronTick } from "../../src/bot/cron-tick.js";
import type { HandlerFailed } from "../../src/bot/handler-failed.js";
import type { Class } from "../../src/bot/metadata.js";
import { MAX_WAITING } from "../../src/bot/room-queue.js";
import { Schedule } from "../../src/bot/schedule.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { testRoom, type TestRoom } from "../../src/testing/index.js";
import { ManualClock } from "../support/manual-clock.js";
import { makeApp, cleanUp, until } from "./support/apps.js";

cleanUp();

const open: TestRoom[] = [];
afterEach(async () => {
  for (const room of open.splice(0)) await room[Symbol.asyncDispose]();
});

async function start(bot: new () => object, rooms?: readonly string[]): Promise<TestRoom> {
  const room = await testRoom(bot, rooms === undefined ? {} : { rooms });
  open.push(room);
  return room;
}

const HOUR_MS = 3_600_000;

describe("@Cron", () => {
  it("speaks in each active room when its time has come, and waits for its turn there", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly ticks: string[] = [];
      @Cron("0 9 * * *", { timezone: "Europe/Berlin" }) standup(tick: CronTick) {
        this.ticks.push(`${tick.room.jid.local} ${tick.scheduledAt.toISOString()}`);
        return "Stand-up!";
      }
    }
    const room = await start(Keeper, ["one@rooms.example.org", "two@rooms.example.org"]);
    // It is 03:04:05 UTC; Berlin is an hour ahead in winter.
    await room.clock.advance(4 * HOUR_MS);
    await room.expectSilence();
    // No further: the time of handlers runs on the same clock.
    await room.clock.advance(HOUR_MS - 245_000);
    expect((await room.nextReply()).body).toBe("Stand-up!");
    await room.settled();
    expect((room.bot as Keeper).ticks).toEqual([
      "one 2026-01-02T08:00:00.000Z",
      "two 2026-01-02T08:00:00.000Z",
    ]);
    expect(room.server.room("two@rooms.example.org").transcript.map(({ body }) => body)).toEqual([
      "Stand-up!",
    ]);
    await room.clock.advance(24 * HOUR_MS);
    expect((await room.nextReply()).body).toBe("Stand-up!");
  });

  it("calls once for the bot, in no room, where it says so", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly ticks: string[] = [];
      @Cron("*/10 * * * *", { per: "bot", timezone: "UTC" }) tick(tick: BotTick) {
        this.ticks.push(tick.scheduledAt.toISOString());
      }
    }
    const room = await start(Keeper, ["one@rooms.example.org", "two@rooms.example.org"]);
    await room.clock.advance(20 * 60_000);
    await room.settled();
    expect((room.bot as Keeper).ticks).toEqual(["2026-01-02T03:10:00.000Z", "2026-01-02T03:20:00.000Z"]);
  });

  it.each([
    ["skip", 1],
    ["queue", 3],
  ] as const)(
    "with overlap %s a tick while the last one is at work comes %i times",
    async (overlap, times) => {
      let go: () => void = () => {};
      @Bot({ nick: "keeper" })
      class Keeper {
        count = 0;
        @Cron("* * * * * *", { timezone: "UTC", overlap }) async slow(_tick: CronTick) {
          this.count++;
          await new Promise<void>((resolve) => (go = resolve));
        }
      }
      const room = await start(Keeper);
      const bot = room.bot as Keeper;
      for (let n = 0; n < 3; n++) {
        await room.clock.advance(1_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(bot.count).toBe(1);
      for (let n = 0; n < 5; n++) {
        go();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(bot.count).toBe(times);
      await room[Symbol.asyncDispose]();
    },
  );

  it("that fails is logged, told with a reference, and called the next time all the same", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      @Cron("0 * * * *", { timezone: "UTC" }) fails(_tick: CronTick): string {
        throw new Error("boom");
      }
      @OnMessage() hear() {
        return "heard";
      }
    }
    const room = await start(Keeper);
    for (let n = 0; n < 2; n++) {
      await room.clock.advance(HOUR_MS);
      expect((await room.nextReply()).body).toContain("ref");
    }
    const alice = await room.enter("alice");
    await alice.say("x");
    expect((await room.nextReply()).body).toBe("heard");
  });

  it("calls nothing in a room that is out, and nothing after the stop", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      count = 0;
      @Cron("* * * * *", { timezone: "UTC" }) tick(_tick: CronTick) {
        this.count++;
      }
    }
    const room = await start(Keeper);
    const bot = room.bot as Keeper;
    await room.clock.advance(60_000);
    await room.settled();
    expect(bot.count).toBe(1);
    room.server.room(room.jid).kick("keeper", { status: 301 });
    await room.settled();
    await room.clock.advance(10 * 60_000);
    expect(bot.count).toBe(1);
    await room[Symbol.asyncDispose]();
    await room.clock.advance(10 * 60_000);
    expect(bot.count).toBe(1);
  });

  it.each<[string, string, CronOptions, string]>([
    ["a pattern that is none", "9 o'clock", {}, "cannot be read"],
    ["a date that never comes", "0 0 31 2 *", {}, "never comes true"],
    [
      "a time zone that there is not",
      "0 9 * * *",
      { timezone: "Mars/Olympus" },
      'Keeper.tick: there is no time zone "Mars/Olympus"\n',
    ],
    ["a date of one year", "2030-01-01T00:00:00", {}, "it has 1 field, where five are wanted"],
    [
      "words",
      "every monday 9:00",
      {},
      "it has 3 fields, where five are wanted (minute hour day month weekday)",
    ],
    ["a pattern with too many fields", "0 0 9 * * * 2030", {}, "it has 7 fields"],
    ["a pattern that is no text", 9 as unknown as string, {}, "its pattern is 9, and no text"],
    ["what it is not for", "0 9 * * *", { per: "rooms" as "room" }, 'it is per "rooms": write room or bot'],
    ["a misspelt option", "0 9 * * *", { timeZone: "UTC" } as CronOptions, "did you mean timezone?"],
    ["an overlap that there is not", "0 9 * * *", { overlap: "pile" as "skip" }, "pile"],
  ])("%s is found at the start", async (_what, pattern, options, why) => {
    @Bot({ rooms: ["lobby@rooms.example.org"] })
    class Keeper {
      @Cron(pattern, options as { per?: "room" }) tick(_tick: CronTick) {}
    }
    const starting = makeApp({ bots: [Keeper as Class] }).app.start();
    await expect(starting).rejects.toMatchObject({ name: "AuthoringError" });
    await expect(starting).rejects.toThrow(why);
    await expect(starting).rejects.toThrow("Keeper.tick");
  });

  it("goes by the clock of its zone over the days when that changes", () => {
    const schedule = Schedule.read({
      pattern: "30 2 * * *",
      timezone: "Europe/Berlin",
      overlap: "skip",
      per: "room",
    });
    if (typeof schedule === "string") throw new Error(schedule);
    const times: string[] = [];
    let atMs = Date.UTC(2026, 2, 27, 12);
    for (let n = 0; n < 3; n++) {
      atMs = schedule.next(atMs) ?? Number.NaN;
      times.push(new Date(atMs).toISOString());
    }
    // On the 29th of March there is no half past two.
    expect(times[0]).toBe("2026-03-28T01:30:00.000Z");
    expect(times[1]?.startsWith("2026-03-29T")).toBe(true);
    expect(times[2]).toBe("2026-03-30T00:30:00.000Z");
  });

  it("fires once, at the first, of a time that comes twice", () => {
    const at = (pattern: string, fromMs: number): (string | undefined)[] => {
      const schedule = Schedule.read({ pattern, timezone: "Europe/Berlin", overlap: "skip", per: "room" });
      if (typeof schedule === "string") throw new Error(schedule);
      const first = schedule.next(fromMs) ?? Number.NaN;
      return [first, schedule.next(first) ?? Number.NaN].map((ms) => new Date(ms).toISOString());
    };
    // On the 25th of October half past two comes at half past midnight of UTC, and again an hour later.
    expect(at("30 2 * * *", Date.UTC(2026, 9, 24, 12))).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  /** How often a schedule has called, and with what. */
  function counting(pattern: string, options: CronOptions & { per?: "room" } = {}) {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly ticks: string[] = [];
      @Cron(pattern, { timezone: "UTC", ...options }) tick(tick: CronTick) {
        this.ticks.push(tick.scheduledAt.toISOString().slice(5, 16));
      }
    }
    return Keeper;
  }

  it("waits longer than a timer can", async () => {
    class Yearly {
      @Cron("0 0 1 6 *", { timezone: "UTC", per: "bot" }) tick(_tick: BotTick) {}
    }
    const clock = new ManualClock();
    const schedules = new Schedules(clock);
    const took: string[] = [];
    const queue = { take: ({ scheduledAt }: BotTick) => took.push(scheduledAt.toISOString()) > 0 };
    schedules.start(compileBot(Yearly, "!").bot, queue as unknown as Dispatcher);
    expect(clock.nextInMs).toBeLessThanOrEqual(60_000);
    clock.advance(149 * 24 * HOUR_MS);
    expect(took).toEqual([]);
    clock.advance(24 * HOUR_MS);
    expect(took).toEqual(["2026-06-01T00:00:00.000Z"]);
    schedules.stop();
    expect(clock.pending).toBe(0);
  });

  it("calls once and late what was slept through, within a minute of the wakening", async () => {
    const room = await start(counting("*/10 * * * *"));
    const bot = room.bot as unknown as { ticks: string[] };
    room.clock.jump(3 * HOUR_MS);
    await room.settled();
    expect(bot.ticks).toEqual([]);
    await room.clock.advance(60_000);
    await room.settled();
    // 03:10 was the next when it was 03:04, and now it is 06:05
    expect(bot.ticks).toEqual(["01-02T03:10"]);
    await room.clock.advance(5 * 60_000);
    await room.settled();
    expect(bot.ticks).toEqual(["01-02T03:10", "01-02T06:10"]);
  });

  it("calls nothing early or twice when the clock is put back", async () => {
    const room = await start(counting("*/10 * * * *"));
    const bot = room.bot as unknown as { ticks: string[] };
    await room.clock.advance(5 * 60_000);
    room.clock.jump(-HOUR_MS);
    await room.clock.advance(30 * 60_000);
    await room.settled();
    expect(bot.ticks).toEqual([]);
    await room.clock.advance(32 * 60_000);
    await room.settled();
    expect(bot.ticks).toEqual(["01-02T03:10"]);
    room.clock.jump(-5 * 60_000);
    await room.clock.advance(10 * 60_000);
    await room.settled();
    expect(bot.ticks).toEqual(["01-02T03:10"]);
    await room.clock.advance(5 * 60_000);
    await room.settled();
    expect(bot.ticks).toEqual(["01-02T03:10", "01-02T03:20"]);
  });

  it("leaves out a tick while the last one waits for its turn, and one whose room is out by then", async () => {
    let go: () => void = () => {};
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly ticks: string[] = [];
      @OnMessage("hold") hold() {
        return new Promise<void>((resolve) => (go = resolve));
      }
      @Cron("*/10 * * * * *", { timezone: "UTC" }) tick(tick: CronTick) {
        this.ticks.push(tick.scheduledAt.toISOString().slice(14, 19));
      }
    }
    const room = await start(Keeper);
    const bot = room.bot as Keeper;
    const alice = await room.enter("alice");
    await alice.say("hold");
    await room.clock.advance(30_000);
    go();
    await room.settled();
    expect(bot.ticks).toEqual(["04:10"]);
    await alice.say("hold");
    await room.clock.advance(10_000);
    room.server.room(room.jid).kick("keeper", { status: 301 });
    await until("it is out", () => room.app.muc.rooms.size === 0);
    go();
    await room.settled();
    expect(bot.ticks).toEqual(["04:10"]);
  });

  it("goes on where a tick found no place among too many events", async () => {
    let go: () => void = () => {};
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly ticks: string[] = [];
      @OnMessage() hear({ body }: MessageReceived) {
        return body === "hold" ? new Promise<void>((resolve) => (go = resolve)) : undefined;
      }
      @Cron("*/10 * * * * *", { timezone: "UTC" }) tick(tick: CronTick) {
        this.ticks.push(tick.scheduledAt.toISOString().slice(14, 19));
      }
    }
    const room = await start(Keeper);
    const bot = room.bot as Keeper;
    const alice = await room.enter("alice");
    await alice.say("hold");
    for (let n = 0; n < MAX_WAITING; n++) await alice.say(`line ${n}`);
    await new Promise((resolve) => setImmediate(resolve));
    await room.clock.advance(10_000);
    go();
    await room.settled();
    expect(bot.ticks).toEqual([]);
    await room.clock.advance(10_000);
    await room.settled();
    expect(bot.ticks).toEqual(["04:20"]);
  });

  it("runs beside the room where it says so, once at a time", async () => {
    let go: () => void = () => {};
    @Bot({ nick: "keeper" })
    class Keeper {
      count = 0;
      @OnMessage() hear() {
        return "heard";
      }
      @Cron("*/10 * * * * *", { timezone: "UTC", parallel: true }) async tick() {
        this.count++;
        await new Promise<void>((resolve) => (go = resolve));
        return "done";
      }
    }
    const room = await start(Keeper);
    const bot = room.bot as Keeper;
    await room.clock.advance(20_000);
    const alice = await room.enter("alice");
    await alice.say("x");
    expect((await room.nextReply()).body).toBe("heard");
    expect(bot.count).toBe(1);
    go();
    expect((await room.nextReply()).body).toBe("done");
    await new Promise((resolve) => setImmediate(resolve));
    await room.clock.advance(10_000);
    expect(bot.count).toBe(2);
    go();
    await room.settled();
  });

  it("is no person, of whom a rule would say something", async () => {
    @Bot({ nick: "keeper" })
    @Require({ affiliation: "owner" })
    class Keeper {
      readonly ticks: string[] = [];
      @Cron("0 * * * *", { timezone: "UTC", per: "bot" }) bot(tick: BotTick) {
        this.ticks.push(tick.type);
      }
      @Cron("0 * * * *", { timezone: "UTC" }) room(tick: CronTick) {
        this.ticks.push(tick.type);
      }
    }
    const room = await start(Keeper);
    await room.clock.advance(HOUR_MS);
    await room.settled();
    expect((room.bot as Keeper).ticks.toSorted()).toEqual(["botTick", "cron"]);
  });

  it("that fails is told to @OnError, with its tick", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly failures: string[] = [];
      @Cron("0 * * * *", { timezone: "UTC", per: "bot" }) fails(_tick: BotTick) {
        throw new Error("boom");
      }
      @OnError() failed({ event, handler, error }: HandlerFailed) {
        this.failures.push(`${handler} ${event.type}: ${(error as Error).message}`);
      }
    }
    const room = await start(Keeper);
    await room.clock.advance(HOUR_MS);
    await room.settled();
    expect((room.bot as Keeper).failures).toEqual(["Keeper.fails botTick: boom"]);
  });
});
