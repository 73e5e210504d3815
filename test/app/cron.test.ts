// Methods that the clock calls.
import { afterEach, describe, expect, it } from "vitest";

import { Bot, Cron, OnMessage, type CronOptions } from "../../src/bot/decorators.js";
import { BotTick, CronTick } from "../../src/bot/cron-tick.js";
import type { Class } from "../../src/bot/metadata.js";
import { Schedule } from "../../src/bot/schedule.js";
import { testRoom, type TestRoom } from "../../src/testing/index.js";
import { makeApp, cleanUp } from "./support/apps.js";

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
    room.clock.advance(4 * HOUR_MS);
    await room.expectSilence();
    // No further: the time of handlers runs on the same clock.
    room.clock.advance(HOUR_MS - 245_000);
    expect((await room.nextReply()).body).toBe("Stand-up!");
    await room.settled();
    expect((room.bot as Keeper).ticks).toEqual([
      "one 2026-01-02T08:00:00.000Z",
      "two 2026-01-02T08:00:00.000Z",
    ]);
    expect(room.server.room("two@rooms.example.org").transcript.map(({ text }) => text)).toEqual([
      "Stand-up!",
    ]);
    room.clock.advance(24 * HOUR_MS);
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
    room.clock.advance(20 * 60_000);
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
        room.clock.advance(1_000);
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
      room.clock.advance(HOUR_MS);
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
    room.clock.advance(60_000);
    await room.settled();
    expect(bot.count).toBe(1);
    room.server.room(room.jid).kick("keeper", { status: 301 });
    await room.settled();
    room.clock.advance(10 * 60_000);
    expect(bot.count).toBe(1);
    await room[Symbol.asyncDispose]();
    room.clock.advance(10 * 60_000);
    expect(bot.count).toBe(1);
  });

  it.each<[string, string, CronOptions, string]>([
    ["a pattern that is none", "9 o'clock", {}, "cannot be read"],
    ["a date that never comes", "0 0 31 2 *", {}, "never comes true"],
    ["a time zone that there is not", "0 9 * * *", { timezone: "Mars/Olympus" }, "Mars/Olympus"],
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
    const schedule = Schedule.read({ pattern: "30 2 * * *", timezone: "Europe/Berlin", overlap: "skip" });
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
});
