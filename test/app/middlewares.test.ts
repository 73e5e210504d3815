// middlewares are made by the application, each class once
import { describe, expect, it } from "vitest";

import { Bot, Command, Use } from "../../src/bot/decorators.js";
import { AuthoringError } from "../../src/bot/errors.js";
import { Middleware, type HandlerCall } from "../../src/bot/guards/middleware.js";
import { injectable } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import { cleanUp, LOBBY, makeApp, startApp, until } from "./support/apps.js";

describe("the middlewares of an application", () => {
  cleanUp();

  it("get what they ask for, and are one instance for all handlers of all bots", async () => {
    const made: Counts[] = [];
    @injectable()
    class Counts extends Middleware {
      constructor(readonly rooms: Rooms) {
        super();
        made.push(this);
      }
      calls = 0;
      handle(_call: HandlerCall, next: () => Promise<void>) {
        this.calls++;
        return next();
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper", use: [Counts] })
    class Keeper {
      @Command("a") a() {
        return "a";
      }
      @Command("b") @Use(Counts) b() {
        return "b";
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Other {
      @Command("c") @Use(Counts) c() {
        return "c";
      }
    }
    const { enter } = await startApp({ bots: [Keeper, Other] });
    const alice = await enter("alice");
    await alice.say("!a");
    await alice.say("!b");
    await alice.say("!c");
    await until("all were called", () => made[0]?.calls === 4);
    expect(made).toHaveLength(1);
    expect(made[0]?.rooms).toBeInstanceOf(Rooms);
  });

  it("keep it from starting where they cannot be made, all of them at once", async () => {
    class Unmarked extends Middleware {
      constructor(readonly rooms: Rooms) {
        super();
      }
      handle() {}
    }
    Reflect.deleteMetadata("design:paramtypes", Unmarked);
    class Breaks extends Middleware {
      constructor() {
        super();
        throw new Error("no database");
      }
      handle() {}
    }
    @Bot({ rooms: [LOBBY], use: [Unmarked] })
    class Keeper {
      @Command("a") @Use(Breaks) a() {}
    }
    @Bot({ rooms: [LOBBY] })
    class Second {
      @Command("b") @Use(Breaks) b() {}
    }
    const one = await makeApp({ bots: [Keeper] })
      .app.start()
      .catch((error: unknown) => error);
    expect(one).toBeInstanceOf(AuthoringError);
    expect((one as AuthoringError).message).toContain(
      "Unmarked (constructor): its constructor has parameters",
    );
    const two = await makeApp({ bots: [Second] })
      .app.start()
      .catch((error: unknown) => error);
    expect(two).toBeInstanceOf(AuthoringError);
    expect((two as AuthoringError).message).toContain("Breaks: it cannot be made: no database");
  });
});
