// Methods that the clock calls, and that take longer than until it calls again.
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { Bot, Cron, OnMessage } from "../../src/bot/decorators.js";
import type { BotTick, CronTick } from "../../src/bot/cron-tick.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { testRoom } from "../../src/testing/index.js";

const HOUR_MS = 3_600_000;

describe("@Cron", () => {
  it.each([false, true])("that waits for an answer is at work still (parallel: %s)", async (parallel) => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly answers: string[] = [];
      @Cron("*/10 * * * * *", { timezone: "UTC", parallel }) async ask(tick: CronTick, ctx: HandlerContext) {
        const { body } = await ctx.ask("", { from: "anyone" });
        this.answers.push(`${tick.scheduledAt.getUTCSeconds()} ${body}`);
      }
      @OnMessage() hear() {
        return "heard";
      }
    }
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    for (const answer of ["one", "two"]) {
      for (let n = 0; n < 2; n++) await room.clock.advance(10_000);
      await alice.say(answer);
      await alice.say("nobody asks");
      expect((await room.nextReply()).body).toBe("heard");
    }
    expect(room.bot.answers).toEqual(["10 one", "30 two"]);
  });

  it.each([false, true])("waits for the last one where it says so (parallel: %s)", async (parallel) => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly log: string[] = [];
      @Cron("*/10 * * * * *", { timezone: "UTC", parallel, overlap: "queue" })
      async ask(tick: CronTick, ctx: HandlerContext) {
        this.log.push(`${tick.scheduledAt.getUTCSeconds()}?`);
        this.log.push((await ctx.ask("", { from: "anyone" })).body);
      }
      @OnMessage() hear() {
        return "heard";
      }
    }
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    for (let n = 0; n < 3; n++) await room.clock.advance(10_000);
    for (const answer of ["one", "two"]) {
      await alice.say(answer);
      await room.settled();
    }
    expect(room.bot.log).toEqual(["10?", "one", "20?", "two", "30?"]);
  });

  it("keeps a thousand at most, with the one that is at work", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      readonly times: number[] = [];
      @Cron("* * * * * *", { timezone: "UTC", overlap: "queue" })
      async ask({ scheduledAt }: CronTick, ctx: HandlerContext) {
        this.times.push(scheduledAt.getTime());
        if (this.times.length === 1) await ctx.ask("", { from: "anyone", timeoutMs: HOUR_MS });
      }
    }
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    await room.clock.advance(1_100_000);
    expect(room.bot.times).toHaveLength(1);
    await alice.say("go on");
    await room.settled();
    const [first = 0] = room.bot.times;
    expect([room.bot.times.length, room.bot.times.at(-1)]).toEqual([1_000, first + 999_000]);
  });

  it("that took too long does not end the next one when it ends at last", async () => {
    const ends: (() => void)[] = [];
    @Bot({ nick: "keeper" })
    class Keeper {
      @Cron("*/10 * * * * *", { timezone: "UTC" }) slow() {
        return new Promise<void>((resolve) => ends.push(resolve));
      }
    }
    await using room = await testRoom(Keeper);
    for (let n = 0; n < 8 && ends.length < 2; n++) await room.clock.advance(10_000);
    expect(ends).toHaveLength(2);
    ends[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    await room.clock.advance(10_000);
    expect(ends).toHaveLength(2);
    ends[1]?.();
  });

  it("in no room has nobody to ask", async () => {
    @Bot({ nick: "keeper" })
    class Keeper {
      error: unknown = null;
      @Cron("0 * * * *", { timezone: "UTC", per: "bot" }) async ask(_tick: BotTick, ctx: HandlerContext) {
        this.error = await ctx.ask("", { from: "anyone" }).catch((error: unknown) => error);
      }
    }
    await using room = await testRoom(Keeper);
    await room.clock.advance(HOUR_MS);
    await room.settled();
    expect(room.bot.error).toBeInstanceOf(ArgumentError);
  });
});
