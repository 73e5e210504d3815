// Handlers that ask again, whatever comes of it.
import { describe, expect, it } from "vitest";

import { Bot, Command, OnMessage } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns } from "./support/bots-in-room.js";

describe("a handler that asks again and again", () => {
  it.each(["ask", "answers"])("somebody who has left holds up nothing: %s", async (what) => {
    let tries = 0;
    @Bot()
    class Keeper {
      @Command("go", { parallel: true }) async go(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        while (tries < 1_000)
          await (what === "ask" ? ctx.ask("") : ctx.answers().next()).catch(() => tries++);
      }
      @OnMessage() echo({ body }: MessageReceived) {
        return `heard ${body}`;
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice");
    bots.comes("bob");
    bots.says("!go");
    await turns();
    bots.goes("alice");
    await turns();
    expect(tries).toBeGreaterThan(0);
    bots.says("hello", { nick: "bob" });
    expect(bots.lines).toEqual(["heard hello"]);
    expect(tries).toBeLessThan(100);
    tries = 1_000;
    await turns();
  });
});
