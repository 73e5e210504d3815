// The guide to bots and handlers: its code compiles and does what the text says, and its tables are what there is.
import { readFileSync } from "node:fs";

import { afterAll, describe, expect, it } from "vitest";

import * as everything from "../../src/index.js";
import { Bot, Command, OnJoin, OnMessage, OnUnhandledCommand } from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import { handlersOf, isBotClass, type Class } from "../../src/bot/metadata.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { testRoom, type TestRoom, type TestUser } from "../../src/testing/index.js";
import { cleanUp, LOBBY, startApp, until } from "../app/support/apps.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const TEXT = readFileSync(new URL("../../docs/bots-and-handlers.md", import.meta.url), "utf8");
const GAMES = "games@rooms.example.org";
const guide = new Guide("bots-and-handlers.md", "bots");

cleanUp();
afterAll(() => guide[Symbol.dispose]());

type BotClass = new (...args: never[]) => object;

async function exportsOf(section: string): Promise<Record<string, unknown>> {
  const [snippet] = guide.snippets(section);
  return (await snippet?.load()) ?? {};
}

/** The bot of a section in its room. */
async function open(section: string, name?: string): Promise<TestRoom> {
  const exported = await exportsOf(section);
  const bot = name === undefined ? Object.values(exported).find(isBotClass) : exported[name];
  return testRoom(bot as BotClass);
}

async function answer(room: TestRoom, user: TestUser, line: string): Promise<string> {
  await user.say(line);
  return (await room.nextReply()).body;
}

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

describe("the table of decorators", () => {
  const rows = [...TEXT.matchAll(/^\| `@(\w+)\((.*?)\)` \| (.+?) \| .+? \| (.+?) \|$/gm)];

  it("names each decorator that there is", () => {
    const named = new Set(rows.map(([, name]) => name));
    const there = Object.keys(everything).filter((name) => name.startsWith("On") || name === "Cron");
    expect(named).toEqual(new Set(["Command", ...there]));
  });

  it("says what the handler is called with, and where its answer goes", () => {
    const goes = { room: "the room", sender: "the sender", nowhere: "nowhere", nobody: "nobody" };
    const make = everything as unknown as Record<string, (...args: unknown[]) => MethodDecorator>;
    const answers = rows.slice(1).map(([, name = "", parameters = ""]) => {
      const cron = ["0 9 * * *", ...(parameters.includes("per") ? [{ per: "bot" }] : [])];
      class Bare {
        method() {}
      }
      const descriptor = Object.getOwnPropertyDescriptor(Bare.prototype, "method") ?? {};
      const args = name === "Cron" ? cron : name === "On" ? ["caughtUp"] : [];
      make[name]?.(...args)(Bare.prototype, "method", descriptor);
      const [spec] = handlersOf(Bare).map((handler) => handler.spec);
      return [name, spec === undefined || spec.kind === "command" ? null : goes[spec.answer]];
    });
    expect(answers).toEqual(rows.slice(1).map(([, name, , , answered]) => [name, answered]));
    const types = rows.flatMap(([, , , called = ""]) => /^`([A-Z]\w+)`/.exec(called)?.[1] ?? []);
    expect(types.filter((type) => !(type in everything))).toEqual([]);
  });
});

describe("a first bot", () => {
  it("greets, and answers with the match", async () => {
    await using room = await open("A first bot");
    const alice = await room.enter("alice");
    expect((await room.nextReply()).body).toBe("Welcome, alice!");
    expect(await answer(room, alice, "Hey, who has the key?")).toBe("alice, nobody has the key");
  });
});

describe("what it is made with", () => {
  it("its own scores, its rooms and options", async () => {
    await using room = await open("Constructor injection and services");
    const alice = await room.enter("alice");
    expect(await answer(room, alice, "!win")).toBe("alice has 1");
    await alice.setNick("alicia");
    expect(await answer(room, alice, "!win")).toBe("alicia has 2");
    expect(await answer(room, alice, "!where")).toBe("keeper sits in lobby@rooms.example.org");
  });

  it("an injectable class is another one for whoever asks, and one for all where it is provided", async () => {
    const { Scores } = (await exportsOf("Constructor injection and services")) as {
      Scores: new () => object;
    };
    class One {
      constructor(readonly scores: object) {}
    }
    class Two extends One {}
    for (const each of [One, Two]) {
      everything.inject(Scores)(each, undefined, 0);
      Bot({ rooms: [LOBBY], nick: "keeper" })(each);
    }
    const apart = await startApp({ bots: [One, Two] });
    expect(apart.app.get(One).scores).not.toBe(apart.app.get(Two).scores);
    const scores = new Scores();
    const shared = await startApp({ bots: [One, Two], providers: [{ token: Scores, useValue: scores }] });
    expect([shared.app.get(One).scores, shared.app.get(Two).scores]).toEqual([scores, scores]);
  });
});

it("a singleton is shared by the bot and its middleware", async () => {
  const [, shared] = guide.snippets("Constructor injection and services");
  const one = Object.values((await shared?.load()) ?? {}).find(isBotClass);
  await using room = await testRoom(one as BotClass);
  const alice = await room.enter("alice");
  const bob = await room.enter("bob");
  expect(await answer(room, alice, "!mute bob")).toBe("bob is muted");
  expect(await answer(room, bob, "!hi")).toBe("You are muted");
  expect(await answer(room, alice, "!hi")).toBe("hi");
});

describe("which handler gets a line", () => {
  const KEEPER = { rooms: [LOBBY], nick: "keeper" };

  class Hearing {
    readonly heard: string[] = [];

    @OnMessage() hear(m: MessageReceived) {
      this.heard.push(m.body);
    }
  }

  class Commanding extends Hearing {
    @Command("ping") ping() {
      return "pong";
    }
  }

  /** What of these lines comes to `@OnMessage`. */
  async function heard(bot: new () => Hearing, ...others: Class[]): Promise<readonly string[]> {
    await using room = await testRoom([bot, ...others] as unknown as readonly [new () => Hearing]);
    const alice = await room.enter("alice");
    for (const line of ["!ping", "!else", "!!", "keeper: else", "hello"]) await alice.say(line);
    await room.settled();
    return room.bot.heard;
  }

  it("is the command, then nobody where it looks like one, else every @OnMessage", async () => {
    @Bot(KEEPER)
    class Keeper extends Commanding {}
    expect(await heard(Keeper)).toEqual(["!!", "keeper: else", "hello"]);
  });

  it("is each @OnMessage where there is no prefix, or no command in the room", async () => {
    @Bot({ ...KEEPER, prefix: null })
    class Unprefixed extends Commanding {}
    @Bot(KEEPER)
    class Logger extends Hearing {}
    @Bot(KEEPER)
    class Other {
      @Command("pong") pong() {}
    }
    const all = ["!ping", "!else", "!!", "keeper: else", "hello"];
    expect(await heard(Unprefixed)).toEqual(all);
    expect(await heard(Logger)).toEqual(all);
    expect(await heard(Logger, Other)).toEqual(["!!", "keeper: else", "hello"]);
  });

  it("is @OnUnhandledCommand where there is one", async () => {
    @Bot(KEEPER)
    class Keeper extends Commanding {
      @OnUnhandledCommand() unhandled(m: MessageReceived) {
        this.heard.push(`unhandled ${m.body}`);
      }
    }
    expect(await heard(Keeper)).toEqual(["unhandled !else", "!!", "keeper: else", "hello"]);
  });
});

describe("what they return", () => {
  it.each([
    ["lines", ["one", "two"]],
    ["quote", ["as you said"]],
    ["count", ["1", "2", "3"]],
    ["refuse", ["I would rather not"]],
    ["silence", []],
  ])("!%s", async (command, lines) => {
    await using room = await open("Return values");
    const alice = await room.enter("alice");
    await alice.say(`!${command}`);
    for (const line of lines) expect((await room.nextReply()).body).toBe(line);
    await room.expectSilence();
  });

  it("!secret is told to the asker alone", async () => {
    await using room = await open("Return values");
    const alice = await room.enter("alice");
    await alice.say("!secret");
    await room.expectSilence();
    const [told] = alice.received.filter((each) => each.attrs["type"] === "chat");
    expect(told?.getChildText("body")).toBe("for you alone");
  });
});

it("ctx: asks, says, and waits for the kitchen", async () => {
  await using room = await open("HandlerContext: log, say, ask, signal");
  const alice = await room.enter("alice");
  expect(await answer(room, alice, "!egg")).toBe("Soft or hard?");
  expect(await answer(room, alice, "soft")).toBe("Patience, please");
  expect((await room.nextReply()).body).toBe("alice: soft egg, hot");
});

describe("order and isolation", () => {
  it("one event after the other, but for what is parallel", async () => {
    await using room = await open("Order and isolation");
    const alice = await room.enter("alice");
    const { order } = room.bot as { order: string[] };
    for (const line of ["first", "second"]) await alice.say(line);
    await until("the first has begun", () => order.length === 1);
    expect(order).toEqual(["first begins"]);
    await until("it is over", () => {
      // what is parallel waits for its place in line all the same
      (room.bot as { go(): void }).go();
      return order.includes("second");
    });
    expect(order).toEqual(["first begins", "first ends", "first", "second"]);
  });

  it("a handler that takes a minute has failed, and its room goes on", async () => {
    await using room = await open("Order and isolation");
    const alice = await room.enter("alice");
    const { order } = room.bot as { order: string[] };
    await alice.say("first");
    await until("it has begun", () => order.length === 1);
    await alice.say("second");
    await room.clock.advance(60_000);
    expect((await room.nextReply()).body).toMatch(/^Something went wrong \(ref [0-9a-f]{4}\)$/);
    await until("the room went on", () => order.includes("second"));
  });
});

describe("what goes wrong", () => {
  it("the room is told a reference, five times at once, and @OnError everything", async () => {
    await using room = await open("Errors");
    const alice = await room.enter("alice");
    for (let n = 0; n < 7; n++) await alice.say("!report");
    await room.settled();
    const told = room.transcript.filter(({ nick }) => nick === "keeper").map(({ text }) => text);
    expect(told).toHaveLength(5);
    const { failures } = room.bot as { failures: string[] };
    expect(failures).toHaveLength(7);
    const [, ref] = /^Something went wrong \(ref (\w+)\)$/.exec(told[0] ?? "") ?? [];
    expect(failures[0]).toBe(`Careful.report (ref ${ref}): Error: the database at 10.0.0.7 is gone`);
    await room.clock.advance(12_000);
    for (let n = 0; n < 2; n++) await alice.say("!report");
    await room.settled();
    expect(room.transcript.filter(({ nick }) => nick === "keeper")).toHaveLength(6);
  });
});

describe("now, then, and in between", () => {
  it("the past, what was missed, what is said now, and what is made of it", async () => {
    const [Scribe] = Object.values(await exportsOf("Live, missed and old messages")) as BotClass[];
    if (Scribe === undefined) throw new Error("The guide exports no scribe");
    const { app, server, enter } = await startApp({ bots: [Scribe] });
    const alice = await enter("alice");
    const id = await alice.say("one");
    await alice.correct(id, "won");
    const { lines } = app.get(Scribe) as { lines: string[] };
    await until("both came", () => lines.length === 2);
    server.expireSession("bot@example.org");
    await alice.say("two");
    await until("it is back", () => lines.length === 3);
    await alice.say("three");
    await until("it hears again", () => lines.length === 4);
    expect(lines).toEqual(["live: one", "live, corrected: won", "missed: two", "live: three"]);
    const late = await startApp({ bots: [Scribe], nick: "late", jid: "late@example.org" }, server);
    const { lines: read } = late.app.get(Scribe) as { lines: string[] };
    await until("it has read", () => read.length >= 3);
    expect(read.every((line) => line.startsWith("replay: "))).toBe(true);
  });
});

describe("start, stop and the clock", () => {
  it("is started, called in each room at nine in Berlin, and stopped with a word", async () => {
    const room = await open("Start, stop and the clock");
    const { done } = room.bot as { done: string[] };
    expect(done).toEqual(["started"]);
    // The test begins on Friday, the 2nd of January 2026, 03:04:05 UTC.
    await room.clock.advance(5 * 3_600_000);
    expect((await room.nextReply()).body).toBe("Good morning, lobby: stand-up!");
    await room[Symbol.asyncDispose]();
    expect(done).toEqual(["started", "stopped"]);
    expect(room.transcript.at(-1)).toMatchObject({ nick: "keeper", text: "Good night" });
  });

  it("and once a night for the bot", async () => {
    await using room = await open("Start, stop and the clock");
    const { done } = room.bot as { done: string[] };
    await room.clock.advance("24h");
    expect(done).toEqual(["started", "tidied at 2026-01-03T03:00:00.000Z"]);
  });
});

describe("features, and a bot for each room", () => {
  it("has dice in one room, and manners in both", async () => {
    const { Keeper } = (await exportsOf("Features, and a bot for each room")) as Record<string, Class>;
    if (Keeper === undefined) throw new Error("The guide exports no keeper");
    const { app, server, enter } = await startApp({ bots: [Keeper] });
    const [alice, bob] = [await enter("alice"), await enter("bob", GAMES)];
    for (const user of [alice, bob]) for (const line of ["!roll", "thanks"]) await user.say(line);
    const said = (room: string): string[] =>
      server
        .room(room)
        .transcript.filter(({ nick }) => nick === "keeper")
        .map(({ text }) => text);
    await until("all is said", () => said(LOBBY).length + said(GAMES).length === 3);
    await app.idle();
    expect([said(LOBBY), said(GAMES)]).toEqual([
      ["any time"],
      [expect.stringMatching(/^bob rolls [1-6]$/), "any time"],
    ]);
  });

  it("counts in each room by itself", async () => {
    const { Tally } = (await exportsOf("Features, and a bot for each room")) as Record<string, Class>;
    if (Tally === undefined) throw new Error("The guide exports no tally");
    const { enter } = await startApp({ bots: [Tally] });
    const [alice, bob] = [await enter("alice"), await enter("bob", GAMES)];
    for (const line of ["one", "two", "!tally"]) await alice.say(line);
    for (const line of ["one", "!tally"]) await bob.say(line);
    const tally = async (user: TestUser): Promise<string> => {
      for (;;) {
        const { nick, text } = await user.nextMessage();
        if (nick === "keeper") return text;
      }
    };
    expect([await tally(alice), await tally(bob)]).toEqual(["2 lines in lobby", "1 lines in games"]);
  });
});

it("mistakes are told as the guide says, all at once", async () => {
  @Bot({ rooms: [LOBBY], nick: "keeper" })
  class Keeper {
    @Command("roll") roll() {}
    @Command("roll") again() {}
    @OnJoin({ inital: true } as object) join() {}
  }
  const error = await testRoom(Keeper).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthoringError);
  const [, block = ""] = /## Mistakes that the start finds[^]*?```\n([^]*?)\n```/.exec(TEXT) ?? [];
  expect((error as AuthoringError).message).toBe(block);
});
