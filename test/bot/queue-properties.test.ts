// whatever is said, asked and done, and whatever fails at it: a room's queue goes on
import { expect, it } from "vitest";

import { Bot, Command, Cooldown, OnJoin, OnLeave, OnMessage, Require } from "../../src/bot/decorators.js";
import { Middleware, type HandlerCall } from "../../src/bot/guards/middleware.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { Slots } from "../../src/bot/slots.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns } from "./support/bots-in-room.js";

const SEEDS = Number(process.env["MUCWRIGHT_PROPERTY_RUNS"] ?? 40);
const STEPS = 60;

/** mulberry32 */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

class Moody extends Middleware {
  static random: (below: number) => number = () => 0;
  async handle(_call: HandlerCall, next: () => Promise<void>) {
    const mood = Moody.random(6);
    if (mood === 0) return;
    if (mood === 1) throw new Error("moody");
    if (mood === 2) await new Promise(() => {});
    if (mood === 3) return void next();
    await next().catch(() => {});
  }
}

@Bot({ use: [Moody] })
class Keeper {
  @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    return (await ctx.ask("well?", { timeoutMs: 30_000 })).body;
  }
  @Command("both") async both(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    const [one, two] = await Promise.all([ctx.ask("one?"), ctx.ask("two?", { from: "anyone" })]);
    await ctx.ask(`${one.body} ${two.body}?`);
    throw new Error("after all that");
  }
  @Command("race") async race(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    await Promise.race([ctx.ask("a?"), ctx.ask("b?", { from: "anyone" })]);
    await new Promise(() => {});
  }
  @Command("vote") async *vote(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    for await (const { body } of ctx.answers({ from: "anyone", timeoutMs: 50_000 })) {
      if (body === "odd") throw new Error("odd");
      if (body === "yes") yield (await ctx.ask("sure?")).body;
      if (body === "!nothing") return;
    }
  }
  @Command("ears") ears(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    void ctx.answers().next();
    return ctx
      .answers()
      .next()
      .then(() => "heard");
  }
  @Command("hang") @Cooldown({ per: "room", limit: 2, windowMs: 60_000 }) hang() {
    return new Promise<string>(() => {});
  }
  @Command("fail") @Require({ role: "participant" }) fail(): string {
    throw new Error("no");
  }
  @Command("list") async *list(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    yield "one";
    yield (await ctx.ask("more?")).body;
    throw new Error("no");
  }
  @OnJoin() async join(_e: unknown, ctx: HandlerContext) {
    return (await ctx.ask("who are you?")).body;
  }
  @OnLeave({}) leave() {
    return Promise.reject(new Error("left"));
  }
  @OnMessage("odd") odd() {
    return { not: "text" } as unknown as string;
  }
}

@Bot()
class Other {
  @OnMessage(/^ping$/) ping() {
    return "pong";
  }
}

const SAYS = [
  "!ask",
  "!both",
  "!race",
  "!hang",
  "!fail",
  "!list",
  "!vote",
  "!ears",
  "yes",
  "odd",
  "!nothing",
  "ping",
];
const ROOMS = ["lobby@rooms.example.org", "cellar@rooms.example.org"];
const NICKS = ["alice", "bob", "carol"];

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  "no sequence of events, questions and failures stops a room's queue, and no more handlers are at work than may be (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    Moody.random = random;
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    const bots = new BotsInRoom(Keeper, Other);
    // of two rooms there may be too many handlers at work
    const limit = 1 + (seed % 3);
    bots.slots = new Slots(limit);
    for (const room of ROOMS) await bots.enter(room);
    const before = bots.clock.pending;
    for (const nick of NICKS) bots.comes(nick, ROOMS[1]);
    await turns();
    let most = 0;
    const there = new Set<string>();
    for (let step = 0; step < STEPS; step++) {
      const nick = pick(NICKS);
      switch (random(8)) {
        case 0:
          bots.comes(nick);
          there.add(nick);
          break;
        case 1:
          if (there.delete(nick)) bots.goes(nick);
          break;
        case 2: {
          const other = pick(NICKS);
          if (!there.has(nick) || there.has(other) || other === nick) break;
          bots.goes(nick, other);
          there.delete(nick);
          there.add(other);
          break;
        }
        case 3:
          bots.clock.advance(random(40_000));
          break;
        case 4:
          bots.session.broken = random(4) === 0 ? new Error("gone") : null;
          break;
        default:
          bots.says(pick(SAYS), { nick, room: pick(ROOMS) });
      }
      most = Math.max(most, bots.slots.taken);
      if (random(2) === 0) await turns();
    }
    bots.session.broken = null;
    // each handler may take its minute, and each question its own
    for (let minute = 0; minute < STEPS * 4; minute++) {
      bots.clock.advance(60_000);
      await turns();
    }
    bots.session.sent.length = 0;
    for (const room of ROOMS) bots.says("ping", { nick: "dave", room });
    await turns();
    await bots.idle();
    expect(bots.lines).toEqual(["pong", "pong"]);
    expect([most <= limit, bots.slots.taken]).toEqual([true, 0]);
    expect(bots.clock.pending).toBe(before);
  },
);
