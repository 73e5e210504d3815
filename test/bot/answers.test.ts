import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { ArgumentError, NotJoinedError } from "../../src/base/errors.js";
import { Bot, Command, OnMessage, Require } from "../../src/bot/decorators.js";
import type { AnswersOptions } from "../../src/bot/ask/answers.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns, WRONG } from "./support/bots-in-room.js";
import { entered, say } from "./support/people.js";

const ROOM = "lobby@rooms.example.org";

/** A bot that repeats what it is answered until somebody says "end", and hears everything else. */
function listening(
  options: (m: MessageReceived) => AnswersOptions,
  pause?: () => Promise<void>,
): new () => object {
  @Bot()
  class Keeper {
    @Command("listen") async *listen(m: MessageReceived, _args: object, ctx: HandlerContext) {
      try {
        for await (const answer of ctx.answers(options(m))) {
          await pause?.();
          yield `${answer.nick} answered ${answer.body}`;
          if (answer.body === "end") return;
        }
        yield "the time is over";
      } catch (error) {
        yield (error as Error).name;
      }
    }
    @OnMessage() echo(m: MessageReceived) {
      return `heard ${m.nick}: ${m.body}`;
    }
  }
  return Keeper;
}

const anyone = (): AnswersOptions => ({ from: "anyone" });

describe("ctx.answers", () => {
  it("gives what whoever caused the event says, in order, until the loop is left, and says nothing itself", async () => {
    const bots = await entered(listening(() => ({})));
    await say(bots, "!listen");
    expect(bots.lines).toEqual([]);
    await say(bots, "one");
    await say(bots, "hello", "bob");
    await say(bots, "end");
    await say(bots, "more");
    expect(bots.lines).toEqual([
      "alice answered one",
      "heard bob: hello",
      "alice answered end",
      "heard alice: more",
    ]);
  });

  it("takes for no answer what cannot be read: what is encrypted", async () => {
    const bots = await entered(listening(() => ({})));
    await say(bots, "!listen");
    const extra = [xml("encryption", { xmlns: "urn:xmpp:eme:0", namespace: "urn:xmpp:omemo:2" })];
    bots.says("You cannot read this", { nick: "alice", extra });
    await turns();
    await say(bots, "end");
    expect(bots.lines).toEqual(["heard alice: ", "alice answered end"]);
  });

  it("loses none of those who answer at once", async () => {
    const bots = await entered(listening(anyone));
    bots.comes("carol");
    await say(bots, "!listen");
    for (const [nick, body] of [
      ["alice", "one"],
      ["bob", "two"],
      ["carol", "three"],
      ["bob", "end"],
    ] as const)
      bots.says(body, { nick });
    await turns();
    expect(bots.lines).toEqual([
      "alice answered one",
      "bob answered two",
      "carol answered three",
      "bob answered end",
    ]);
  });

  it("keeps what is said while an answer is looked at, which has the handler's turn", async () => {
    let go = (): void => {};
    const bots = await entered(
      listening(
        () => ({}),
        () => new Promise<void>((resolve) => (go = resolve)),
      ),
    );
    await say(bots, "!listen");
    await say(bots, "one");
    await say(bots, "hello", "bob");
    await say(bots, "end");
    expect(bots.lines).toEqual([]);
    go();
    await turns();
    expect(bots.lines).toEqual(["alice answered one"]);
    go();
    await turns();
    expect(bots.lines).toEqual(["alice answered one", "alice answered end", "heard bob: hello"]);
  });

  it("listens to several, and ends when the last of them has left", async () => {
    const bots = await entered(
      listening(({ room }) => ({
        from: room.occupants.filter(({ nick }) => nick === "bob" || nick === "carol"),
      })),
    );
    bots.comes("carol");
    await say(bots, "!listen");
    await say(bots, "me?");
    await say(bots, "one", "bob");
    bots.goes("bob");
    await say(bots, "two", "carol");
    bots.goes("carol");
    await turns();
    bots.comes("bob");
    await say(bots, "three", "bob");
    expect(bots.lines).toEqual([
      "heard alice: me?",
      "bob answered one",
      "carol answered two",
      "NotJoinedError",
      "heard bob: three",
    ]);
  });

  it("ends when its time is over, whatever was answered meanwhile, and what came by then is still told", async () => {
    const bots = await entered(listening(() => ({ from: "anyone", timeoutMs: 10_000 })));
    const pending = bots.clock.pending;
    await say(bots, "!listen");
    bots.clock.advance(9_999);
    await say(bots, "one", "bob");
    bots.says("two", { nick: "bob" });
    bots.clock.advance(1);
    await turns();
    await say(bots, "late", "bob");
    expect(bots.lines).toEqual([
      "bob answered one",
      "bob answered two",
      "the time is over",
      "heard bob: late",
    ]);
    expect(bots.clock.pending).toBe(pending);
  });

  it("outlives the time that handlers have, which stands still", async () => {
    const bots = await entered(listening(() => ({ timeoutMs: 600_000 })));
    await say(bots, "!listen");
    bots.clock.advance(300_000);
    await say(bots, "end");
    expect(bots.lines).toEqual(["alice answered end"]);
  });

  it("ends with the handler", async () => {
    let kept: AsyncIterator<MessageReceived, undefined> | undefined;
    @Bot()
    class Keeper {
      @Command("keep") keep(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        kept = ctx.answers({ from: "anyone" });
      }
      @OnMessage() echo(m: MessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!keep");
    await say(bots, "one");
    expect(bots.lines).toEqual(["heard one"]);
    await expect(kept?.next()).rejects.toBeInstanceOf(NotJoinedError);
  });

  it("ends with those who left, also where their address was seen only later, which is no proof of them", async () => {
    const bots = await entered(listening(() => ({})));
    await say(bots, "!listen");
    bots.comes("alice", ROOM, [], { jid: "alice@example.org/a" });
    bots.goes("alice");
    await turns();
    expect(bots.lines).toEqual(["NotJoinedError"]);
  });

  it("ends with the time of the handler, also where that never comes back from what it looks at", async () => {
    const hangs = (): Promise<void> => new Promise(() => {});
    const bots = await entered(listening(() => ({ from: "anyone", timeoutMs: 3_600_000 }), hangs));
    await say(bots, "!listen");
    await say(bots, "one");
    bots.clock.advance(60_000);
    await turns();
    await say(bots, "two");
    expect(bots.lines).toEqual([WRONG, "heard alice: two"]);
  });

  it.each(["the room is out", "the bot stops"])("ends when %s", async (what) => {
    const errors: unknown[] = [];
    @Bot()
    class Keeper {
      @Command("listen") async listen(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        const next = ctx.answers({ from: "anyone" }).next();
        await next.catch((error: unknown) => errors.push(error));
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!listen");
    const out = { affiliation: "outcast", role: "none", type: "unavailable" };
    if (what === "the bot stops") bots.stopping.abort();
    else bots.comes("keeper", ROOM, ["110", "301"], out);
    await turns();
    expect(errors).toEqual([expect.any(NotJoinedError)]);
  });

  it.each(["the room is out", "the bot stops"])(
    "is no failure of who lets that happen when %s",
    async (what) => {
      @Bot()
      class Keeper {
        @Command("listen") async *listen(_m: MessageReceived, _args: object, ctx: HandlerContext) {
          for await (const { body } of ctx.answers({ from: "anyone" })) yield body;
        }
      }
      const bots = await entered(Keeper);
      await say(bots, "!listen");
      const out = { affiliation: "outcast", role: "none", type: "unavailable" };
      if (what === "the bot stops") bots.stopping.abort();
      else bots.comes("keeper", ROOM, ["110", "301"], out);
      await turns();
      expect(bots.lines).toEqual([]);
      expect(bots.log.records.filter(({ level }) => level === "error")).toEqual([]);
    },
  );

  it("asks for one answer at a time, and names whom it cannot listen to", async () => {
    const found: unknown[] = [];
    @Bot()
    class Keeper {
      @Command("twice") async twice(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        const answers = ctx.answers();
        const first = answers.next();
        await answers.next().catch((error: unknown) => found.push(error));
        found.push((await first).value?.body);
        for (const options of [{ from: [] }, { from: "bob" as "anyone" }, { timeoutMs: -1 }])
          try {
            ctx.answers(options);
          } catch (error) {
            found.push(error);
          }
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!twice");
    await say(bots, "one");
    expect(found).toEqual([
      expect.any(ArgumentError),
      "one",
      expect.any(ArgumentError),
      expect.any(ArgumentError),
      expect.any(ArgumentError),
    ]);
  });

  it("is over for whoever gave the command and has lost what it asks for", async () => {
    @Bot()
    class Keeper {
      @Command("vote") @Require({ affiliation: "admin" }) async *vote(
        _m: MessageReceived,
        _args: object,
        ctx: HandlerContext,
      ) {
        for await (const { body } of ctx.answers()) yield `counted ${body}`;
      }
    }
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice", ROOM, [], { affiliation: "admin" });
    await say(bots, "!vote");
    await say(bots, "one");
    bots.comes("alice", ROOM, [], { affiliation: "none" });
    await say(bots, "two");
    expect(bots.lines[0]).toBe("counted one");
    expect(bots.lines.join()).not.toContain("two");
  });

  it("lets all else go on before a handler that tries again and again learns that it cannot", async () => {
    let tries = 0;
    let rested = false;
    @Bot()
    class Keeper {
      @Command("again") async again(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        // as one that swallows every error does, until something else had its turn
        setImmediate(() => setImmediate(() => (rested = true)));
        const listeners = Array.from({ length: 20 }, () => ctx.answers());
        while (!rested && tries < 1_000) {
          tries++;
          await ctx
            .answers()
            .next()
            .catch(() => {});
        }
        return `${listeners.length} listen`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!again");
    for (let n = 0; n < 5; n++) await turns();
    expect([rested, tries < 10]).toEqual([true, true]);
    expect(bots.lines).toEqual(["20 listen"]);
  });

  it("takes a thousand that nobody looks at, and leaves the others to whoever hears them", async () => {
    const bots = await entered(listening(anyone, () => new Promise<void>(() => {})));
    await say(bots, "!listen");
    for (let n = 0; n < 1_003; n++) bots.says(`line ${n}`, { nick: "bob" });
    await turns();
    bots.clock.advance(60_000);
    await turns();
    expect(bots.lines.filter((line) => line.startsWith("heard"))).toEqual([
      "heard bob: line 1001",
      "heard bob: line 1002",
    ]);
  });
});
