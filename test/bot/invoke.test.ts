import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Bot, Command, OnEnter, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import { ReplyError } from "../../src/bot/errors.js";
import { HandlerContext } from "../../src/bot/handler-context.js";
import { Reply } from "../../src/bot/reply.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import type { OccupantJoined } from "../../src/muc/events/occupants.js";
import { botThat, slowly } from "./support/bot-that.js";
import { BotsInRoom, turns, WRONG } from "./support/bots-in-room.js";

async function saidBy(handle: (m: MessageReceived, ctx: HandlerContext) => unknown) {
  const bots = new BotsInRoom(botThat(handle));
  await bots.enter();
  const lines = await bots.hears("go");
  expect(await bots.hears("next")).toEqual(["next"]);
  return { lines, complaints: bots.log.complaints, bots };
}

// oxlint-disable-next-line unicorn/no-thenable -- an author may return a promise of any make
const THEN = "then";
const withThen = (descriptor: PropertyDescriptor): object => Object.defineProperty({}, THEN, descriptor);

/** A promise of somebody else's making. */
function thenable(then: (resolve: (value: string) => void) => void): object {
  return withThen({ value: then });
}

describe("what a handler returns", () => {
  it.each<[string, (m: MessageReceived) => unknown, string[]]>([
    ["text", () => "one", ["one"]],
    ["a promise of text", () => Promise.resolve("one"), ["one"]],
    ["a list", () => ["one", "two"], ["one", "two"]],
    ["a frozen list", () => Object.freeze(["one"]), ["one"]],
    ["a promise of a list", () => Promise.resolve(["one", "two"]), ["one", "two"]],
    ["a reply", (m) => new Reply(m, "one"), ["one"]],
    ["a list with a reply", (m) => ["one", new Reply(m, { body: "two" })], ["one", "two"]],
    ["an async iterable", () => slowly("one", "two"), ["one", "two"]],
    [
      "a promise of an async iterable",
      (m) => Promise.resolve(slowly<unknown>("one", new Reply(m, "two"))),
      ["one", "two"],
    ],
    ["a thenable", () => thenable((resolve) => resolve("one")), ["one"]],
    ["nothing", () => undefined, []],
    ["null", () => null, []],
    ["false", () => false, []],
    ["an empty text", () => "", []],
    ["an empty list", () => [], []],
    ["a promise of nothing", () => Promise.resolve(undefined), []],
    ["a promise of false", () => Promise.resolve(false), []],
    ["a list with nothing in it", () => ["one", null, "", "two"], ["one", "two"]],
  ])("%s is said, in order", async (_name, handle, expected) => {
    const { lines, complaints } = await saidBy(handle);
    expect(lines).toEqual(expected);
    expect(complaints).toEqual([]);
  });

  it("may be a reply, which says what it answers (XEP-0461)", async () => {
    const { bots } = await saidBy((m) => new Reply(m, "one"));
    const reply = bots.session.sent[0]?.getChild("reply", "urn:xmpp:reply:0");
    expect(reply?.attrs).toMatchObject({ id: "m1", to: "lobby@rooms.example.org/alice" });
  });

  it.each<[string, unknown, string]>([
    ["a number", 6, "a number"],
    ["true", true, "a boolean"],
    ["an object", { body: "x" }, "an object"],
    ["an instance", new Map(), "an object (Map)"],
    ["what only looks like a reply", { message: {}, draft: { body: "x" } }, "an object"],
    ["a plain generator", (function* () {})(), "an object"],
    ["a function", () => "x", "a function"],
    ["a promise of a number", Promise.resolve(6), "a number"],
  ])("%s means nothing: it is reported, and the next event is handled", async (_name, value, kind) => {
    const { lines, complaints, bots } = await saidBy(() => value);
    expect(lines).toEqual([WRONG]);
    expect(complaints).toEqual(["error A handler failed"]);
    const { fields } = bots.log.records.find(({ level }) => level === "error") ?? { fields: {} };
    expect(fields).toMatchObject({ handler: "Keeper.hear", room: "lobby@rooms.example.org" });
    expect(JSON.stringify(fields)).toContain(
      `A handler returned ${kind}: return text, a list of texts, a Reply, or nothing`,
    );
  });
});

describe("a handler that fails", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  it.each<[string, () => unknown, string[]]>([
    ["throws", boom, [WRONG]],
    ["rejects", () => Promise.reject(new Error("boom")), [WRONG]],
    [
      "throws what is no error",
      () => {
        throw "boom" as unknown as Error;
      },
      [WRONG],
    ],
    ["rejects with nothing", () => Promise.reject(undefined as unknown as Error), [WRONG]],
    ["has a then that throws", () => withThen({ get: boom }), [WRONG]],
    ["has a then that throws when called", () => thenable(boom), [WRONG]],
    [
      "fails while it iterates",
      async function* () {
        yield "one";
        boom();
      },
      ["one", WRONG],
    ],
  ])("%s: harms nobody, and the log names it", async (_name, handle, expected) => {
    const { lines, complaints } = await saidBy(handle);
    expect(lines).toEqual(expected);
    expect(complaints).toEqual(["error A handler failed"]);
  });

  it("does not keep the others from the same event", async () => {
    @Bot()
    class Keeper {
      @OnMessage() first() {
        boom();
      }
      @OnMessage(() => boom()) filter() {
        return "not reached";
      }
      @OnMessage() last() {
        return "last";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    expect(await bots.hears("x")).toEqual([WRONG, "last"]);
    const handlers = bots.log.records
      .filter(({ level }) => level === "error")
      .map(({ fields }) => fields["handler"]);
    expect(handlers).toEqual(["Keeper.first", "Keeper.filter (its filter)"]);
  });

  it("is handled alike in commands, joins and entering", async () => {
    @Bot()
    class Keeper {
      @Command("go") async go() {
        await turns();
        boom();
      }
      @OnJoin() greet(_e: OccupantJoined) {
        boom();
      }
      @OnEnter() enter() {
        throw new ReplyError("entered, sorry");
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    await bots.idle();
    bots.comes("alice");
    await bots.hears("!go");
    expect(bots.log.complaints).toEqual(["error A handler failed", "error A handler failed"]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new ReplyError("not now");
      },
    ],
    ["rejects with", () => Promise.reject(new ReplyError("not now"))],
    [
      "throws while it iterates",
      async function* () {
        yield* [];
        throw new ReplyError("not now");
      },
    ],
  ])("%s a ReplyError: its text is the reply", async (_name, handle) => {
    const { lines, complaints } = await saidBy(handle);
    expect(lines).toEqual(["not now"]);
    expect(complaints).toEqual([]);
  });

  it("throws a ReplyError without text: nothing is said", async () => {
    const { lines } = await saidBy(() => {
      throw new ReplyError("");
    });
    expect(lines).toEqual([]);
  });
});

describe("a reply that cannot be sent", () => {
  it.each<[string, () => unknown]>([
    ["text", () => "one"],
    ["a list", () => ["one", "two"]],
    [
      "a ReplyError",
      () => {
        throw new ReplyError("one");
      },
    ],
    ["ctx.say that nobody awaits", (..._args: unknown[]) => undefined],
  ])("%s: is a warning, no failure of the handler, and no unhandled rejection", async (name, handle) => {
    const bots = new BotsInRoom(
      botThat((m, ctx) => {
        if (name.startsWith("ctx")) void ctx.say("x");
        return handle() ?? (m.body === "" ? "" : null);
      }),
    );
    await bots.enter();
    bots.session.broken = new Error("the stream is gone");
    await bots.hears("go");
    await turns();
    bots.session.broken = null;
    expect(bots.log.complaints).toEqual(["warn An answer could not be sent"]);
    expect(await bots.hears("next")).toEqual(["next"]);
  });

  it("to a join is told as well", async () => {
    @Bot()
    class Keeper {
      @OnJoin() greet(_e: OccupantJoined, ctx: HandlerContext) {
        void ctx.say("x");
        return "hi";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.session.broken = new Error("the stream is gone");
    bots.comes("alice");
    await bots.idle();
    await turns();
    expect(bots.log.complaints).toEqual([
      "warn An answer could not be sent",
      "warn An answer could not be sent",
    ]);
  });

  it("of wrong arguments is told too, and the queue goes on", async () => {
    @Bot()
    class Keeper {
      @Command("go <n:int>") go() {
        return "gone";
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.session.broken = new Error("the stream is gone");
    await bots.hears("!go x");
    bots.session.broken = null;
    expect(bots.log.complaints).toEqual(["warn An answer could not be sent"]);
    expect(await bots.hears("!go 1")).toEqual(["gone"]);
  });
});

describe("the context of a call", () => {
  it("comes last: after the message, the match, the arguments", async () => {
    const calls: unknown[][] = [];
    @Bot()
    class Keeper {
      @OnMessage() all(...args: unknown[]) {
        calls.push(args);
      }
      @OnMessage(/x/) match(...args: unknown[]) {
        calls.push(args);
      }
      @Command("go") go(...args: unknown[]) {
        calls.push(args);
      }
      @OnJoin() join(...args: unknown[]) {
        calls.push(args);
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    await bots.hears("x");
    await bots.hears("!go");
    bots.comes("alice");
    expect(calls.map((args) => args.length)).toEqual([2, 3, 3, 2]);
    for (const args of calls) expect(args.at(-1)).toBeInstanceOf(HandlerContext);
    expect(calls[2]?.[1]).toEqual({});
  });

  it("says where the event came from, and logs with the names of handler and room", async () => {
    const { lines, bots } = await saidBy(async (_m, ctx) => {
      ctx.log.info({ n: 1 }, "at work");
      await ctx.say("one");
      await ctx.say({ body: "two", extensions: [xml("x", { xmlns: "x" })] });
      return "three";
    });
    expect(lines).toEqual(["one", "two", "three"]);
    expect(bots.log.records.find(({ text }) => text === "at work")?.fields).toEqual({
      handler: "Keeper.hear",
      room: "lobby@rooms.example.org",
      n: 1,
    });
  });

  it("is aborted when the bot stops; what a handler throws then is no failure", async () => {
    const bots = new BotsInRoom(
      botThat(
        (_m, { signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      ),
    );
    await bots.enter();
    bots.says("go");
    await turns();
    bots.stopping.abort();
    await bots.idle();
    expect(bots.log.complaints).toEqual([]);
  });

  it("is aborted already where the bot stopped before", async () => {
    const { bots } = await saidBy((_m, ctx) => String(ctx.signal.aborted));
    bots.stopping.abort();
    expect(await bots.hears("go")).toEqual(["true"]);
  });
});
