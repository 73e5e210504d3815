// Bots of which each room has one.
import { describe, expect, it } from "vitest";
import { scoped, singleton, Lifecycle } from "tsyringe";

import {
  Bot,
  Command,
  Cron,
  OnDirectMessage,
  OnEnter,
  OnExit,
  OnInvitation,
  OnMessage,
  OnStart,
  OnStop,
} from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import { Middleware, type HandlerCall } from "../../src/bot/guards/middleware.js";
import { inject, injectable } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { Room } from "../../src/muc/room.js";
import { testRoom } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeApp, startApp, until, type Started } from "./support/apps.js";

const CELLAR = "cellar@rooms.example.org";
const ATTIC = "attic@rooms.example.org";

cleanUp();

class Score {
  points = 0;
  @Command("score") score() {
    return `${++this.points} points`;
  }
}

@Bot({ rooms: [LOBBY, CELLAR], nick: "keeper", scope: "room", features: [Score] })
class Keeper {
  lines = 0;
  constructor(
    @inject(Room) readonly room: Room,
    @inject(Score) readonly score: Score,
  ) {}
  @OnMessage("count") count(m: MessageReceived) {
    return `${++this.lines} in ${this.room.jid.local}, ${this.room === m.room}`;
  }
}

function said({ server }: Started, room: string): string[] {
  const { transcript } = server.room(room);
  return transcript.filter(({ nick }) => nick === "keeper").map(({ body }) => body);
}

describe("a bot of scope room", () => {
  it("is another one in each room, with its room and its own features, and all else is the application's", async () => {
    const started = await startApp({ bots: [Keeper] });
    const { app, enter } = started;
    const [alice, bob] = [await enter("alice"), await enter("bob", CELLAR)];
    for (const body of ["count", "count", "!score"]) await alice.say(body);
    for (const body of ["count", "!score"]) await bob.say(body);
    await until("all is answered", () => said(started, LOBBY).length + said(started, CELLAR).length === 5);
    expect(said(started, LOBBY)).toEqual(["1 in lobby, true", "2 in lobby, true", "1 points"]);
    expect(said(started, CELLAR)).toEqual(["1 in cellar, true", "1 points"]);
    const [here, there] = [app.get(Keeper, LOBBY), app.get(Keeper, CELLAR)];
    expect([here.room.jid.local, there.room.jid.local]).toEqual(["lobby", "cellar"]);
    expect([here.score, there.score]).toEqual([app.get(Score, LOBBY), app.get(Score, CELLAR)]);
    expect(here.score).not.toBe(there.score);
    expect(() => app.get(Keeper)).toThrow("name the room");
    expect(() => app.get(Keeper, ATTIC)).toThrow("name the room");
  });

  it("lasts from the join to the final exit, over interruptions, and a later join has a new one", async () => {
    await using room = await testRoom(Keeper, { room: CELLAR });
    const { app, server, clock, bot: first } = room;
    first.lines = 7;
    let wasOut = false;
    app.muc.getRoom(CELLAR)?.on("suspend", () => (wasOut = true));
    server.expireSession("bot@example.org");
    await clock.advance("1m");
    expect([wasOut, app.muc.getRoom(CELLAR)?.active]).toEqual([true, true]);
    expect(app.get(Keeper, CELLAR)).toBe(first);
    await app.muc.getRoom(CELLAR)?.leave();
    expect(() => app.get(Keeper, CELLAR)).toThrow("name the room");
    await app.muc.join(CELLAR, "keeper").entered;
    expect(app.get(Keeper, CELLAR).lines).toBe(0);
  });

  it("is started before it hears anything and stopped after it heard all, in each room by itself", async () => {
    const order: string[] = [];
    let go = (): void => {};
    @Bot({ rooms: [LOBBY], nick: "keeper", scope: "room" })
    class Clerk {
      readonly name: string;
      constructor(@inject(Room) room: Room) {
        this.name = room.jid.local ?? "";
      }
      @OnStart() async start() {
        order.push(`${this.name} starts`);
        if (this.name === "cellar") await new Promise<void>((resolve) => (go = resolve));
        order.push(`${this.name} started`);
      }
      @OnEnter() enter() {
        order.push(`${this.name} entered`);
      }
      @OnExit() exit() {
        order.push(`${this.name} exit`);
      }
      @OnStop() async stop() {
        await Promise.resolve();
        order.push(`${this.name} stopped`);
      }
    }
    const { app } = await startApp({ bots: [Clerk] });
    await app.idle();
    expect(order.splice(0)).toEqual(["lobby starts", "lobby started", "lobby entered"]);
    const { room, entered } = app.muc.join(CELLAR, "keeper");
    await entered;
    expect(order.splice(0)).toEqual(["cellar starts"]);
    go();
    await app.idle();
    expect(order.splice(0)).toEqual(["cellar started", "cellar entered"]);
    await room.leave();
    await app.idle();
    expect(order.splice(0)).toEqual(["cellar exit", "cellar stopped"]);
    await app.stop();
    expect(order).toEqual(["lobby stopped"]);
  });

  it("that cannot be started or made in a later room is not called there, and others are", async () => {
    @Bot({ rooms: [LOBBY], nick: "keeper", scope: "room" })
    class Picky {
      constructor(@inject(Room) readonly room: Room) {
        if (room.jid.local === "attic") throw new Error("no attics");
      }
      @OnStart() start() {
        if (this.room.jid.local === "cellar") throw new Error("no cellars");
      }
      @OnMessage("hello") hello() {
        return "picky";
      }
      @Command("hello") command() {
        return "picky";
      }
      @OnStop() stop() {
        throw new Error(`stopped in ${this.room.jid.local}`);
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Friendly {
      @OnMessage("hello") hello() {
        return "friendly";
      }
    }
    const started = await startApp({ bots: [Picky, Friendly] });
    const { app, log, enter } = started;
    for (const jid of [CELLAR, ATTIC]) {
      await app.muc.join(jid, "keeper").entered;
      const alice = await enter("alice", jid);
      await alice.say("!hello");
      await alice.say("hello");
    }
    await until("both are answered", () => [CELLAR, ATTIC].every((jid) => said(started, jid).length === 2));
    await app.idle();
    expect([said(started, CELLAR), said(started, ATTIC)]).toEqual([
      ["friendly", "friendly"],
      ["friendly", "friendly"],
    ]);
    await app.muc.getRoom(CELLAR)?.leave();
    await app.stop();
    const logged = log.records.map(
      ({ text, fields }) => `${text}: ${(fields["error"] as Error | undefined)?.message}`,
    );
    expect(logged.filter((line) => line.includes("Picky") || line.includes("no c"))).toEqual([
      "A bot could not be started in a room: no cellars",
      expect.stringContaining("The bots of this room could not be made: "),
    ]);
    expect(logged.filter((line) => line.includes("stopped in"))).toEqual([
      "A handler failed while the application stopped: stopped in lobby",
    ]);
  });

  it("that cannot be made or started in the rooms of the start ends the start", async () => {
    const stopped: string[] = [];
    @Bot({ rooms: [LOBBY, CELLAR], nick: "keeper", scope: "room" })
    class Fails {
      constructor(@inject(Room) readonly room: Room) {}
      @OnStart() start() {
        if (this.room.jid.local === "cellar") throw new Error("no cellars");
      }
      @OnStop() stop() {
        stopped.push(String(this.room.jid.local));
      }
    }
    await expect(makeApp({ bots: [Fails] }).app.start()).rejects.toThrow("no cellars");
    expect(stopped).toEqual(["lobby"]);
    @Bot({ rooms: [LOBBY], nick: "keeper", scope: "room" })
    class Throws {
      constructor() {
        throw new Error("not made");
      }
    }
    const error = await makeApp({ bots: [Throws] })
      .app.start()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AuthoringError);
    expect((error as AuthoringError).mistakes.map(({ problem }) => problem)).toEqual([
      "it cannot be made: not made",
    ]);
  });

  it("comes into rooms by invitation, by its policy, and is called by the clock in each", async () => {
    const ticks: string[] = [];
    @Bot({ nick: "keeper", scope: "room", invitations: () => "accept" })
    class Guest {
      constructor(@inject(Room) readonly room: Room) {}
      @Cron("0 * * * *") tick() {
        ticks.push(String(this.room.jid.local));
      }
    }
    await using room = await testRoom(Guest);
    expect(room.bot.room.jid.toString()).toBe(LOBBY);
    const host = await room.server.enter(CELLAR, "host", { affiliation: "owner" });
    await host.invite("bot@example.org");
    await until("it is in", () => room.app.muc.getRoom(CELLAR)?.active === true);
    expect(room.app.get(Guest, CELLAR).room.jid.toString()).toBe(CELLAR);
    await room.clock.advance(60 * 60_000);
    await room.settled();
    expect(ticks.sort()).toEqual(["cellar", "lobby"]);
  });
});

describe("what constructors ask for", () => {
  it("is one for the application where it is a singleton, and never the first room's", async () => {
    @singleton()
    class Ledger {
      readonly rooms: Rooms;
      constructor(@inject(Rooms) rooms: Rooms) {
        this.rooms = rooms;
      }
    }
    @scoped(Lifecycle.ContainerScoped)
    class Diary {
      constructor(@inject(Room) readonly room: Room) {}
    }
    @injectable()
    class Pen {
      constructor(
        @inject(Room) readonly room: Room,
        @inject(Diary) readonly diary: Diary,
      ) {}
    }
    @injectable()
    class Reader {
      constructor(@inject(Diary) readonly diary: Diary) {}
    }
    @Bot({ rooms: [LOBBY, CELLAR], nick: "keeper", scope: "room", features: [Reader] })
    class Writer {
      constructor(
        @inject(Ledger) readonly ledger: Ledger,
        @inject(Pen) readonly pen: Pen,
        @inject(Diary) readonly diary: Diary,
        @inject(Reader) readonly reader: Reader,
      ) {}
    }
    const apps = [await startApp({ bots: [Writer] }), await startApp({ bots: [Writer] })] as const;
    const [here, there] = [apps[0].app.get(Writer, LOBBY), apps[0].app.get(Writer, CELLAR)];
    expect(here.ledger).toBe(there.ledger);
    expect(here.pen.room.jid.local).toBe("lobby");
    expect(there.pen.room.jid.local).toBe("cellar");
    expect([here.pen.diary, here.reader.diary]).toEqual([here.diary, here.diary]);
    expect([here.diary.room.jid.local, there.diary.room.jid.local]).toEqual(["lobby", "cellar"]);
    // two applications in one process share nothing
    expect(apps[1].app.get(Writer, LOBBY).ledger).not.toBe(here.ledger);
    expect(here.ledger.rooms.get(LOBBY)).toBe(apps[0].app.muc.getRoom(LOBBY));
  });

  it("is what `providers` give in place of a feature, for all rooms", async () => {
    const fake = new Score();
    const { app } = await startApp({ bots: [Keeper], providers: [{ token: Score, useValue: fake }] });
    expect([app.get(Keeper, LOBBY).score, app.get(Keeper, CELLAR).score]).toEqual([fake, fake]);
  });

  it("is no room, and nothing that each room has, where there is one for all rooms", async () => {
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Single {
      constructor(@inject(Room) readonly room: Room) {}
    }
    class Feature {
      constructor(@inject(Room) readonly room: Room) {}
    }
    @singleton()
    class Service {
      constructor(
        @inject(Room) readonly room: Room,
        @inject(Score) readonly score: Score,
      ) {}
    }
    class Gate extends Middleware {
      constructor(@inject(Room) readonly room: Room) {
        super();
      }
      handle(_call: HandlerCall, next: () => Promise<void>) {
        return next();
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper", use: [Gate], features: [Feature] })
    class Other {}
    @Bot({ rooms: [LOBBY], nick: "keeper", scope: "room", features: [Score] })
    class Asks {
      constructor(@inject(Service) readonly service: Service) {}
    }
    const error = await makeApp({ bots: [Single, Other, Asks] })
      .app.start()
      .catch((reason: unknown) => reason);
    const asks = "it is made for all rooms at once";
    expect((error as AuthoringError).mistakes.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      `Single (constructor): its parameter "room" asks for Room, and ${asks}`,
      `Feature (constructor): its parameter "room" asks for Room, and ${asks}`,
      `Service (constructor): its parameter "room" asks for Room, and ${asks}`,
      `Service (constructor): its parameter "score" asks for Score, of which each room has one, and ${asks}`,
      `Gate (constructor): its parameter "room" asks for Room, and ${asks}`,
    ]);
    for (const { fix } of (error as AuthoringError).mistakes) expect(fix).not.toBe("");
  });
});

it("what happens in no room is for no bot of scope room: that is a mistake", async () => {
  @Bot({ nick: "keeper", scope: "room" })
  class Doors {
    @OnInvitation() invited() {}
    @OnDirectMessage() told() {}
    @Cron("0 * * * *", { per: "bot" }) tick() {}
  }
  const error = await makeApp({ bots: [Doors] })
    .app.start()
    .catch((reason: unknown) => reason);
  expect((error as AuthoringError).mistakes.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
    'Doors.invited: it is for invitations, which is in no room, and Doors has scope "room"',
    'Doors.told: it is for what accounts write, which is in no room, and Doors has scope "room"',
    'Doors.tick: it is for a schedule with per: "bot", which is in no room, and Doors has scope "room"',
  ]);
});
