// What is called when an application starts and stops.
import { describe, expect, it } from "vitest";

import { Bot, OnMessage, OnStart, OnStop } from "../../src/bot/decorators.js";
import { HandlerContext } from "../../src/bot/handler-context.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import type { SessionError } from "../../src/xmpp/session-error.js";
import { cleanUp, LOBBY, makeApp, startApp, until } from "./support/apps.js";
import { ManualClock } from "../support/manual-clock.js";

cleanUp();

describe("@OnStart and @OnStop", () => {
  it("are called in order and in reverse: before anything is heard, and while the room can still be spoken to", async () => {
    const order: string[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class First {
      @OnStart() async one(ctx: HandlerContext) {
        await Promise.resolve();
        order.push(`one ${ctx.signal.aborted}`);
      }
      @OnStart() two() {
        order.push("two");
      }
      @OnMessage() hear(m: MessageReceived) {
        order.push(`hears ${m.body}`);
      }
      @OnStop() shut() {
        order.push("shut");
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Second {
      @OnStart() three() {
        order.push("three");
      }
      @OnStop() async lock() {
        order.push(`lock, ${app.muc.getRoom(LOBBY)?.active}`);
      }
      @OnStop() bolt() {
        order.push("bolt");
      }
    }
    const { app, enter } = await startApp({ bots: [First, Second] });
    const alice = await enter("alice");
    await alice.say("hello");
    await until("it is heard", () => order.includes("hears hello"));
    await app.stop();
    await app.stop();
    expect(order).toEqual(["one false", "two", "three", "hears hello", "bolt", "lock, true", "shut"]);
  });

  it("that fails ends the start, and only who was started is stopped", async () => {
    const order: string[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Fine {
      @OnStart() begin() {
        order.push("begin");
      }
      @OnStop() end() {
        order.push("end");
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Broken {
      @OnStart() begin() {
        throw new Error("no database");
      }
      @OnStop() end() {
        order.push("broken end");
      }
    }
    const { app } = makeApp({ bots: [Fine, Broken] });
    await expect(app.start()).rejects.toThrow("no database");
    expect([order, app.status().session]).toEqual([["begin", "end"], "stopped"]);
    expect(await app.closed).toMatchObject({ message: "no database" });
  });

  it("that fails or hangs at the stop keeps nobody else from it, and the stop is over in time", async () => {
    const order: string[] = [];
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Keeper {
      @OnStop() last() {
        order.push("last");
      }
      @OnStop() hangs(ctx: HandlerContext) {
        ctx.signal.addEventListener("abort", () => order.push("aborted"));
        return new Promise<void>(() => {});
      }
      @OnStop() fails() {
        throw new Error("boom");
      }
    }
    const clock = new ManualClock();
    const { app, log } = await startApp({ bots: [Keeper], clock });
    let over = false;
    const stopping = app.stop().then(() => (over = true));
    await until("time may go on", () => {
      clock.advance(100);
      return over;
    });
    await stopping;
    expect(order).toEqual(["aborted", "last"]);
    expect(log.complaints.filter((each) => each.includes("while the application stopped"))).toHaveLength(2);
  });

  it("that takes too long ends the start", async () => {
    @Bot({ rooms: [LOBBY] })
    class Slow {
      @OnStart() begin() {
        return new Promise<void>(() => {});
      }
    }
    const { app } = makeApp({ bots: [Slow], handlerTimeoutMs: 20 });
    await expect(app.start()).rejects.toThrow("Slow.begin took longer than 20 ms");
  });

  describe("while the application is stopped", () => {
    const order: string[] = [];
    let go: () => void = () => {};
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class First {
      @OnStart() async begin() {
        order.push("begins");
        await new Promise<void>((resolve) => (go = resolve));
        order.push("has begun");
      }
      @OnStop() end() {
        order.push("ends");
      }
    }
    @Bot({ rooms: [LOBBY], nick: "keeper" })
    class Second {
      @OnStart() begin() {
        order.push("second begins");
      }
      @OnStop() end() {
        order.push("second ends");
      }
    }
    async function stopped(clock?: ManualClock) {
      order.length = 0;
      const { app } = makeApp({ bots: [First, Second], ...(clock !== undefined && { clock }) });
      const started = app.start().catch((error: SessionError) => error.code);
      await until("it begins", () => order.length === 1);
      return { stopping: app.stop().then(() => order.push("stopped")), started };
    }

    it("is waited for, and followed by no other start", async () => {
      const { stopping, started } = await stopped();
      go();
      await stopping;
      expect(await started).toBe("stopped");
      expect(order).toEqual(["begins", "has begun", "ends", "stopped"]);
    });

    it("is waited for no longer than all else, and stopped when it is over", async () => {
      const clock = new ManualClock();
      const { stopping, started } = await stopped(clock);
      await until("the stop waits", () => clock.pending > 1);
      clock.advance(5_000);
      await stopping;
      go();
      expect(await started).toBe("stopped");
      expect(order).toEqual(["begins", "stopped", "has begun", "ends"]);
    });
  });

  it("has nowhere to say anything", async () => {
    const said: unknown[] = [];
    @Bot({ rooms: [LOBBY] })
    class Keeper {
      @OnStart() async begin(ctx: HandlerContext) {
        said.push(await ctx.say("hello").catch((error: Error) => error.name));
      }
    }
    await startApp({ bots: [Keeper] });
    expect(said).toEqual(["NotJoinedError"]);
  });
});
