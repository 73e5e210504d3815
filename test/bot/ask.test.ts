import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError, RequestTimeoutError } from "../../src/base/errors.js";
import { xml } from "../../src/base/element.js";
import { Bot, Command, OnDirectMessage, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import type { AskOptions } from "../../src/bot/ask/whom.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import type { DirectMessageReceived } from "../../src/muc/events/direct-message.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import type { OccupantJoined } from "../../src/muc/events/occupants.js";
import { BOT_MARK } from "../../src/bot/bot-mark.js";
import { BotsInRoom, turns, WRONG } from "./support/bots-in-room.js";
import { entered, say } from "./support/people.js";

const ROOM = "lobby@rooms.example.org";

/** A bot that asks, says what came of it, and repeats everything else. */
function asking(options: (m: MessageReceived) => AskOptions = () => ({})): new () => object {
  @Bot()
  class Keeper {
    @Command("ask") async ask(m: MessageReceived, _args: object, ctx: HandlerContext) {
      try {
        const answer = await ctx.ask("well?", options(m));
        return `${answer.nick} answered ${answer.body}`;
      } catch (error) {
        return (error as Error).name;
      }
    }
    @OnMessage() echo(m: MessageReceived) {
      return `heard ${m.nick}: ${m.body}`;
    }
  }
  return Keeper;
}

describe("ctx.ask", () => {
  it("gives the answer to the handler alone, and frees the room meanwhile", async () => {
    const bots = await entered(asking());
    await say(bots, "!ask");
    await say(bots, "hello", "bob");
    await say(bots, "yes");
    await say(bots, "more");
    expect(bots.lines).toEqual(["well?", "heard bob: hello", "alice answered yes", "heard alice: more"]);
  });

  it("says nothing where its text is empty, and waits all the same", async () => {
    @Bot()
    class Keeper {
      @Command("wait") async wait(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        await ctx.say("");
        return `so ${(await ctx.ask("")).body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!wait");
    await say(bots, "what");
    expect(bots.lines).toEqual(["so what"]);
  });

  it("takes a command as the answer too, and no correction, no history and no bot", async () => {
    const bots = await entered(asking(() => ({ from: "anyone" })));
    await say(bots, "!ask");
    await say(bots, "old", "alice", [xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m0" })]);
    await say(bots, "beep", "bob", [xml("bot", { xmlns: BOT_MARK })]);
    expect(bots.lines).toEqual(["well?", "heard bob: beep"]);
    await say(bots, "!ask", "bob");
    expect(bots.lines[2]).toBe("bob answered !ask");
  });

  it("follows the asked over changes of their nick, and nobody who takes it", async () => {
    const bots = await entered(asking());
    await say(bots, "!ask");
    bots.goes("alice", "alicia");
    bots.comes("alice");
    await say(bots, "no", "alice");
    await say(bots, "yes", "alicia");
    expect(bots.lines).toEqual(["well?", "heard alice: no", "alicia answered yes"]);
  });

  it("ends when the asked leaves, whoever comes by that name", async () => {
    const bots = await entered(asking());
    await say(bots, "!ask");
    bots.goes("alice");
    await turns();
    bots.comes("alice");
    await say(bots, "yes");
    expect(bots.lines).toEqual(["well?", "NotJoinedError", "heard alice: yes"]);
  });

  it("knows the asked again by their real address, under any nick, and nobody else", async () => {
    const bots = await entered(asking(), "alice@example.org/a");
    await say(bots, "!ask");
    bots.goes("alice");
    bots.comes("alice", ROOM, [], { jid: "mallory@example.org/a" });
    bots.comes("al", ROOM, [], { jid: "alice@example.org/b" });
    await say(bots, "no");
    await say(bots, "yes", "al");
    expect(bots.lines).toEqual(["well?", "heard alice: no", "al answered yes"]);
  });

  it("takes no answer of who is somebody else by now, though nobody said that the asked left", async () => {
    const bots = await entered(asking(), "alice@example.org/x");
    await say(bots, "!ask");
    bots.comes("alice", ROOM, [], { jid: "mallory@example.org/x" });
    await say(bots, "no");
    bots.comes("alice", ROOM, [], { jid: "alice@example.org/x" });
    await say(bots, "yes");
    expect(bots.lines).toEqual(["well?", "heard alice: no", "alice answered yes"]);
  });

  it("takes anyone's answer where anyone is asked, after those who are asked by themselves", async () => {
    let from: AskOptions["from"] = "anyone";
    const bots = await entered(asking(() => ({ ...(from !== undefined && { from }) })));
    await say(bots, "!ask");
    from = undefined;
    bots.comes("carol");
    await say(bots, "hm");
    expect(bots.lines).toEqual(["well?", "alice answered hm"]);
    from = "anyone";
    await say(bots, "!ask");
    await say(bots, "two", "bob");
    expect(bots.lines.slice(2)).toEqual(["well?", "bob answered two"]);
  });

  it("asks somebody else", async () => {
    const bots = await entered(asking((m) => ({ from: m.room.getOccupant("bob") ?? m.occupant })));
    await say(bots, "!ask");
    await say(bots, "not me");
    await say(bots, "me", "bob");
    expect(bots.lines).toEqual(["well?", "heard alice: not me", "bob answered me"]);
  });

  it("does not wait longer than it says", async () => {
    const bots = await entered(asking(() => ({ timeoutMs: 90_000 })));
    await say(bots, "!ask");
    bots.clock.advance(89_999);
    await turns();
    expect(bots.lines).toEqual(["well?"]);
    bots.clock.advance(1);
    await turns();
    expect(bots.lines).toEqual(["well?", "RequestTimeoutError"]);
    expect(bots.log.complaints).toEqual([]);
  });

  it("ends when the room is out, and when the bot stops", async () => {
    const bots = await entered(asking());
    await say(bots, "!ask");
    bots.stopping.abort();
    await turns();
    expect(bots.lines).toEqual(["well?", "NotJoinedError"]);

    const errors: unknown[] = [];
    let signal: AbortSignal | null = null;
    @Bot()
    class Keeper {
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        signal = ctx.signal;
        await ctx.ask("well?").catch((error: unknown) => errors.push(error));
      }
    }
    const others = await entered(Keeper);
    await say(others, "!ask");
    others.comes("keeper", ROOM, ["110", "301"], {
      type: "unavailable",
      affiliation: "outcast",
      role: "none",
    });
    await turns();
    expect(errors).toEqual([expect.any(NotJoinedError)]);
    expect(signal).toMatchObject({ aborted: true, reason: expect.any(NotJoinedError) as unknown });
  });

  it("takes no answer that was received before it was asked", async () => {
    let go = (): void => {};
    @Bot()
    class Keeper {
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        await new Promise<void>((resolve) => (go = resolve));
        return `got ${(await ctx.ask("well?")).body}`;
      }
      @OnMessage() echo(m: MessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!ask");
    await say(bots, "early");
    go();
    await turns();
    await say(bots, "late");
    expect(bots.lines).toEqual(["well?", "heard early", "got late"]);
  });

  it("takes its turn again behind what was said before the answer, also where no event finds a place", async () => {
    let go = (): void => {};
    @Bot()
    class Keeper {
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        return `got ${(await ctx.ask("well?")).body}`;
      }
      @Command("wait") async wait() {
        await new Promise<void>((resolve) => (go = resolve));
      }
      @OnMessage(/^last$/) last(m: MessageReceived) {
        return m.body;
      }
      @OnMessage(/^n/) quiet() {}
    }
    const bots = await entered(Keeper);
    await say(bots, "!ask");
    await say(bots, "!wait", "bob");
    for (let n = 0; n < 999; n++) bots.says("n", { nick: "bob" });
    bots.says("last", { nick: "bob" });
    bots.says("dropped", { nick: "bob" });
    bots.says("yes");
    go();
    await bots.idle();
    await turns();
    expect(bots.lines).toEqual(["well?", "last", "got yes"]);
  });

  it("does not let the time of the handler run meanwhile, and all of it after that", async () => {
    @Bot()
    class Keeper {
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        await ctx.ask("well?", { timeoutMs: 500_000 });
        await new Promise(() => {});
      }
      @OnMessage() echo(m: MessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!ask");
    bots.clock.advance(400_000);
    await say(bots, "yes");
    await say(bots, "next");
    bots.clock.advance(59_999);
    await turns();
    expect(bots.lines).toEqual(["well?"]);
    bots.clock.advance(1);
    await turns();
    expect(bots.lines).toEqual(["well?", WRONG, "heard next"]);
  });

  it("asks several at once, several times one, and one after another", async () => {
    @Bot()
    class Keeper {
      @Command("both") async both(m: MessageReceived, _args: object, ctx: HandlerContext) {
        const bob = m.room.getOccupant("bob") ?? m.occupant;
        const [a, b] = await Promise.all([ctx.ask("alice?"), ctx.ask("bob?", { from: bob })]);
        return `${a.body} and ${b.body}`;
      }
      @Command("twice") async twice(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        const [a, b] = await Promise.all([ctx.ask("first?"), ctx.ask("second?")]);
        const c = await ctx.ask("third?");
        return `${a.body}, ${b.body}, ${c.body}`;
      }
      @OnMessage() echo(m: MessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "!both");
    await say(bots, "I", "bob");
    await say(bots, "meanwhile", "bob");
    await say(bots, "you");
    expect(bots.lines).toEqual(["alice?", "bob?", "heard meanwhile", "you and I"]);
    for (const line of ["!twice", "1", "2", "3"]) await say(bots, line);
    expect(bots.lines.slice(4)).toEqual(["first?", "second?", "third?", "1, 2, 3"]);
  });

  it("leaves nothing behind of a handler that is over, and needs not be awaited", async () => {
    @Bot()
    class Keeper {
      @Command("ask") ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        void ctx.ask("well?");
      }
      @OnMessage() echo(m: MessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = await entered(Keeper);
    const before = bots.clock.pending;
    await say(bots, "!ask");
    await say(bots, "yes");
    expect(bots.lines).toEqual(["well?", "heard yes"]);
    expect(bots.clock.pending).toBe(before);
  });

  it("leaves place for others, however often one person has it ask", async () => {
    @Bot()
    class Keeper {
      refused = 0;
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        return `${(await ctx.ask("well?")).nick} answered`;
      }
      // lines with the mark of bots are no answers: they add to what is asked
      @OnMessage("ask me") async asked(_m: MessageReceived, ctx: HandlerContext) {
        await ctx.ask("well?").catch((error: unknown) => {
          if (error instanceof ArgumentError) this.refused++;
        });
      }
    }
    const bots = await entered(Keeper, "alice@example.org/x");
    const mark = [xml("bot", { xmlns: BOT_MARK })];
    for (let i = 0; i < 600; i++) await say(bots, "ask me", "alice", mark);
    bots.goes("alice");
    bots.comes("alice", ROOM, [], { jid: "alice@example.org/x" });
    for (let i = 0; i < 600; i++) await say(bots, "ask me", "alice", mark);
    expect((bots.instances[0] as Keeper).refused).toBe(1_180);
    bots.session.sent.length = 0;
    await say(bots, "!ask", "bob");
    await say(bots, "yes", "bob");
    expect(bots.lines).toEqual(["well?", "bob answered"]);
  });

  it("asks in private where it was asked in private, and there only", async () => {
    const bots = await entered(asking());
    await bots.whispers("!ask");
    await say(bots, "aloud");
    expect(await bots.whispers("quietly")).toEqual([`${ROOM}/alice: alice answered quietly`]);
    expect(bots.lines).toEqual(["well?", "heard alice: aloud", "alice answered quietly"]);
  });

  it("asks accounts outside of rooms", async () => {
    @Bot()
    class Keeper {
      @OnDirectMessage() async hear(m: DirectMessageReceived, ctx: HandlerContext) {
        return `${m.body} and ${(await ctx.ask("well?")).body}`;
      }
    }
    const bots = new BotsInRoom(Keeper);
    bots.listen();
    await bots.writes("one", "alice@example.org/phone");
    await bots.writes("other", "bob@example.org/x");
    expect(await bots.writes("two", "alice@example.org/desk")).toEqual([
      "alice@example.org/phone: one and two",
    ]);
  });

  it("hears answers also where nobody handles messages", async () => {
    @Bot()
    class Keeper {
      @OnJoin() async join(e: OccupantJoined, ctx: HandlerContext) {
        return `${e.occupant.nick} is from ${(await ctx.ask("where from?")).body}`;
      }
    }
    const bots = await entered(Keeper);
    await say(bots, "here", "bob");
    await say(bots, "there", "alice");
    expect(bots.lines).toEqual(["where from?", "where from?", "bob is from here", "alice is from there"]);
  });

  it.each<[string, (m: MessageReceived) => AskOptions]>([
    ["no time", () => ({ timeoutMs: 0 })],
    ["a time that no timer has", () => ({ timeoutMs: 2 ** 31 })],
    ["itself", (m) => ({ from: m.room.me ?? m.occupant })],
    ["something", () => ({ from: "bob" as "anyone" })],
  ])("refuses to ask %s, and says nothing", async (_what, options) => {
    const bots = await entered(asking(options));
    await say(bots, "!ask");
    expect(bots.lines).toEqual(["ArgumentError"]);
    expect(new ArgumentError("").name).toBe("ArgumentError");
    expect(new RequestTimeoutError("").name).toBe("RequestTimeoutError");
  });

  it("rejects with what kept it from being said", async () => {
    let error: unknown;
    @Bot()
    class Keeper {
      @Command("ask") async ask(_m: MessageReceived, _args: object, ctx: HandlerContext) {
        error = await ctx.ask("well?").catch((thrown: unknown) => thrown);
      }
    }
    const bots = await entered(Keeper);
    bots.session.broken = new Error("the stream is gone");
    await say(bots, "!ask");
    expect(error).toMatchObject({ message: "the stream is gone" });
  });
});
