// Handlers that are written for something else than what they are called with.
import { describe, expect, it } from "vitest";

import { Bot, Command, OnJoin, OnMessage, OnStart } from "../../src/bot/decorators.js";
import type { AuthoringError } from "../../src/bot/errors.js";
import { HandlerContext } from "../../src/bot/handler-context.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { OccupantEvent, OccupantJoined } from "../../src/muc/events/occupants.js";
import { cleanUp, makeApp } from "./support/apps.js";

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
});
