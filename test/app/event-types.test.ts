// Handlers that are written for something else than what they are called with.
import { describe, expect, it } from "vitest";

import { Bot, Command, Cooldown, OnJoin, OnMessage, OnStart } from "../../src/bot/decorators.js";
import type { AuthoringError } from "../../src/bot/errors.js";
import { HandlerContext } from "../../src/bot/handler-context.js";
import { ArgsOf } from "../../src/bot/template-types.js";
import { RoomEntered } from "../../src/muc/events/lifecycle.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { OccupantEvent, OccupantJoined } from "../../src/muc/events/occupants.js";
import { cleanUp, LOBBY, makeApp, startApp } from "./support/apps.js";

cleanUp();

describe("mistakes at the start", () => {
  it("include handlers that are written for another event", async () => {
    @Bot()
    class Mixed {
      @(OnJoin() as MethodDecorator) joined(_m: MessageReceived) {}
      @(Command("roll") as MethodDecorator) roll(_e: OccupantJoined) {}
      @OnJoin() base(_e: OccupantEvent) {}
      @OnJoin() shape(_e: { readonly initial: boolean }) {}
      @OnJoin() right(_e: OccupantJoined) {}
      @OnMessage() said() {}
    }
    const error = await makeApp({ bots: [Mixed] })
      .app.start()
      .catch((reason: unknown) => reason);
    expect((error as AuthoringError).mistakes.map(({ where, problem }) => [where, problem])).toEqual([
      ["Mixed.joined", "its first parameter is MessageReceived, but it is called with OccupantJoined"],
      ["Mixed.roll", "its first parameter is OccupantJoined, but it is called with MessageReceived"],
    ]);
  });

  it("of handlers that look for their context in another place", async () => {
    @Bot()
    class Lost {
      @(Command("ping") as MethodDecorator) ping(_m: MessageReceived, _ctx: HandlerContext) {}
      @(OnMessage(/(.)/) as MethodDecorator) said(_m: MessageReceived, _ctx: HandlerContext) {}
      @(OnJoin() as MethodDecorator) join(_e: OccupantJoined, _x: object, _ctx: HandlerContext) {}
      @Command("right") right(_m: MessageReceived, _args: object, _ctx: HandlerContext) {}
      @OnMessage(/x/) found(_m: MessageReceived, _match: RegExpExecArray, _ctx: HandlerContext) {}
      @OnMessage("x") text(_m: MessageReceived, _ctx: HandlerContext) {}
      @OnStart() start(_ctx: HandlerContext) {}
    }
    const error = await makeApp({ bots: [Lost] })
      .app.start()
      .catch((reason: unknown) => reason);
    const at = (ordinal: string): string =>
      `its ${ordinal} parameter is HandlerContext, but it is called with`;
    expect((error as AuthoringError).mistakes).toEqual([
      {
        where: "Lost.ping",
        problem: `${at("second")} the arguments of the command there`,
        fix: "Write (event: MessageReceived, _args: object, ctx: HandlerContext)",
      },
      {
        where: "Lost.said",
        problem: `${at("second")} what the pattern found there`,
        fix: "Write (event: MessageReceived, _match: RegExpExecArray, ctx: HandlerContext)",
      },
      {
        where: "Lost.join",
        problem: `${at("third")} that as the second`,
        fix: "Write (event: OccupantJoined, ctx: HandlerContext)",
      },
    ]);
  });

  it("include parameters in the wrong place, with the signature that is right", async () => {
    @Bot()
    class Misplaced {
      @(Command("ping") as MethodDecorator) ping(_m: MessageReceived, _ctx: HandlerContext) {}
      @(Command("roll <sides:int>") as MethodDecorator) roll(_m: MessageReceived, _sides: number) {}
      @(Command("say <text...>") as MethodDecorator) say(_text: string) {}
      @(Command("pong") as MethodDecorator) pong(_m: MessageReceived, _args: object, _m2: MessageReceived) {}
      @(OnMessage(/x/) as MethodDecorator) matched(_m: MessageReceived, _ctx: HandlerContext) {}
      @(OnMessage("x") as MethodDecorator) found(_m: MessageReceived, _match: object, _ctx: HandlerContext) {}
      @(OnStart() as MethodDecorator) begin(_e: RoomEntered, _ctx: HandlerContext) {}
      @(OnJoin() as MethodDecorator) joined(_ctx: HandlerContext) {}
    }
    const error = await makeApp({ bots: [Misplaced] })
      .app.start()
      .catch((reason: unknown) => reason);
    const { mistakes } = error as AuthoringError;
    expect(mistakes.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      "Misplaced.ping: its second parameter is HandlerContext, but it is called with the arguments of the command there",
      "Misplaced.roll: its second parameter is a number, but it is called with the arguments of the command there",
      "Misplaced.say: its first parameter is a string, but it is called with MessageReceived",
      "Misplaced.pong: its third parameter is MessageReceived, but it is called with HandlerContext there",
      "Misplaced.matched: its second parameter is HandlerContext, but it is called with what the pattern found there",
      "Misplaced.found: its third parameter is HandlerContext, but it is called with that as the second",
      "Misplaced.begin: its first parameter is RoomEntered, but it is called with HandlerContext",
      "Misplaced.joined: its first parameter is HandlerContext, but it is called with OccupantJoined",
    ]);
    expect(mistakes[0]?.fix).toBe("Write (event: MessageReceived, _args: object, ctx: HandlerContext)");
    expect(mistakes[4]?.fix).toBe(
      "Write (event: MessageReceived, _match: RegExpExecArray, ctx: HandlerContext)",
    );
  });

  it("are none where parameters are right, left out, or of types that say nothing", async () => {
    class Base {
      @(Command("inherited") as MethodDecorator) inherited(_m: MessageReceived, _ctx: HandlerContext) {}
      @Command("kept") kept(_m: MessageReceived, _args: object, _ctx: HandlerContext) {}
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Fine extends Base {
      // the method that is called is this one, and nothing is emitted for it
      override inherited(_m: MessageReceived, _args: unknown) {}
      @Command("a") a(_m: MessageReceived, _args: ArgsOf<"a">, _ctx: HandlerContext) {}
      @Command("b <n:int>") b(_m: MessageReceived, { n }: { n: number }, ctx: HandlerContext) {
        ctx.log.debug({ n }, "b");
      }
      @Command("c") c() {}
      @(Command("d") as MethodDecorator) d(...[, , ctx]: [MessageReceived, object, HandlerContext]) {
        ctx.log.debug("d");
      }
      @(Command("e") as MethodDecorator) e(_m: unknown, _args?: never, _ctx?: { readonly log: unknown }) {}
      @OnMessage(/x/) f(_m: MessageReceived, [_all]: RegExpExecArray, _ctx: HandlerContext) {}
      @OnMessage() g(_m: MessageReceived, _ctx: HandlerContext) {}
      @OnStart() h(_ctx: HandlerContext) {}
    }
    const { app } = await startApp({ bots: [Fine] });
    expect(app.status().ready).toBe(true);
  });

  it("that have their mending in common have it told once", async () => {
    @Bot()
    class Hasty {
      @Command("a") @Cooldown({ per: "moon" as "room", limit: 0, windowMs: Number.NaN }) a() {}
    }
    const starting = makeApp({ bots: [Hasty] }).app.start();
    const error = (await starting.catch((reason: unknown) => reason)) as AuthoringError;
    expect(error.mistakes).toHaveLength(3);
    expect(error.message.match(/→ Write @Cooldown/g)).toHaveLength(1);
    expect(error.message).toMatch(/^Hasty.a: .*\nHasty.a: .*\nHasty.a: .*\n {2}→ Write @Cooldown/);
  });
});
