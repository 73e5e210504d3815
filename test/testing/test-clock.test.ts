// Time of a test: what falls due is done at its time, and what comes of it before the next.
import { describe, expect, it } from "vitest";

import { Clock } from "../../src/base/clock.js";
import { ArgumentError } from "../../src/base/errors.js";
import { Bot, Command, Cooldown, Cron } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { inject } from "../../src/bot/injection.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { TestClock, testRoom } from "../../src/testing/index.js";

const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.setTimeout(resolve, ms));

describe("the clock of a test", () => {
  it("calls in order of time, and lets what comes of each be done before the next", async () => {
    const clock = new TestClock(0);
    const log: string[] = [];
    const note = (what: string): void => void log.push(`${what} ${clock.now()}`);
    for (const atMs of [300, 100, 200])
      clock.setTimeout(() => {
        note("call");
        void (async () => {
          for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
          note("done");
          await sleep(clock, 50);
          note("slept");
        })();
      }, atMs);
    await clock.advance(400);
    expect(log).toEqual([100, 200, 300].flatMap((ms) => [`call ${ms}`, `done ${ms}`, `slept ${ms + 50}`]));
    expect([clock.now(), clock.pending, clock.moving]).toEqual([400, 0, false]);
  });

  it("waits for what began before it moves", async () => {
    const clock = new TestClock(0);
    let sleptUntil = 0;
    void Promise.resolve()
      .then(() => sleep(clock, 100))
      .then(() => (sleptUntil = clock.now()));
    await clock.advance("1s");
    expect(sleptUntil).toBe(100);
  });

  it("moves on once for each time that it is told to, one after the other", async () => {
    const clock = new TestClock(0);
    const seen: number[] = [];
    for (const atMs of [1_000, 61_000]) clock.setTimeout(() => void seen.push(clock.now()), atMs);
    void clock.advance("1s");
    const second = clock.advance("1m");
    await clock.still();
    await second;
    expect([clock.now(), ...seen]).toEqual([61_000, 1_000, 61_000]);
  });

  it("tells what a call threw to who waits, and is moved on all the same", async () => {
    const clock = new TestClock(0);
    clock.setTimeout(() => {
      throw new Error("boom");
    }, 10);
    void clock.advance(20);
    await expect(clock.still()).rejects.toThrow("boom");
    await clock.advance(20);
    expect(clock.now()).toBe(30);
  });

  it.each(["soon", "10", -1, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %s, which is no time",
    (wrong) => {
      expect(() => new TestClock().advance(wrong)).toThrow(ArgumentError);
    },
  );

  it("ends with a call that asks for the next one at once", async () => {
    const clock = new TestClock(0);
    let calls = 0;
    const again = (): void => {
      if (++calls < 1_000) clock.setTimeout(again, 0);
    };
    again();
    await clock.advance(1);
    expect(calls).toBe(1_000);
  });
});

@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
class Keeper {
  readonly seen: string[] = [];
  constructor(@inject(Clock) private readonly clock: Clock) {}

  #note(what: string): void {
    this.seen.push(`${what} ${new Date(this.clock.now()).toISOString().slice(11, 19)}`);
  }

  @Cron("0 * * * *", { timezone: "UTC" }) async hourly() {
    this.#note("begun");
    await sleep(this.clock, 10_000);
    this.#note("done");
    return "an hour is over";
  }

  @Command("remind <delay:duration> <what...>")
  async remind(_m: MessageReceived, { delay, what }: { delay: number; what: string }, ctx: HandlerContext) {
    await sleep(this.clock, delay);
    await ctx.say(what);
    this.#note("said");
  }

  @Command("hang") hang(): Promise<void> {
    return new Promise(() => {});
  }

  @Command("joke") @Cooldown({ per: "room", limit: 1, windowMs: 60_000 }) joke() {
    return "Knock, knock";
  }
}

describe("time in a room of a test", () => {
  it("runs handlers of the clock at their times, who sleep by it", async () => {
    await using room = await testRoom(Keeper);
    await room.clock.advance("2h");
    expect(room.bot.seen).toEqual(["begun 04:00:00", "done 04:00:10", "begun 05:00:00", "done 05:00:10"]);
    for (let n = 0; n < 2; n++) expect((await room.nextReply()).body).toBe("an hour is over");
    await room.expectSilence();
    expect(room.clock.now()).toBe(Date.UTC(2026, 0, 2, 5, 4, 5));
  });

  it("begins what was said before it moves, and ends what takes too long at its limit", async () => {
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    await alice.say("!remind 30s tea");
    await room.clock.advance("10m");
    expect((await room.nextReply()).body).toBe("tea");
    expect(room.bot.seen).toEqual(["said 03:04:35"]);
    await alice.say("!hang");
    await room.clock.advance("59s");
    await room.clock.advance("1s");
    expect((await room.nextReply()).body).toContain("ref");
  });

  it("need not be waited for by who goes on with the room", async () => {
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    await alice.say("!joke");
    expect((await room.nextReply()).body).toBe("Knock, knock");
    void room.clock.advance("1m");
    await alice.say("!joke");
    expect((await room.nextReply()).body).toBe("Knock, knock");
    void room.clock.advance("1h");
    expect((await room.nextReply()).body).toBe("an hour is over");
    void room.clock.advance("1h");
    await expect(room.expectSilence()).rejects.toThrow("an hour is over");
  });

  it("leaves the session and the room as they are, over a day", async () => {
    await using room = await testRoom(Keeper);
    const states: string[] = [];
    const seat = room.app.muc.getRoom(room.jid);
    for (const type of ["suspend", "stale", "exit"] as const) seat?.on(type, () => void states.push(type));
    room.app.session.on("interrupted", () => void states.push("interrupted"));
    await room.clock.advance("1d");
    expect(states).toEqual([]);
    expect(room.bot.seen).toHaveLength(48);
  });
});
