// Silence of bots whose handlers wait for something that no test moves.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Clock } from "../../src/base/clock.js";
import { Bot, Command, OnMessage, Use } from "../../src/bot/decorators.js";
import type { HandlerCall } from "../../src/bot/guards/middleware.js";
import { Middleware } from "../../src/bot/guards/middleware.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { inject } from "../../src/bot/injection.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { testRoom } from "../../src/testing/index.js";

/** What was printed as warnings. */
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(console, "warn").mockImplementation((line: string) => void warnings.push(line));
});
afterEach(() => vi.restoreAllMocks());

/** Above what a handler of the test's time is given to go on. */
const REAL_MS = 250;
const really = (ms = REAL_MS): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

class Slowly extends Middleware {
  async handle(_call: HandlerCall, next: () => Promise<void>) {
    await really();
    await next();
  }
}

@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
class Keeper {
  readonly done: string[] = [];
  open: () => void = () => {};

  constructor(@inject(Clock) private readonly clock: Clock) {}

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimeout(resolve, ms));
  }

  @OnMessage("news") async news() {
    await really();
    this.done.push("news");
    return "nothing new";
  }

  @Command("lines") async *lines() {
    await this.#sleep(0);
    await really();
    yield "a line";
  }

  @Command("guarded") @Use(Slowly) guarded() {
    return "you may";
  }

  @Command("beside", { parallel: true }) async beside() {
    await really();
    return "beside";
  }

  @Command("gate") async gate() {
    await new Promise<void>((resolve) => (this.open = resolve));
    return "open";
  }

  @Command("remind") remind() {
    this.clock.setTimeout(() => {}, 3_600_000);
  }

  @Command("count") async count() {
    await new Promise<void>((resolve) => {
      let left = 3;
      const tick = (): void => void (--left === 0 ? resolve() : this.clock.setTimeout(tick, 1_000));
      this.clock.setTimeout(() => {}, 60_000).cancel();
      tick();
    });
    return "three";
  }

  @Command("forget") async forget() {
    const timer = this.clock.setTimeout(() => {}, 60_000);
    timer.cancel();
    timer.cancel();
    await this.gate();
  }

  @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    await ctx.ask("Who?", { timeoutMs: 3_600_000 });
    await really();
    return "thanks";
  }

  @Command("settings") async settings(m: MessageReceived) {
    await m.room.getInfo();
    return "known";
  }
}

const enter = async () => {
  const room = await testRoom(Keeper);
  return { room, alice: await room.enter("alice") };
};

describe("a handler that waits for something real", () => {
  it.each([
    ["news?", "nothing new"],
    ["!lines", "a line"],
    ["!guarded", "you may"],
    ["!beside", "beside"],
  ])("is waited for, and what it says then is no silence: %s", async (line, said) => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say(line);
    if (line === "!lines") await room.clock.advance(0);
    await expect(room.expectSilence()).rejects.toThrow(`and said "${said}"`);
  });

  it("is waited for by who wants everything to be settled", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("news?");
    await room.settled();
    expect(room.bot.done).toEqual(["news"]);
  });

  it("is named in a warning where it does not end, with what to do about it", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!gate");
    await room.expectSilence({ timeoutMs: 150 });
    const [told = ""] = warnings;
    expect(told).toContain("Keeper.gate is at work after 150 ms, and waits for nothing");
    expect(told).toMatch(/ask for Clock.*\(the option providers\).*whileAtWork: true/);
    expect(told).toContain("<alice> !gate");
    await room.settled({ timeoutMs: 150 });
    room.bot.open();
    expect((await room.nextReply()).body).toBe("open");
    await room.expectSilence();
    expect(warnings).toHaveLength(1);
  });

  it("is left alone where the test lets it go on later", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!gate");
    await alice.say("news?");
    await room.expectSilence({ whileAtWork: true });
    expect(warnings).toEqual([]);
    room.bot.open();
    expect((await room.nextReply()).body).toBe("open");
    await expect(room.expectSilence()).rejects.toThrow('"nothing new"');
  });

  it("is not excused by what another call asked of the clock, or by a timer that it does not want any more", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!remind");
    await room.expectSilence();
    await alice.say("!forget");
    await room.expectSilence({ timeoutMs: 150 });
    expect(warnings).toEqual([expect.stringContaining("Keeper.forget is at work")]);
  });
});

describe("a handler that waits for the test", () => {
  it("is silent: for its clock, from one call to the next", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!count");
    for (const _second of "12") {
      await room.expectSilence({ timeoutMs: 600_000 });
      await room.clock.advance("1s");
    }
    expect((await room.nextReply()).body).toBe("three");
  });

  it("is silent: for an answer, and has to be waited for when it has got one", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!ask");
    expect((await room.nextReply()).body).toBe("Who?");
    await room.expectSilence({ timeoutMs: 600_000 });
    await alice.say("me");
    await expect(room.expectSilence()).rejects.toThrow('"thanks"');
  });

  it("is silent: for a service that takes its time", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    room.server.delay(1_000);
    await alice.say("!settings");
    await room.clock.advance(1_000);
    await room.expectSilence({ timeoutMs: 600_000 });
    await room.clock.advance("3s");
    expect((await room.nextReply()).body).toBe("known");
  });

  it.each(["freeze", "cut"] as const)("is silent: for a service that is gone (%s)", async (fault) => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!gate");
    await room.settled({ timeoutMs: 0 });
    room.server[fault]();
    await expect(room.expectSilence({ timeoutMs: 600_000 })).resolves.toBeUndefined();
  });

  it("is told of with a reply that does not come", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!count");
    await expect(room.nextReply({ timeoutMs: 150 })).rejects.toThrow(
      "At work: Keeper.count (waits for the clock).",
    );
  });

  it("is over when it has taken too long", async () => {
    const { room, alice } = await enter();
    await using _ = room;
    await alice.say("!gate");
    await room.clock.advance("1m");
    expect((await room.nextReply()).body).toContain("ref");
    await room.expectSilence({ timeoutMs: 600_000 });
  });
});
