// Classes whose methods handle events for the bots that list them.
import { describe, expect, it } from "vitest";

import {
  Bot,
  Command,
  Cooldown,
  Cron,
  Example,
  OnDirectMessage,
  OnInvitation,
  OnJoin,
  OnMessage,
  OnStart,
  OnStop,
  Require,
  Use,
} from "../../src/bot/decorators.js";
import type { AuthoringError } from "../../src/bot/errors.js";
import { Middleware, type HandlerCall } from "../../src/bot/guards/middleware.js";
import { inject, injectable } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { runExamples, testRoom } from "../../src/testing/index.js";
import { cleanUp, LOBBY, makeApp, startApp, until } from "./support/apps.js";

const CELLAR = "cellar@rooms.example.org";

cleanUp();

async function mistakes(...bots: (new (...args: never[]) => object)[]): Promise<string[]> {
  const error = await makeApp({ bots })
    .app.start()
    .catch((reason: unknown) => reason);
  return (error as AuthoringError).mistakes.map(({ where, problem }) => `${where}: ${problem}`);
}

class Base {
  thrown = 0;
  @Command("roll [sides:int=6]")
  roll(_m: MessageReceived, { sides }: { sides: number }) {
    return `1d${sides}, throw ${++this.thrown}`;
  }
}
class Dice extends Base {
  @OnMessage("luck") luck() {
    return "luck is for dice";
  }
}

describe("features", () => {
  it("handle events behind the bot's own handlers, in their order, with what they inherit", async () => {
    class Polls {
      @OnMessage("luck") poll() {
        return "luck is for polls";
      }
      @OnJoin() greet() {
        return "polls greet";
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper", features: [Dice, Polls] })
    class Keeper {
      @OnMessage("luck") own() {
        return "luck is mine";
      }
    }
    await using room = await testRoom(Keeper);
    const alice = await room.enter("alice");
    expect((await room.nextReply()).body).toBe("polls greet");
    await alice.say("what luck");
    for (const body of ["luck is mine", "luck is for dice", "luck is for polls"])
      expect((await room.nextReply()).body).toBe(body);
    await alice.say("!roll 20");
    expect((await room.nextReply()).body).toBe("1d20, throw 1");
    await alice.say("!help");
    expect((await room.nextReply()).body).toContain("!roll [sides:int=6]");
    await alice.say("!rol");
    expect((await room.nextReply()).body).toContain("!roll");
  });

  it("are one object for all bots and rooms, which others may ask for, and hear what happens once", async () => {
    const heard: string[] = [];
    class Ears {
      @OnStart() start() {
        heard.push("start");
      }
      @OnMessage() hear(m: MessageReceived) {
        heard.push(m.body);
      }
      @OnStop() stop() {
        heard.push("stop");
      }
    }
    @Bot({ rooms: [LOBBY, CELLAR], nick: "keeper", features: [Ears, Dice] })
    class Keeper {
      constructor(@inject(Ears) readonly ears: Ears) {}
    }
    @Bot({ rooms: [LOBBY], nick: "keeper", prefix: "?", features: [Dice, Ears] })
    class Clerk {
      constructor(@inject(Ears) readonly ears: Ears) {}
    }
    const { app, enter } = await startApp({ bots: [Keeper, Clerk] });
    const ears = app.get(Ears);
    expect([app.get(Keeper).ears === ears, app.get(Clerk).ears === ears]).toEqual([true, true]);
    const [alice, bob] = [await enter("alice"), await enter("bob", CELLAR)];
    await alice.say("one");
    await until("it is heard", () => heard.length === 2);
    await bob.say("two");
    await until("it is heard", () => heard.length === 3);
    await alice.say("?roll 4");
    await until("it is answered", () =>
      alice.received.some((each) => each.toString().includes("1d4, throw 1")),
    );
    await app.stop();
    expect(heard).toEqual(["start", "one", "two", "stop"]);
  });

  it("that several bots list are told of once by the help, and by each prefix", async () => {
    @Bot({ rooms: [LOBBY], nick: "keeper", features: [Dice] })
    class One {}
    @Bot({ rooms: [LOBBY], nick: "keeper", features: [Dice] })
    class Two {
      @Command("two") two() {
        return "2";
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper", prefix: "?", features: [Dice] })
    class Other {}
    await using room = await testRoom([One, Two, Other]);
    const alice = await room.enter("alice");
    await alice.say("!help");
    expect((await room.nextReply()).body).toBe("!roll [sides:int=6]\n!two");
    await alice.say("?help");
    expect((await room.nextReply()).body).toBe("?roll [sides:int=6]");
    await alice.say("!roll 4");
    expect((await room.nextReply()).body).toBe("1d4, throw 1");
    await alice.say("?roll 4");
    expect((await room.nextReply()).body).toBe("1d4, throw 2");
  });

  it("of a room are there only, with whatever else its prefix is", async () => {
    @Bot({ rooms: [LOBBY, { jid: CELLAR, features: [Dice], prefix: "." }], nick: "keeper" })
    class Keeper {
      @Command("hello") hello() {
        return "hello";
      }
    }
    const { app, server, enter } = await startApp({ bots: [Keeper] });
    const [alice, bob] = [await enter("alice"), await enter("bob", CELLAR)];
    await alice.say("!roll");
    await alice.say("luck");
    await alice.say("!hello");
    await bob.say(".roll 8");
    await until("both are answered", () =>
      [server.room(LOBBY), server.room(CELLAR)].every(({ transcript }) =>
        transcript.some(({ nick }) => nick === "keeper"),
      ),
    );
    await app.idle();
    const said = (room: string) =>
      server
        .room(room)
        .transcript.filter(({ nick }) => nick === "keeper")
        .map(({ text }) => text);
    expect([said(LOBBY), said(CELLAR)]).toEqual([["hello"], ["1d8, throw 1"]]);
  });

  it("are started and stopped, and called by the clock, once, also those of single rooms", async () => {
    const calls: string[] = [];
    class Cellar {
      @OnStart() start() {
        calls.push("start");
      }
      @Cron("0 * * * *") tick() {
        calls.push("tick");
      }
      @OnStop() stop() {
        calls.push("stop");
      }
    }
    @Bot({ rooms: [{ jid: LOBBY, features: [Cellar] }, CELLAR], nick: "keeper" })
    class Keeper {}
    {
      await using room = await testRoom(Keeper);
      await room.clock.advance(60 * 60_000);
      await room.settled();
    }
    expect(calls).toEqual(["start", "tick", "stop"]);
  });

  it("stand behind what stands before the bot, and behind what stands before themselves", async () => {
    const passed: string[] = [];
    @injectable()
    class Gate extends Middleware {
      constructor(@inject(Rooms) readonly rooms: Rooms) {
        super();
      }
      async handle(call: HandlerCall, next: () => Promise<void>) {
        passed.push(`gate: ${call.handler}`);
        await next();
      }
    }
    class Lock extends Middleware {
      async handle(call: HandlerCall, next: () => Promise<void>) {
        passed.push(`lock: ${call.handler}`);
        await next();
      }
    }
    @Use(Lock)
    class Vault {
      @Command("open") @Require({ affiliation: "owner" }) open() {
        return "open";
      }
      @Command("look") look() {
        return "gold";
      }
    }
    @Require({ affiliation: "member" })
    @Bot({ rooms: [LOBBY], nick: "keeper", use: [Gate], features: [Vault] })
    class Keeper {}
    await using room = await testRoom(Keeper);
    const stranger = await room.enter("stranger");
    await stranger.say("!look");
    expect((await room.nextReply()).body).not.toBe("gold");
    const member = await room.enter("member", { affiliation: "member" });
    await member.say("!look");
    expect((await room.nextReply()).body).toBe("gold");
    await member.say("!open");
    expect((await room.nextReply()).body).not.toBe("open");
    expect(passed).toEqual(["gate: Vault.look", "lock: Vault.look"]);
  });

  it("count what a cooldown counts in all rooms together, and say what the bot says", async () => {
    class Slow {
      @Command("slow") @Cooldown({ per: "bot", limit: 1, windowMs: 60_000 }) slow() {
        return "done";
      }
    }
    @Bot({
      rooms: [
        { jid: LOBBY, features: [Slow] },
        { jid: CELLAR, features: [Slow] },
      ],
      nick: "keeper",
      texts: { cooldown: "langsam" },
    })
    class Keeper {}
    const { server, enter } = await startApp({ bots: [Keeper] });
    const answer = async (room: string): Promise<string> => {
      await (await enter("alice", room)).say("!slow");
      const answered = () => server.room(room).transcript.find(({ nick }) => nick === "keeper")?.text;
      await until("it is answered", () => answered() !== undefined);
      return answered() ?? "";
    };
    expect([await answer(LOBBY), await answer(CELLAR)]).toEqual(["done", "langsam"]);
  });

  it("have examples that are run, also those of single rooms", async () => {
    class Sums {
      @Command("sum <a:int> <b:int>")
      @Example("sum 1 2", "3")
      sum(_m: MessageReceived, { a, b }: { a: number; b: number }) {
        return String(a + b);
      }
    }
    class Names {
      @Command("name") @Example("name", "keeper") name(m: MessageReceived) {
        return m.room.nick;
      }
    }
    @Bot({ rooms: [LOBBY, { jid: CELLAR, features: [Names] }], nick: "keeper", features: [Sums] })
    class Keeper {}
    const ran = await runExamples(Keeper);
    expect(ran.map(({ handler, passed }) => [handler, passed])).toEqual([
      ["Sums.sum", true],
      ["Names.name", true],
    ]);
  });
});

describe("mistakes in features", () => {
  it("are told with those of the bot, each once, by the names of their classes", async () => {
    class Twice {
      @Command("roll") roll() {}
      @Command("bad <" as string) bad() {}
      @Cron("never") never() {}
    }
    class Needs {
      constructor(readonly rooms: Rooms) {}
      @OnMessage() hear() {}
    }
    Reflect.deleteMetadata("design:paramtypes", Needs);
    @Bot()
    class Other {}
    const wrong = [Dice, Twice, Needs, Other, { roll: 1 }, undefined] as unknown as (typeof Dice)[];
    @Bot({
      rooms: [
        { jid: LOBBY, features: wrong },
        { jid: CELLAR, features: wrong },
      ],
      nick: "keeper",
      features: [Dice],
      scope: "rooms" as "room",
    })
    class Keeper {}
    expect(await mistakes(Keeper)).toEqual([
      "Needs (constructor): its constructor has parameters, and nothing says that they are to be filled in",
      'Keeper: its scope is "rooms"',
      expect.stringContaining('Twice.bad: the template "bad <" cannot be read'),
      'Twice.roll: the command "roll" is that of Dice.roll already',
      "Keeper: Other is among its features, and is a bot of its own",
      "Keeper: an object (Object) is among its features, and is no class",
      "Keeper: undefined is among its features, and is no class",
      expect.stringContaining("Twice.never: "),
    ]);
  });

  it("are told of a list that is none, and of what a room's feature would never be called for", async () => {
    class Doors {
      @OnInvitation() invited() {}
      @OnDirectMessage() told() {}
      @Cron("0 * * * *", { per: "bot" }) tick() {}
    }
    @Bot({ rooms: [{ jid: LOBBY, features: [Doors] }], nick: "keeper", features: Dice as never })
    class Keeper {}
    const why = "is in no room, and it is among the features of a room of Keeper only";
    expect(await mistakes(Keeper)).toEqual([
      "Keeper: its features are no list",
      `Doors.invited: it is for invitations, which ${why}`,
      `Doors.told: it is for what accounts write, which ${why}`,
      `Doors.tick: it is for a schedule with per: "bot", which ${why}`,
    ]);
    @Bot({ nick: "keeper", features: [Doors] })
    class Fine {}
    expect(await mistakes(Keeper, Fine)).toEqual(["Keeper: its features are no list"]);
  });
});
