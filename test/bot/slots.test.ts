// How many handlers may be at work at once.
import { describe, expect, it } from "vitest";

import { Bot, Command, OnMessage } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { Slots } from "../../src/bot/slots.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns } from "./support/bots-in-room.js";

const ROOMS = ["one", "two", "three", "four"].map((name) => `${name}@rooms.example.org`);

@Bot()
class Keeper {
  readonly began: string[] = [];
  readonly go: (() => void)[] = [];
  #work(m: MessageReceived): Promise<void> {
    this.began.push(`${m.room.jid.local} ${m.body}`);
    return new Promise((resolve) => this.go.push(resolve));
  }
  @Command("work") work(m: MessageReceived) {
    return this.#work(m);
  }
  @OnMessage("aside", { parallel: true }) aside(m: MessageReceived) {
    return this.#work(m);
  }
  @OnMessage("quick") quick(m: MessageReceived) {
    this.began.push(`${m.room.jid.local} ${m.body}`);
  }
  @Command("ask") async ask(m: MessageReceived, _args: object, ctx: HandlerContext) {
    const { body } = await ctx.ask("well?");
    this.began.push(`${m.room.jid.local} heard ${body}`);
    await this.#work(m);
  }
  next(): Promise<void> {
    this.go.shift()?.();
    return turns();
  }
}

async function start(limit: number): Promise<{ bots: BotsInRoom; keeper: Keeper; say: Say }> {
  const bots = new BotsInRoom(Keeper);
  bots.slots = new Slots(limit);
  for (const room of ROOMS) {
    await bots.enter(room);
    bots.comes("alice", room);
  }
  const say: Say = async (room, body) => {
    bots.says(body, { room: ROOMS[room] as string });
    await turns();
  };
  return { bots, keeper: bots.instances[0] as Keeper, say };
}
type Say = (room: 0 | 1 | 2 | 3, body: string) => Promise<void>;

describe("a limit on handlers", () => {
  it("makes rooms wait for one another, the first come first, and each in its own order", async () => {
    const { bots, keeper, say } = await start(2);
    for (const room of [0, 1, 2, 3] as const) await say(room, "!work");
    await say(2, "quick");
    expect(keeper.began).toEqual(["one !work", "two !work"]);
    await keeper.next();
    expect(keeper.began.slice(2)).toEqual(["three !work"]);
    await keeper.next();
    expect(keeper.began.slice(3)).toEqual(["four !work"]);
    await keeper.next();
    expect(keeper.began.slice(4)).toEqual(["three quick"]);
    await keeper.next();
    await bots.idle();
    expect(bots.slots.taken).toBe(0);
  });

  it("counts those beside the queue, and not what is done at once", async () => {
    const { keeper, say } = await start(1);
    await say(0, "quick");
    await say(0, "aside");
    await say(0, "aside");
    await say(1, "!work");
    expect(keeper.began).toEqual(["one quick", "one aside"]);
    await keeper.next();
    await keeper.next();
    expect(keeper.began.slice(2)).toEqual(["one aside", "two !work"]);
    await keeper.next();
  });

  it("counts no handler while it waits for an answer; it waits for a slot to go on", async () => {
    const { bots, keeper, say } = await start(1);
    await say(0, "!ask");
    await say(1, "!work");
    expect(keeper.began).toEqual(["two !work"]);
    await say(0, "yes");
    expect(keeper.began).toEqual(["two !work"]);
    await keeper.next();
    expect(keeper.began.slice(1)).toEqual(["one heard yes", "one !ask"]);
    await say(1, "!work");
    expect(keeper.began).toHaveLength(3);
    await keeper.next();
    expect(keeper.began.slice(3)).toEqual(["two !work"]);
    await keeper.next();
    await bots.idle();
    expect(bots.slots.taken).toBe(0);
  });

  it("takes nothing from the time of a handler, and gives the slot of one that took too long to the next", async () => {
    const { bots, keeper, say } = await start(1);
    await say(0, "!work");
    await say(1, "!work");
    bots.clock.advance(59_000);
    await turns();
    expect(keeper.began).toEqual(["one !work"]);
    bots.clock.advance(1_000);
    await turns();
    expect(keeper.began).toEqual(["one !work", "two !work"]);
    bots.clock.advance(59_000);
    await turns();
    keeper.go.shift();
    await keeper.next();
    await bots.idle();
    const failed = bots.log.records.filter(({ text }) => text === "A handler failed");
    expect(failed.map(({ fields }) => String(fields["room"]))).toEqual([ROOMS[0]]);
  });

  it("lets nobody begin any more when it ends, and lets go who was asked", async () => {
    const { bots, keeper, say } = await start(1);
    await say(0, "!ask");
    await say(1, "!work");
    await say(2, "!work");
    await say(0, "yes");
    bots.slots.close();
    await turns();
    expect(keeper.began).toEqual(["two !work", "one heard yes", "one !ask"]);
  });

  it("tells once that rooms have to wait", () => {
    let told = 0;
    const slots = new Slots(1, () => told++);
    expect(slots.whenFree(() => undefined)).toBeUndefined();
    slots.take();
    for (let n = 0; n < 3; n++) expect(slots.whenFree(() => undefined)).toBeInstanceOf(Promise);
    slots.give();
    slots.take();
    expect(slots.whenFree(() => undefined)).toBeInstanceOf(Promise);
    expect(told).toBe(1);
  });
});
