import { describe, expect, it } from "vitest";

import type { HandlerContext } from "../../src/bot/handler-context.js";
import { botThat, slowly } from "./support/bot-that.js";
import { BotsInRoom, turns, WRONG } from "./support/bots-in-room.js";

describe("a handler that takes too long", () => {
  it.each<[string, (ctx: HandlerContext) => unknown]>([
    ["never settles", () => new Promise(() => {})],
    [
      "settles when it is aborted",
      ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("too late"))),
    ],
    [
      "rejects when it is aborted",
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    ],
    [
      "never yields",
      async function* () {
        yield* [];
        await new Promise(() => {});
      },
    ],
  ])("%s: is reported once, and its room goes on", async (_name, handle) => {
    let aborted = false;
    const bots = new BotsInRoom(
      botThat((_m, ctx) => {
        ctx.signal.addEventListener("abort", () => (aborted = true));
        return handle(ctx);
      }),
    );
    await bots.enter();
    bots.says("go");
    bots.says("next");
    await turns();
    bots.clock.advance(59_999);
    await turns();
    expect([aborted, bots.lines]).toEqual([false, []]);
    bots.clock.advance(1);
    await bots.idle();
    await turns();
    expect([aborted, bots.lines]).toEqual([true, [WRONG, "next"]]);
    expect(bots.log.complaints).toEqual(["error A handler failed"]);
    expect(JSON.stringify(bots.log.records)).toContain("Keeper.hear took longer than 60000 ms");
  });

  it("says nothing more, and its iterable is closed", async () => {
    let closed = false;
    let go = (): void => {};
    const bots = new BotsInRoom(
      botThat(async function* () {
        try {
          yield "one";
          await new Promise<void>((resolve) => (go = resolve));
          yield "two";
        } finally {
          closed = true;
        }
      }),
    );
    await bots.enter();
    bots.says("go");
    await turns();
    bots.clock.advance(60_000);
    go();
    await turns();
    expect([bots.lines, closed]).toEqual([["one", WRONG], true]);
  });

  it("leaves no timer behind when it does not", async () => {
    const bots = new BotsInRoom(botThat(() => slowly("one", "two")));
    await bots.enter();
    const before = bots.clock.pending;
    await bots.hears("go");
    expect(bots.clock.pending).toBe(before);
  });
});
