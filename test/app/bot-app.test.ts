import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError } from "../../src/base/errors.js";
import { Clock, systemClock } from "../../src/base/clock.js";
import { Logger } from "../../src/base/logger.js";
import { Bot, Command, On, OnEnter, OnJoin, OnMessage } from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { inject } from "../../src/bot/injection.js";
import { BotOptions, Rooms } from "../../src/bot/rooms.js";
import { MucClient } from "../../src/muc/client.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { OccupantJoined } from "../../src/muc/events/occupants.js";
import { SessionError } from "../../src/xmpp/session-error.js";
import { Session } from "../../src/xmpp/session.js";
import { cleanUp, LOBBY, makeApp, startApp, until } from "./support/apps.js";

cleanUp();

@Bot({ rooms: [LOBBY], nick: "keeper" })
class Keeper {
  @OnJoin() greet(e: OccupantJoined) {
    return `Welcome, ${e.occupant.nick}!`;
  }
  @OnMessage("hello") hello() {
    return "hello yourself";
  }
  @Command("roll <sides:int>") roll(_m: MessageReceived, { sides }: { sides: number }) {
    return `rolled d${sides}`;
  }
}

describe("an application", () => {
  it("connects, enters its rooms, and lets its bots answer", async () => {
    const { app, enter } = await startApp({ bots: [Keeper] });
    const alice = await enter("alice");
    expect((await alice.nextMessage()).body).toBe("Welcome, alice!");
    await alice.say("oh hello");
    expect(await alice.nextMessage()).toMatchObject({ nick: "keeper", body: "hello yourself" });
    await alice.say("!roll 6");
    expect((await alice.nextMessage()).body).toBe("rolled d6");
    expect(app.status()).toMatchObject({
      session: "online",
      ready: true,
      rooms: [{ active: true, state: "active" }],
    });
  });

  it("does nothing before its start, and says so", async () => {
    const { app } = makeApp({ bots: [Keeper] });
    expect(app.status()).toEqual({ session: "idle", ready: false, rooms: [] });
    for (const property of ["muc", "session", "nick"] as const)
      expect(() => app[property]).toThrow(ArgumentError);
    await app.idle();
  });

  it("starts once, and not again after its stop", async () => {
    const { app, server } = makeApp({ bots: [Keeper] });
    expect(app.start()).toBe(app.start());
    await app.ready();
    await app.stop();
    await app.stop();
    expect(await app.closed).toBeNull();
    expect(app.status()).toMatchObject({ session: "stopped", ready: false, rooms: [] });
    expect(server.room(LOBBY).exists && server.room(LOBBY).occupants.length > 0).toBe(false);
    await expect(app.ready()).rejects.toThrow(NotJoinedError);

    const never = makeApp({ bots: [Keeper] }).app;
    await never.stop();
    await expect(never.start()).rejects.toThrow(SessionError);
    expect(never.status().session).toBe("idle");
  });

  it("stops while it starts", async () => {
    const { app, server } = makeApp({ bots: [Keeper] });
    server.freeze();
    const starting = app.start();
    starting.catch(() => {});
    await app.stop();
    await expect(starting).rejects.toMatchObject({ code: "stopped" });
    expect(await app.closed).toBeNull();
  });

  it("may have no room: it is ready when it is online", async () => {
    @Bot()
    class Idle {}
    const { log } = await startApp({ bots: [Idle] });
    expect(log.complaints).toEqual(["warn The bots sit in no room: name some in @Bot or MUCWRIGHT_ROOMS"]);
  });

  it("gives constructors everything of its own; providers take the place of that", async () => {
    let seen: unknown[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Curious {
      constructor(
        session: Session,
        muc: MucClient,
        rooms: Rooms,
        logger: Logger,
        clock: Clock,
        options: BotOptions,
        keeper: Keeper,
        @inject("word") word: string,
      ) {
        seen = [session, muc, rooms, logger, clock, options, keeper, word];
      }
    }
    const { app, log } = await startApp({
      bots: [Keeper, Curious],
      providers: [{ token: "word", useValue: "w" }],
    });
    const [session, muc, rooms, logger, clock, options, keeper, word] = seen;
    expect([session, muc, logger, clock, word]).toEqual([app.session, app.muc, log.logger, systemClock, "w"]);
    expect(keeper).toBeInstanceOf(Keeper);
    expect([...(rooms as Rooms)].map(({ jid }) => jid.toString())).toEqual([LOBBY]);
    expect(options).toEqual({ jid: "bot@example.org", nick: "keeper", rooms: [LOBBY] });

    const mine = { jid: "mine" } as BotOptions;
    const providers = [
      { token: "word", useValue: "w" },
      { token: BotOptions, useValue: mine },
    ];
    await startApp({ bots: [Keeper, Curious], providers });
    expect(seen[5]).toBe(mine);
  });

  it("shares nothing with another one of the same class", async () => {
    const instances: object[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Counter {
      #count = 0;
      constructor(readonly rooms: Rooms) {
        instances.push(this);
      }
      @OnMessage() count() {
        return String(++this.#count);
      }
    }
    const [one, two] = [await startApp({ bots: [Counter] }), await startApp({ bots: [Counter] })];
    expect(instances).toHaveLength(2);
    const [alice, bob] = [await one.enter("alice"), await two.enter("bob")];
    for (const expected of ["1", "2"]) {
      await alice.say("x");
      expect((await alice.nextMessage()).body).toBe(expected);
    }
    await bob.say("x");
    expect((await bob.nextMessage()).body).toBe("1");
    await one.app.stop();
    await bob.say("x");
    expect((await bob.nextMessage()).body).toBe("2");
  });

  it("makes a bot that is named twice once", async () => {
    const { enter } = await startApp({ bots: [Keeper, Keeper] });
    const alice = await enter("alice");
    expect((await alice.nextMessage()).body).toBe("Welcome, alice!");
    await alice.say("!roll 6");
    expect((await alice.nextMessage()).body).toBe("rolled d6");
  });

  it("brings the events of a room to the bots that sit in it, and of any other room to all", async () => {
    const seen: string[] = [];
    const rooms: Rooms[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class One {
      constructor(given: Rooms) {
        rooms.push(given);
      }
      @OnMessage() hear(m: MessageReceived) {
        seen.push(`one ${m.room.jid.local}`);
      }
    }
    @Bot({ rooms: ["den@rooms.example.org"], nick: "keeper" })
    class Two {
      @OnMessage() hear(m: MessageReceived) {
        seen.push(`two ${m.room.jid.local}`);
      }
    }
    const { enter, app } = await startApp({ bots: [One, Two] });
    const hall = await rooms[0]?.join("hall@rooms.example.org");
    expect(hall?.nick).toBe("keeper");
    for (const name of ["lobby", "den", "hall"]) {
      const alice = await enter("alice", `${name}@rooms.example.org`);
      await alice.say("x");
      await until(`${name} was heard`, () => seen.some((each) => each.endsWith(name)));
    }
    expect(seen).toEqual(["one lobby", "two den", "one hall", "two hall"]);
    await rooms[0]?.leave("hall@rooms.example.org");
    expect(rooms[0]?.get("hall@rooms.example.org")).toBeUndefined();
    expect(app.status().rooms).toHaveLength(2);
  });

  it("lets a constructor join a room, and its events reach the bots", async () => {
    const entered: string[] = [];
    @Bot()
    class Eager {
      constructor(rooms: Rooms) {
        void rooms.join(LOBBY, { nick: "eager" });
      }
      @OnEnter() enter() {
        entered.push("entered");
      }
    }
    await startApp({ bots: [Eager] });
    expect(entered).toEqual(["entered"]);
  });
});

describe("mistakes of an author", () => {
  it("are told at start, all of them, before anything is made or connected", async () => {
    let made = 0;
    const wrong: string = "roll <sides:itn>";
    @Bot({ rooms: ["lobby"], prefix: "" })
    class Wrong {
      constructor(readonly name: string) {
        made++;
      }
      @Command(wrong) roll() {}
      @Command("a") a() {}
      @Command("a") b() {}
    }
    class NoBot extends Keeper {}
    const { app, log } = makeApp({ bots: [Keeper, Wrong, NoBot] });
    const error = await app.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthoringError);
    expect((error as AuthoringError).mistakes.map(({ where }) => where)).toEqual([
      "Wrong (constructor)",
      "NoBot",
      "Wrong",
      "Wrong.roll",
      "Wrong.b",
      "Wrong",
    ]);
    for (const { problem, fix } of (error as AuthoringError).mistakes)
      expect((error as AuthoringError).message).toContain(`${problem}\n  → ${fix}`);
    expect([made, log.records]).toEqual([0, []]);
    expect(await app.closed).toBe(error);
    await expect(app.ready()).rejects.toBe(error);
  });

  it("include that there is no bot, or something else in its place", async () => {
    await expect(makeApp({ bots: [] }).app.start()).rejects.toThrow("bots: there is none");
    const odd = [undefined, 5, {}] as unknown as (typeof Keeper)[];
    for (const bot of odd) await expect(makeApp({ bots: [bot] }).app.start()).rejects.toThrow(AuthoringError);
  });

  it("include handlers of events that there are not", async () => {
    @Bot()
    class Misnamed {
      @On("caughtup" as "caughtUp") caught() {}
      @On("quux" as "enter") never() {}
      @On("roleRequest") asked() {}
    }
    const error = await makeApp({ bots: [Misnamed] })
      .app.start()
      .catch((reason: unknown) => reason);
    expect((error as AuthoringError).mistakes.map(({ where, problem }) => [where, problem])).toEqual([
      ["Misnamed.caught", 'there is no event "caughtup"; did you mean caughtUp?'],
      ["Misnamed.never", expect.stringMatching(/^there is no event "quux"; there are enter, caughtUp, /)],
    ]);
  });

  it("in a base are told once", async () => {
    class Base {}
    (OnMessage() as (...args: unknown[]) => void)(Base.prototype, "arrow");
    @Bot()
    class One extends Base {}
    @Bot()
    class Two extends Base {}
    const error = await makeApp({ bots: [One, Two] })
      .app.start()
      .catch((reason: unknown) => reason);
    expect((error as AuthoringError).mistakes).toHaveLength(1);
  });
});

describe("a stop", () => {
  it("lets handlers finish, then leaves and ends the session", async () => {
    const log: string[] = [];
    let go = (): void => {};
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Slow {
      @OnMessage() async hear(m: MessageReceived, ctx: HandlerContext) {
        if (m.body !== "wait") return void log.push(m.body);
        log.push("begin");
        await new Promise<void>((resolve) => (go = resolve));
        log.push(`aborted ${ctx.signal.aborted}`);
        return "done";
      }
    }
    const { app, enter, log: logged } = await startApp({ bots: [Slow] });
    const alice = await enter("alice");
    await alice.say("wait");
    await alice.say("after");
    await until("the handler is at work", () => log.includes("begin"));
    const stopping = app.stop();
    await alice.say("too late");
    go();
    expect((await alice.nextMessage()).body).toBe("done");
    await stopping;
    expect(log).toEqual(["begin", "aborted true", "after"]);
    await until("the bot has left", () =>
      alice.received.some((each) => each.attrs["type"] === "unavailable"),
    );
    expect(logged.complaints).toEqual([expect.stringContaining("The room did not exist")]);
  });

  it("waits for a handler of a room that we were thrown out of", async () => {
    let go = (): void => {};
    let atWork = false;
    let finished = false;
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Slow {
      @OnMessage() async hear() {
        atWork = true;
        await new Promise<void>((resolve) => (go = resolve));
        finished = true;
      }
    }
    const { app, enter, server } = await startApp({ bots: [Slow] });
    const alice = await enter("alice");
    await alice.say("x");
    await until("the handler is at work", () => atWork);
    server.room(LOBBY).kick("keeper", { status: 301 });
    await until("the room is over", () => !app.status().rooms.some(({ active }) => active));
    const stopping = app.stop();
    go();
    await stopping;
    expect(finished).toBe(true);
  });

  it("does not wait longer than its limit for a handler, and calls none after that", async () => {
    const log: string[] = [];
    let go = (): void => {};
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Stuck {
      @OnMessage() async hear(m: MessageReceived) {
        log.push(m.body);
        await new Promise<void>((resolve) => (go = resolve));
      }
    }
    // only the limit of the drain is that long
    class Hasty extends Clock {
      override now = () => Date.now();
      override monotonic = () => performance.now();
      override setTimeout = (callback: () => void, delayMs: number) =>
        systemClock.setTimeout(callback, delayMs === 5_000 ? 50 : delayMs);
    }
    const { app, enter, log: logged } = await startApp({ bots: [Stuck], clock: new Hasty() });
    const alice = await enter("alice");
    await alice.say("one");
    await alice.say("two");
    await until("the handler is at work", () => log.length === 1);
    await app.stop();
    expect(logged.complaints).toContain("warn Handlers were still at work when the application stopped");
    go();
    await app.idle();
    expect(log).toEqual(["one"]);
  });
});
