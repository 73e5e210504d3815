import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Bot, Command, OnEnter, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import type { OccupantJoined } from "../../src/muc/events/occupants.js";
import type { RoomEntered } from "../../src/muc/events/lifecycle.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, message, turns } from "./support/bots-in-room.js";

@Bot()
class Keeper {
  @Command("roll <sides:int> [times:int=1]", { aliases: ["r"] })
  roll(_m: MessageReceived, { sides, times }: { sides: number; times: number }) {
    return `rolled ${times}d${sides}`;
  }

  @Command("poll add <what...>") add(_m: MessageReceived, { what }: { what: string }) {
    return `added ${what}`;
  }

  @Command("poll") poll() {
    return "the poll";
  }

  @OnMessage() all(m: MessageReceived) {
    return `heard ${m.body}`;
  }
}

describe("a command", () => {
  it.each([
    ["!roll 6", "rolled 1d6"],
    ["!ROLL 6 2", "rolled 2d6"],
    ["!r 6", "rolled 1d6"],
    ["!roll\n6", "rolled 1d6"],
    ["keeper: roll 6", "rolled 1d6"],
    ["keeper, roll 6", "rolled 1d6"],
    ["Keeper: roll 6", "rolled 1d6"],
    ["keeper:roll 6", "rolled 1d6"],
    ["!poll", "the poll"],
    ["!poll add  two  words ", "added two  words"],
    ["!Poll ADD x", "added x"],
  ])("%j is one", async (line, reply) => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears(line)).toEqual([reply]);
  });

  it.each([
    "roll 6",
    " !roll 6",
    "! roll 6",
    "!!!",
    "!",
    "!7",
    "keeper roll 6",
    "keeper: what?",
    "housekeeper: roll 6",
    "keepers: roll 6",
    "bob: roll 6",
  ])("%j is none, and an ordinary message", async (line) => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears(line)).toEqual([`heard ${line}`]);
  });

  it("that nobody has goes nowhere", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const line of ["!rota 6", "!unknown", "!Ünknown x"]) expect(await bots.hears(line)).toEqual([]);
    expect(bots.log.complaints).toEqual([]);
  });

  it("with arguments that do not fit is answered with what is wrong and the usage", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    const usage = "Usage: !roll <sides:int> [times:int=1]";
    expect(await bots.hears("!roll six")).toEqual([`sides: "six" is not a whole number. ${usage}`]);
    expect(await bots.hears("keeper: roll")).toEqual([`sides is missing. ${usage}`]);
    expect(await bots.hears("!roll 6 2 1")).toEqual([`"1" is too much. ${usage}`]);
  });

  it("has the prefix of its bot, or none: then only a mention will do", async () => {
    @Bot({ prefix: "hey " })
    class Hey {
      @Command("a") a() {
        return "hey a";
      }
    }
    @Bot({ prefix: null })
    class Shy {
      @Command("b <c:int>") b() {
        return "shy b";
      }
    }
    const bots = new BotsInRoom(Hey, Shy);
    await bots.enter();
    expect(await bots.hears("hey a")).toEqual(["hey a"]);
    expect(await bots.hears("!a")).toEqual([]);
    expect(await bots.hears("keeper: a")).toEqual(["hey a"]);
    expect(await bots.hears("keeper: b 1")).toEqual(["shy b"]);
    expect(await bots.hears("hey b 1")).toEqual([]);
    expect(await bots.hears("keeper: b x")).toEqual([
      'c: "x" is not a whole number. Usage: keeper: b <c:int>',
    ]);
  });

  it("goes by the nick that the bot has now", async () => {
    const bots = new BotsInRoom(Keeper);
    const room = await bots.enter();
    const item = xml("item", { affiliation: "none", role: "participant", nick: "warden" });
    bots.session.deliver(
      xml(
        "presence",
        { from: "lobby@rooms.example.org/keeper", type: "unavailable" },
        xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, item, [
          xml("status", { code: "303" }),
          xml("status", { code: "110" }),
        ]),
      ),
    );
    bots.comes("warden", undefined, ["110"]);
    expect(room.nick).toBe("warden");
    expect(await bots.hears("keeper: roll 6")).toEqual(["heard keeper: roll 6"]);
    expect(await bots.hears("warden: roll 6")).toEqual(["rolled 1d6"]);
  });

  it("of the first bot that has it is handled once", async () => {
    @Bot()
    class Other {
      @Command("roll <sides:int>") roll() {
        return "the other";
      }
      @Command("own") own() {
        return "own";
      }
    }
    const bots = new BotsInRoom(Keeper, Other);
    await bots.enter();
    expect(await bots.hears("!roll 6")).toEqual(["rolled 1d6"]);
    expect(await bots.hears("!own")).toEqual(["own"]);
  });
});

describe("@OnMessage", () => {
  it("lets through what its filter does: a text in whatever case, a pattern with its match, a test", async () => {
    @Bot()
    class Filters {
      @OnMessage("Hello") text() {
        return "text";
      }
      @OnMessage(/h(e)(y)?/) pattern(_m: MessageReceived, match: RegExpExecArray) {
        return `match ${match[1]} ${match[2]} ${match.index}`;
      }
      @OnMessage((m) => m.body.length > 10) long() {
        return "long";
      }
      @OnMessage((m) => m.mentionsMe) mention(m: MessageReceived) {
        return `${m.nick}?`;
      }
    }
    const bots = new BotsInRoom(Filters);
    await bots.enter();
    expect(await bots.hears("oh HELLO")).toEqual(["text"]);
    expect(await bots.hears("oh hello you")).toEqual(["text", "match e undefined 3", "long"]);
    expect(await bots.hears("a keeper")).toEqual(["alice?"]);
    expect(await bots.hears("no")).toEqual([]);
    expect(await bots.hears("!hey")).toEqual(["match e y 1"]);
  });

  it("remembers nothing of one message for the next, whatever the flags", async () => {
    const shared = /o/g;
    @Bot()
    class Sticky {
      @OnMessage(shared) global() {
        return "global";
      }
      @OnMessage(/hello/y) atBegin() {
        return "sticky";
      }
    }
    const bots = new BotsInRoom(Sticky);
    await bots.enter();
    for (let i = 0; i < 3; i++) expect(await bots.hears("hello")).toEqual(["global", "sticky"]);
    expect(await bots.hears("oh hello")).toEqual(["global"]);
    expect(shared.lastIndex).toBe(0);
  });

  it("goes to every handler, in the order of bots and methods, each when the one before is done", async () => {
    const log: string[] = [];
    @Bot()
    class First {
      @OnMessage() async slow() {
        log.push("slow begins");
        await turns();
        log.push("slow ends");
        return "slow";
      }
      @OnMessage() quick() {
        log.push("quick");
        return "quick";
      }
    }
    @Bot()
    class Second {
      @OnMessage() last() {
        log.push("last");
      }
    }
    const bots = new BotsInRoom(First, Second);
    await bots.enter();
    expect(await bots.hears("x")).toEqual(["slow", "quick"]);
    expect(log).toEqual(["slow begins", "slow ends", "quick", "last"]);
  });

  it("is called on its instance, with private methods and state", async () => {
    @Bot()
    class Counter {
      #count = 0;
      @OnMessage() private hear() {
        return String(++this.#count);
      }
    }
    const bots = new BotsInRoom(Counter);
    await bots.enter();
    expect(await bots.hears("x")).toEqual(["1"]);
    expect(await bots.hears("x")).toEqual(["2"]);
  });
});

describe("what reaches nobody", () => {
  const delay = xml("delay", { xmlns: "urn:xmpp:delay", stamp: "2020-01-01T00:00:00Z" });

  it("is history", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter(undefined, [
      message("!roll 6", { id: "h1", extra: [delay] }),
      message("hello", { id: "h2", extra: [delay] }),
    ]);
    await bots.idle();
    expect(bots.lines).toEqual([]);
    // after a resumption of the stream all that was missed has a delay, and it is live
    expect(await bots.hears("!roll 6", { extra: [delay] })).toEqual(["rolled 1d6"]);
  });

  it("is what the bot said itself", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("!roll 6", { nick: "keeper" })).toEqual([]);
    expect(await bots.hears("hello", { nick: "keeper" })).toEqual([]);
  });

  it("is a correction, which is no message and no command (XEP-0308)", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    const replace = xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m1" });
    expect(await bots.hears("!roll 6", { extra: [replace] })).toEqual([]);
    expect(await bots.hears("hello", { extra: [replace] })).toEqual([]);
    // it names nothing that it could replace
    const empty = xml("replace", { xmlns: "urn:xmpp:message-correct:0" });
    expect(await bots.hears("hello", { extra: [empty] })).toEqual(["heard hello"]);
  });

  it("is what a room says itself", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.session.deliver(
      xml("message", { from: "lobby@rooms.example.org", type: "groupchat" }, xml("body", null, "!roll 6")),
    );
    await bots.idle();
    expect(bots.lines).toEqual([]);
  });
});

describe("@OnJoin and @OnEnter", () => {
  it("get those who come in, not those who were there, unless they ask for them", async () => {
    const seen: string[] = [];
    @Bot()
    class Greeter {
      @OnJoin() greet(e: OccupantJoined) {
        return `Welcome, ${e.occupant.nick}!`;
      }
      @OnJoin({ initial: true }) count(e: OccupantJoined) {
        seen.push(`${e.occupant.nick} ${e.initial}`);
      }
      @OnEnter() enter(e: RoomEntered) {
        seen.push(`entered as ${e.occupant.nick}`);
      }
    }
    const bots = new BotsInRoom(Greeter);
    await bots.enter();
    await bots.idle();
    expect(seen).toEqual(["there true", "entered as keeper"]);
    bots.comes("alice");
    await bots.idle();
    expect(seen).toEqual(["there true", "entered as keeper", "alice false"]);
    expect(bots.lines).toEqual(["Welcome, alice!"]);
  });
});

describe("rooms", () => {
  it("do not wait for one another, and each keeps its order", async () => {
    const gates = new Map<string, () => void>();
    @Bot()
    class Slow {
      @OnMessage() async hear(m: MessageReceived) {
        if (m.body === "wait")
          await new Promise<void>((resolve) => gates.set(`${m.room.jid.local}`, resolve));
        return m.body;
      }
    }
    const bots = new BotsInRoom(Slow);
    await bots.enter("one@rooms.example.org");
    await bots.enter("two@rooms.example.org");
    bots.says("wait", { room: "one@rooms.example.org" });
    bots.says("one", { room: "one@rooms.example.org" });
    bots.says("two", { room: "two@rooms.example.org" });
    await turns();
    expect(bots.lines).toEqual(["two"]);
    gates.get("one")?.();
    await bots.idle();
    expect(bots.lines).toEqual(["two", "wait", "one"]);
  });
});
