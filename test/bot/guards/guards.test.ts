import { describe, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import {
  Bot,
  Command,
  Cooldown,
  OnEnter,
  OnJoin,
  OnMessage,
  OnMessageFailed,
  Require,
  Use,
} from "../../../src/bot/decorators.js";
import { ReplyError } from "../../../src/bot/errors.js";
import { Middleware, type HandlerCall } from "../../../src/bot/guards/middleware.js";
import { anyOf } from "../../../src/bot/guards/rules.js";
import { compileBot } from "../../../src/bot/compile.js";
import { BotsInRoom, turns, WRONG } from "../support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";
const NO = "You may not do that";

/** The rules that the log has of refusals. */
function rules(bots: BotsInRoom): unknown[] {
  return bots.log.records
    .filter(({ text }) => text === "A call was refused")
    .map(({ fields }) => fields?.["rule"]);
}

describe("@Require", () => {
  @Bot()
  class Keeper {
    @Command("ban") @Require({ affiliation: "admin" }) ban() {
      return "banned";
    }
    @Command("mute") @Require({ role: "moderator", affiliation: "member" }) mute() {
      return "muted";
    }
    @Command("own") @Require({ jid: "boss@example.org" }) own() {
      return "owned";
    }
    @Command("either") @Require(anyOf({ affiliation: "owner" }, { role: "moderator" })) either() {
      return "either";
    }
    @OnMessage("psst") @Require({ affiliation: "member" }) psst() {
      return "heard";
    }
  }

  it.each<[string, Record<string, string>, string[]]>([
    ["a participant", {}, [NO, NO, NO, NO]],
    ["a member", { affiliation: "member" }, [NO, NO, NO, NO, "heard"]],
    ["a moderator of no affiliation", { role: "moderator" }, [NO, NO, NO, "either"]],
    [
      "a moderating member",
      { role: "moderator", affiliation: "member" },
      [NO, "muted", NO, "either", "heard"],
    ],
    ["an admin", { affiliation: "admin" }, ["banned", NO, NO, NO, "heard"]],
    ["an owner", { affiliation: "owner" }, ["banned", NO, NO, "either", "heard"]],
    ["a known account", { jid: "boss@example.org/x" }, [NO, NO, "owned", NO]],
    ["another account", { jid: "boss@evil.org/x" }, [NO, NO, NO, NO]],
  ])("lets %s do what they may, and no more", async (_who, item, answers) => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], item);
    for (const line of ["!ban", "!mute", "!own", "!either", "psst"]) await bots.hears(line);
    expect(bots.lines).toEqual(answers);
  });

  it("refuses whoever is not in the room, and tells the log which rule it was", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("!ban", { nick: "nobody" })).toEqual([NO]);
    expect(await bots.hears("psst", { nick: "nobody" })).toEqual([]);
    expect(rules(bots)).toEqual([
      "@Require: affiliation admin or more",
      "@Require: affiliation member or more",
    ]);
  });

  it("tells of no command in the help that the asker may not give", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], { affiliation: "admin" });
    bots.comes("bob");
    expect(await bots.hears("!help")).toEqual(["!ban"]);
    expect(await bots.hears("!help", { nick: "bob" })).toEqual(["There is nothing here for you to ask for"]);
  });

  it("takes a private command for what its sender is", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], { affiliation: "admin" });
    bots.comes("bob");
    expect(await bots.whispers("!ban")).toEqual([`${ROOM}/alice: banned`]);
    expect(await bots.whispers("!ban", "bob")).toEqual([`${ROOM}/bob: ${NO}`]);
  });

  it("knows an account that writes directly, and nothing of it in rooms", async () => {
    const bots = new BotsInRoom(Keeper);
    bots.listen();
    expect(await bots.writes("!own", "boss@example.org/phone")).toEqual(["boss@example.org/phone: owned"]);
    expect(await bots.writes("!own")).toEqual([`alice@example.org/phone: ${NO}`]);
    expect(await bots.writes("!ban", "boss@example.org/phone")).toEqual([`boss@example.org/phone: ${NO}`]);
  });

  describe("of what waits for its turn", () => {
    @Bot()
    class Slow {
      go: () => void = () => {};
      @Command("wait") async wait() {
        await new Promise<void>((resolve) => (this.go = resolve));
      }
      @Command("ban") @Require({ affiliation: "admin" }) ban() {
        return "banned";
      }
    }

    it.each<[string, string, string, string]>([
      ["refuses who was not admin when they said it", "none", "admin", NO],
      ["refuses who is not admin any more", "admin", "none", NO],
      ["lets who was and is", "admin", "owner", "banned"],
    ])("%s", async (_name, before, after, answer) => {
      const bots = new BotsInRoom(Slow);
      await bots.enter();
      bots.comes("alice", ROOM, [], { affiliation: before });
      bots.says("!wait");
      bots.says("!ban");
      await turns();
      bots.comes("alice", ROOM, [], { affiliation: after });
      (bots.instances[0] as Slow).go();
      await bots.idle();
      expect(bots.lines).toEqual([answer]);
    });

    it("refuses who has left since, and who took their nick", async () => {
      const bots = new BotsInRoom(Slow);
      await bots.enter();
      bots.comes("alice", ROOM, [], { affiliation: "admin" });
      bots.says("!wait");
      bots.says("!ban");
      await turns();
      bots.goes("alice");
      bots.comes("alice", ROOM, [], { affiliation: "admin" });
      (bots.instances[0] as Slow).go();
      await bots.idle();
      expect(bots.lines).toEqual([NO]);
    });
  });

  it("stands on a class and on a bot too, and says nothing of what no person does", async () => {
    let entered = 0;
    let failed = 0;
    @Bot()
    @Require({ affiliation: "member" })
    class All {
      @OnMessageFailed() failed() {
        failed++;
      }
      @OnEnter() enter() {
        entered++;
      }
      @OnJoin() join() {
        return "welcome";
      }
      @Command("go") @Require({ role: "moderator" }) go() {
        return "gone";
      }
    }
    const bots = new BotsInRoom(All);
    await bots.enter();
    bots.comes("eve");
    bots.comes("alice", ROOM, [], { affiliation: "member", role: "moderator" });
    bots.comes("mo", ROOM, [], { role: "moderator" });
    await bots.idle();
    expect([entered, bots.lines]).toEqual([1, ["welcome"]]);
    expect(await bots.hears("!go")).toEqual(["gone"]);
    expect(await bots.hears("!go", { nick: "mo" })).toEqual([NO]);
    const { id } = bots.session.sent.at(-1)?.attrs ?? {};
    bots.session.deliver(xml("message", { from: ROOM, type: "error", id }, xml("error")));
    await bots.idle();
    expect(failed).toBe(1);
  });

  it("says nothing where the bot refuses silently", async () => {
    @Bot({ refusals: "silent" })
    class Silent {
      @Command("go")
      @Require({ role: "moderator" })
      @Cooldown({ per: "bot", limit: 1, windowMs: 1000 })
      go() {
        return "gone";
      }
    }
    const bots = new BotsInRoom(Silent);
    await bots.enter();
    expect(await bots.hears("!go")).toEqual([]);
    bots.comes("alice", ROOM, [], { role: "moderator" });
    expect(await bots.hears("!go")).toEqual(["gone"]);
    expect(await bots.hears("!go")).toEqual([]);
  });

  it("keeps the rules of a base class where a subclass declares the method again", async () => {
    abstract class Base {
      @Command("go") @Require({ role: "moderator" }) go() {
        return "gone";
      }
    }
    @Bot()
    class Sub extends Base {
      @Command("go") override go() {
        return "went";
      }
    }
    const bots = new BotsInRoom(Sub);
    await bots.enter();
    expect(await bots.hears("!go")).toEqual([NO]);
  });
});

describe("@Use", () => {
  const seen: string[] = [];
  class Log extends Middleware {
    async handle(call: HandlerCall, next: () => Promise<void>) {
      seen.push(`before ${call.handler}`);
      await next();
      seen.push(`after ${call.handler}`);
    }
  }
  class Hours extends Middleware {
    open = false;
    handle(call: HandlerCall, next: () => Promise<void>) {
      if (this.open) return next();
      return call.refuse("outside of office hours", "We are closed");
    }
  }
  class Never extends Middleware {
    handle() {}
  }

  it("goes around the handler and its answer, the outermost first", async () => {
    seen.length = 0;
    class Inner extends Log {
      override async handle(call: HandlerCall, next: () => Promise<void>) {
        seen.push("inner");
        await next();
        expect(bots.lines).toEqual(["gone"]);
      }
    }
    @Bot({ use: [Log] })
    class Keeper {
      @Command("go") @Use(new Inner()) go() {
        seen.push("handler");
        return "gone";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("!go")).toEqual(["gone"]);
    expect(seen).toEqual(["before Keeper.go", "inner", "handler", "after Keeper.go"]);
  });

  it("refuses with its own words, with ours, or with those it has said itself", async () => {
    class Says extends Middleware {
      async handle(call: HandlerCall) {
        await call.ctx.say("ask my boss");
      }
    }
    class Throws extends Middleware {
      handle(): void {
        throw new ReplyError("thrown");
      }
    }
    @Bot()
    class Keeper {
      @Command("a") @Use(Hours) a() {
        return "a";
      }
      @Command("b") @Use(Never) b() {
        return "b";
      }
      @Command("c") @Use(Says) c() {
        return "c";
      }
      @Command("d") @Use(Throws) d() {
        return "d";
      }
      @OnMessage("event") @Use(Never) event() {
        return "event";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const line of ["!a", "!b", "!c", "!d", "event"]) await bots.hears(line);
    expect(bots.lines).toEqual(["We are closed", NO, "ask my boss", "thrown"]);
    expect(rules(bots)).toEqual([
      "Hours: outside of office hours",
      "@Use: Never",
      "@Use: Says",
      "@Use: Never",
    ]);
  });

  it("gets what the handler throws, and fails like a handler itself", async () => {
    class Catch extends Middleware {
      async handle(call: HandlerCall, next: () => Promise<void>) {
        await next().catch(() => call.ctx.say("caught"));
      }
    }
    class Forgets extends Middleware {
      handle(_call: HandlerCall, next: () => Promise<void>) {
        void next();
        void next();
      }
    }
    class Breaks extends Middleware {
      handle(): void {
        throw new Error("broken");
      }
    }
    let calls = 0;
    async function fail(): Promise<string> {
      calls++;
      await turns();
      throw new Error("no");
    }
    @Bot()
    class Keeper {
      @Command("a") @Use(Catch) a() {
        return fail();
      }
      @Command("b") @Use(Forgets) b() {
        return fail();
      }
      @Command("c") @Use(Breaks) c() {
        return "c";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const line of ["!a", "!b", "!c"]) await bots.hears(line);
    expect(bots.lines).toEqual(["caught", WRONG, WRONG]);
    expect(calls).toBe(2);
  });

  it("has the time of its handler, and no more", async () => {
    class Hangs extends Middleware {
      handle() {
        return new Promise<void>(() => {});
      }
    }
    @Bot()
    class Keeper {
      @Command("a") @Use(Hangs) a() {}
      @Command("b") b() {
        return "b";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.says("!a");
    bots.says("!b");
    await turns();
    bots.clock.advance(60_000);
    await bots.idle();
    expect(bots.lines).toEqual([WRONG, "b"]);
  });
});

describe("what is wrong with a guard", () => {
  it("is found at start, all of it", () => {
    @Bot({ use: [{} as Middleware], refusals: "loud" as "silent" })
    class Keeper {
      @Command("a") @Require({} as { role: "visitor" }) a() {}
      @Command("b") @Require({ affiliation: undefined as unknown as "owner" }) b() {}
      @Command("c") @Require({ rank: 3 } as unknown as { role: "visitor" }) c() {}
      @Command("d") @Require({ jid: "@@" }) d() {}
      @Command("e") @Cooldown({ per: "moon" as "room", limit: 0, windowMs: Number.NaN }) e() {}
      @Command("f") @Use(Middleware as unknown as new () => Middleware) f() {}
      @Require({ role: "visitor" }) g() {}
      @Command("h") @Require({ affiliation: "none" as "member" }) h() {}
    }
    expect(compileBot(Keeper, "!").mistakes.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      "Keeper: its refusals are neither silent nor left out",
      "Keeper: @Use: what it is to use is no middleware",
      expect.stringMatching(/^Keeper.h: @Require: its affiliation is "none"/),
      "Keeper.g: @Require is on a method that handles nothing",
      "Keeper.f: @Use: what it is to use is no middleware",
      'Keeper.e: @Cooldown: its "per" is not occupant, occupantInRoom, room or bot',
      "Keeper.e: @Cooldown: its limit is no whole number above 0",
      "Keeper.e: @Cooldown: its windowMs is no time above 0",
      expect.stringMatching(/^Keeper.d: @Require: its jid cannot be read/),
      'Keeper.c: @Require: there is no "rank" to require; there are affiliation, role, jid, occupantId',
      'Keeper.b: @Require: its "affiliation" has no value',
      "Keeper.a: @Require: its rule is empty: everybody would fit",
    ]);
  });
});
