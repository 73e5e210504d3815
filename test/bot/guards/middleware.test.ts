// What becomes of a call that a middleware does not let through at once.
import { describe, expect, it } from "vitest";

import { Bot, Command, OnMessage, Require, Use } from "../../../src/bot/decorators.js";
import { ReplyError } from "../../../src/bot/errors.js";
import { Middleware, type HandlerCall } from "../../../src/bot/guards/middleware.js";
import { BotsInRoom, turns, WRONG } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NO = "You may not do that";

describe("a middleware", () => {
  describe("while it waits", () => {
    class Gate extends Middleware {
      static open: () => void = () => {};
      async handle(_call: HandlerCall, next: () => Promise<void>) {
        await new Promise<void>((resolve) => (Gate.open = resolve));
        await next();
      }
    }
    @Bot()
    class Keeper {
      ran = 0;
      @Command("ban") @Require({ affiliation: "admin" }) @Use(Gate) ban() {
        this.ran++;
        return "banned";
      }
    }
    const waiting = async (): Promise<BotsInRoom> => {
      const bots = new BotsInRoom(Keeper);
      await bots.enter();
      bots.comes("alice", ROOM, [], { affiliation: "admin" });
      bots.says("!ban");
      await turns();
      return bots;
    };

    it.each<[string, (bots: BotsInRoom) => void]>([
      ["loses what it takes", (bots) => bots.comes("alice", ROOM, [], { affiliation: "none" })],
      ["leaves", (bots) => bots.goes("alice")],
      [
        "leaves, and somebody takes their nick who has it",
        (bots) => {
          bots.goes("alice");
          bots.comes("alice", ROOM, [], { affiliation: "admin" });
        },
      ],
    ])("refuses who %s meanwhile", async (_name, happens) => {
      const bots = await waiting();
      happens(bots);
      Gate.open();
      await bots.idle();
      expect(bots.lines).toEqual([NO]);
      expect(bots.log.records.at(-1)?.fields?.["rule"]).toBe("@Require: affiliation admin or more");
    });

    it("lets nobody through when the room has gone on", async () => {
      const bots = await waiting();
      bots.clock.advance(60_000);
      await bots.idle();
      Gate.open();
      await turns();
      expect((bots.instances[0] as Keeper).ran).toBe(0);
      expect(bots.lines).toEqual([WRONG]);
    });
  });

  it("lets nobody through whom it has refused", async () => {
    let later: () => Promise<void> = () => Promise.resolve();
    class Forgets extends Middleware {
      handle(_call: HandlerCall, next: () => Promise<void>) {
        later = next;
      }
    }
    @Bot()
    class Keeper {
      @Command("ban") @Use(Forgets) ban() {
        return "banned";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("!ban")).toEqual([NO]);
    await expect(later()).rejects.toThrow("when it was over");
    expect(bots.lines).toEqual([NO]);
  });

  describe("that does not go on", () => {
    class Silent extends Middleware {
      async handle() {}
    }
    class Says extends Middleware {
      async handle({ ctx }: HandlerCall) {
        await ctx.say("closed today");
      }
    }
    class Refuses extends Middleware {
      handle(call: HandlerCall) {
        call.refuse("closed", "");
      }
    }
    class Fails extends Middleware {
      handle() {
        throw new ReplyError("not now");
      }
    }
    @Bot({ prefix: "!" })
    class Keeper {
      @Command("a") @Use(Silent) a() {}
      @Command("b") @Use(Silent) b() {}
      @OnMessage("x") @Use(Silent) said() {}
      @Command("told") @Use(Says) told() {}
      @Command("refused") @Use(Refuses) refused() {}
      @Command("failed") @Use(Fails) failed() {}
    }
    const heard = async (...lines: string[]): Promise<BotsInRoom> => {
      const bots = new BotsInRoom(Keeper);
      await bots.enter();
      for (const line of lines) await bots.hears(line);
      return bots;
    };
    const warning = (handler: string): string =>
      `warn ${handler}: Silent did not call next(), and did not say why: await next(), or call.refuse(rule, text)`;

    it("and does not say why is warned of, once for each handler", async () => {
      const bots = await heard("!a", "!a", "!b", "x", "x", "!b");
      expect(bots.log.complaints).toEqual(["Keeper.a", "Keeper.b", "Keeper.said"].map(warning));
      expect(bots.lines).toEqual([NO, NO, NO, NO]);
    });

    it("and says why is not", async () => {
      const bots = await heard("!told", "!refused", "!failed");
      expect(bots.log.complaints).toEqual([]);
      expect(bots.lines).toEqual(["closed today", "not now"]);
    });
  });
});
