// Bots tested with no server, no account and no waiting.
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { AuthoringError } from "../../src/bot/errors.js";
import { Bot, Command, OnJoin, OnMessage, OnPrivateMessage } from "../../src/bot/decorators.js";
import { HandlerContext } from "../../src/bot/handler-context.js";
import { inject } from "../../src/bot/injection.js";
import { Clock } from "../../src/base/clock.js";
import { StructuredLogger } from "../../src/base/logger.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import type { OccupantJoined } from "../../src/muc/events/occupants.js";
import { testRoom, type TestRoomOptions } from "../../src/testing/index.js";
import { Keeper as Example } from "../../examples/keeper.js";

class Dice {
  roll(): number {
    return Math.random();
  }
}

@Bot({ nick: "keeper" })
class Keeper {
  readonly heard: string[] = [];

  constructor(
    @inject(Clock) private readonly clock: Clock,
    @inject(Dice) private readonly dice: Dice,
  ) {}

  @OnJoin() greet(e: OccupantJoined) {
    return `Welcome, ${e.occupant.nick}!`;
  }

  @OnMessage("hello") hello(m: MessageReceived) {
    this.heard.push(m.body);
    return "hello yourself";
  }

  @Command("roll") roll() {
    return `a ${this.dice.roll()}`;
  }

  @Command("owner") owner(m: MessageReceived) {
    return m.occupant.affiliation;
  }

  @Command("later <inMs:int>") async later(_m: MessageReceived, { inMs }: { inMs: number }) {
    await new Promise<void>((resolve) => this.clock.setTimeout(resolve, inMs));
    return "now";
  }

  @Command("fail") fail() {
    throw new Error("boom");
  }

  @Command("hang") async hang(_m: MessageReceived, _args: object, ctx: HandlerContext) {
    await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    await new Promise(() => {});
  }

  @OnPrivateMessage() secret() {
    return "psst";
  }
}

const providers = [{ token: Dice, useValue: { roll: () => 4 } }];
const open = (options: TestRoomOptions = {}) => testRoom(Keeper, { providers, ...options });

describe("a room of the test", () => {
  it("has the bots in it, who greet, answer, and are there to be looked at", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    expect((await room.nextReply()).body).toBe("Welcome, alice!");
    await alice.say("hello");
    const reply = await room.nextReply();
    expect([reply.body, reply.nick, reply.source]).toEqual(["hello yourself", "keeper", "reflection"]);
    expect(room.bot.heard).toEqual(["hello"]);
    expect(room.transcript.map(({ nick, body }) => `${nick}: ${body}`)).toEqual([
      "keeper: Welcome, alice!",
      "alice: hello",
      "keeper: hello yourself",
    ]);
    expect(room.app.status().ready).toBe(true);
  });

  it("tests a bot as the README does", async () => {
    await using room = await testRoom(Example);
    const alice = await room.enter("alice");
    expect((await room.nextReply()).body).toBe("Welcome, alice!");
    await alice.say("hello");
    expect((await room.nextReply()).body).toBe("hello yourself");
    await room.expectSilence();
  });

  it("gives the bots what the test provides in place of their own", async () => {
    await using room = await open();
    const alice = await room.enter("alice", { affiliation: "admin" });
    await room.nextReply();
    await alice.say("!roll");
    expect((await room.nextReply()).body).toBe("a 4");
    await alice.say("!owner");
    expect((await room.nextReply()).body).toBe("admin");
  });

  it("keeps replies in order until they are read, and tells of silence", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    for (const text of ["hello", "nothing", "hello"]) await alice.say(text);
    await room.settled();
    for (const text of ["Welcome, alice!", "hello yourself", "hello yourself"])
      expect((await room.nextReply()).body).toBe(text);
    await alice.say("nothing");
    await room.expectSilence();
    await alice.say("hello");
    await expect(room.expectSilence()).rejects.toThrow('were to say nothing, and said "hello yourself"');
  });

  it("says what happened instead of the reply that did not come: what was said, and what failed", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    await room.nextReply();
    await alice.say("!fail");
    expect((await room.nextReply()).body).toContain("ref");
    const missing = await room.nextReply({ timeoutMs: 10 }).catch((error: Error) => error.message);
    expect(missing).toContain("said nothing in 10 ms");
    expect(missing).toContain("<alice> !fail");
    expect(missing).toMatch(
      /03:04:05 error A handler failed handler=Keeper.\w+ .*ref=[0-9a-f]{4}.*boom\n.* at /,
    );
  });

  it("prints what fails, with its stack, and keeps what was logged", async () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    await using room = await open();
    const alice = await room.enter("alice");
    await alice.say("!fail");
    await room.settled();
    expect(print.mock.calls).toEqual([[expect.stringMatching(/handler=Keeper.\w+ .*boom\n +at /)]]);
    expect(room.log.at(-1)).toMatchObject({ level: "error", text: "A handler failed" });
  });

  it("prints nothing where the test has a logger of its own, and keeps the same", async () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    const lines: string[] = [];
    const logger = new StructuredLogger({ level: "debug", write: ({ text }) => void lines.push(text) });
    await using room = await open({ logger });
    const alice = await room.enter("alice");
    await alice.say("!fail");
    await room.settled();
    expect([print.mock.calls, room.log.at(-1)?.text]).toEqual([[], "A handler failed"]);
    expect(lines).toContain("A handler failed");
    expect(lines.length).toBeGreaterThan(room.log.length);
  });

  it("makes the bots to their room what the test wants", async () => {
    await using guest = await open();
    await using admin = await open({ affiliation: "admin" });
    const roles = [guest, admin].map(({ app }) => [...app.muc.rooms.values()].map(({ me }) => me?.role));
    expect(roles).toEqual([["participant"], ["moderator"]]);
    await admin.enter("mallory");
    await admin.app.muc.getRoom(admin.jid)?.kick("mallory");
    expect(admin.server.room(admin.jid).occupants.map(({ nick }) => nick)).toEqual(["keeper"]);
  });

  it("begins when the test wants it to", async () => {
    await using usual = await open();
    await using room = await open({ startsAt: "2026-03-02T08:59:00+01:00" });
    expect([usual, room].map(({ clock }) => new Date(clock.now()).toISOString())).toEqual([
      "2026-01-02T03:04:05.000Z",
      "2026-03-02T07:59:00.000Z",
    ]);
    await expect(open({ startsAt: "soon" })).rejects.toThrow('startsAt is "soon", and no moment');
  });

  it("moves time", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    await room.nextReply();
    await alice.say("!later 3600000");
    await alice.say("hello");
    // One event at a time: the command has the turn, and time stands still.
    await expect(room.nextReply({ timeoutMs: 20 })).rejects.toThrow("said nothing");
    await room.clock.advance(30_000);
    await expect(room.nextReply({ timeoutMs: 20 })).rejects.toThrow("said nothing");
    await room.clock.advance(30_000);
    expect((await room.nextReply()).body).toContain("ref");
    expect((await room.nextReply()).body).toBe("hello yourself");
  });

  it("answers whispers in private", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    await room.nextReply();
    await alice.whisper("keeper", "hey");
    expect((await alice.nextMessage({ private: true })).body).toBe("psst");
    expect((await alice.nextMessage()).body).toBe("Welcome, alice!");
    await room.expectSilence();
  });

  it("ends with what hangs, and twice", async () => {
    const room = await open();
    const alice = await room.enter("alice");
    await room.nextReply();
    await alice.say("!hang");
    await room[Symbol.asyncDispose]();
    await room[Symbol.asyncDispose]();
    expect(room.app.status().session).toBe("stopped");
  });

  it("is where the bots sit, or where the test wants it", async () => {
    @Bot({ rooms: ["den@rooms.example.org"], nick: "keeper" })
    class Sitter {}
    await using own = await testRoom(Sitter);
    expect(own.jid.toString()).toBe("den@rooms.example.org");
    await using other = await testRoom([Sitter, Keeper], { room: "hall@rooms.example.org", providers });
    expect(other.jid.toString()).toBe("hall@rooms.example.org");
    expect([other.bot.constructor, other.app.get(Keeper).heard]).toEqual([Sitter, []]);
  });

  it("is not made for bots that are wrong", async () => {
    @Bot()
    class Wrong {
      @Command("roll <sides" as string) roll() {}
    }
    await expect(testRoom(Wrong)).rejects.toBeInstanceOf(AuthoringError);
  });

  it("goes through what servers do to bots", async () => {
    await using room = await open();
    const alice = await room.enter("alice");
    await room.nextReply();
    room.server.expireSession("bot@example.org");
    await alice.say("hello");
    for (let n = 0; n < 50 && !room.app.status().ready; n++) {
      await room.clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await alice.say("hello");
    expect((await room.nextReply()).body).toBe("hello yourself");
  });

  it("is made, used and ended in well under a tenth of a second", async () => {
    // What a machine of one's own would take: the work, and what is waited for. Others who work make neither longer.
    let waitedMs = 0;
    const { setTimeout: start } = globalThis;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, delayMs = 0) =>
      start(() => {
        waitedMs += delayMs;
        callback();
      }, delayMs)) as typeof setTimeout);
    const costs: number[] = [];
    for (let n = 0; n < 10; n++) {
      waitedMs = 0;
      const before = process.cpuUsage();
      const room = await open();
      await room.enter("alice");
      await room.nextReply();
      await room[Symbol.asyncDispose]();
      const { user, system } = process.cpuUsage(before);
      costs.push(waitedMs + (user + system) / 1_000);
    }
    expect(Math.min(...costs)).toBeLessThan(100);
  });

  it("is patient with a machine that stands still", async () => {
    @Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
    class Slow {
      @Command("read") async read() {
        await new Promise((resolve) => setTimeout(resolve, 130));
        return "read";
      }
    }
    const standStill = (): void =>
      void setTimeout(() => {
        for (const endMs = performance.now() + 110; performance.now() < endMs;);
      }, 5);
    await using room = await testRoom(Slow);
    const alice = await room.enter("alice");
    await alice.say("!read");
    standStill();
    await expect(room.expectSilence()).rejects.toThrow("read");
    await room.nextReply();
    await alice.say("!read");
    standStill();
    expect((await room.nextReply({ timeoutMs: 100 })).body).toBe("read");
    for (const _ of "12") await alice.nextMessage();
    await alice.say("!read");
    standStill();
    expect((await alice.nextMessage({ timeoutMs: 100 })).body).toBe("read");
  });

  it("is silent while a handler waits for time to go on, and hears it then", async () => {
    @Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
    class Egg {
      constructor(@inject(Clock) private readonly clock: Clock) {}
      @Command("boil") async boil() {
        await new Promise<void>((resolve) => void this.clock.setTimeout(resolve, 30_000));
        return "done";
      }
      @Command("read") async read() {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return "read";
      }
    }
    await using room = await testRoom(Egg);
    const alice = await room.enter("alice");
    await alice.say("!read");
    await expect(room.expectSilence()).rejects.toThrow("read");
    await room.nextReply();
    await alice.say("!boil");
    await room.expectSilence();
    await room.clock.advance(29_999);
    await room.expectSilence();
    await room.clock.advance(1);
    expect((await room.nextReply()).body).toBe("done");
  });
});
