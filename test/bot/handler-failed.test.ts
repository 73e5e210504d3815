import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Bot, OnError, OnExit, OnMessage } from "../../src/bot/decorators.js";
import { HandlerFailed } from "../../src/bot/handler-failed.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom, turns } from "./support/bots-in-room.js";

const boom = new Error("the password is hunter2");

@Bot()
class Keeper {
  readonly failures: HandlerFailed[] = [];
  @OnMessage("throw") hear(): void {
    throw boom;
  }
  @OnMessage("reject") async later(): Promise<void> {
    await turns();
    throw boom;
  }
  @OnMessage(() => {
    throw boom;
  })
  filtered() {}
  @OnMessage("next") next(m: MessageReceived) {
    return m.body;
  }
  @OnExit() exit(): void {
    throw boom;
  }
  @OnError() failed(failure: HandlerFailed): void {
    this.failures.push(failure);
    throw new Error("this one as well");
  }
}

describe("a handler that fails", () => {
  it.each(["throw", "reject"])(
    "gives the room a reference, the log the details, and @OnError the event",
    async (how) => {
      const bots = new BotsInRoom(Keeper);
      await bots.enter();
      await bots.hears(how);
      const { failures } = bots.instances[0] as Keeper;
      const failure = failures.find(({ handler }) => !handler.includes("filter"));
      expect(failure).toBeInstanceOf(HandlerFailed);
      expect(failure).toMatchObject({
        type: "handlerFailed",
        error: boom,
        handler: how === "throw" ? "Keeper.hear" : "Keeper.later",
        event: { type: "message", body: how },
        ref: expect.stringMatching(/^[0-9a-f]{4}$/),
      });
      const said = bots.session.sent.map((stanza) => stanza.getChildText("body"));
      expect(said).toEqual([`Something went wrong (ref ${failure?.ref})`]);
      const logged = bots.log.records.find(({ fields }) => fields["ref"] === failure?.ref);
      expect(JSON.stringify(logged)).toContain(boom.message);
    },
  );

  it("that is an @OnError itself is in the log, and calls itself no more", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    await bots.hears("throw");
    const handlers = bots.log.records
      .filter(({ text }) => text === "A handler failed")
      .map(({ fields }) => fields["handler"]);
    expect(handlers.filter((name) => name === "Keeper.failed")).toHaveLength(2);
    expect((bots.instances[0] as Keeper).failures).toHaveLength(2);
    expect((await bots.hears("next")).at(-1)).toBe("next");
  });

  it("is told five times at once, and then once in 12 s: the log and @OnError get all", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    const told: number[] = [];
    for (let n = 0; n < 8; n++) told.push((await bots.hears("throw")).length);
    expect(told).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    bots.clock.advance(12_000);
    expect([(await bots.hears("throw")).length, (await bots.hears("throw")).length]).toEqual([1, 0]);
    const { failures } = bots.instances[0] as Keeper;
    expect(failures.filter(({ handler }) => handler === "Keeper.hear")).toHaveLength(10);
  });

  it("tells nothing to a room that we are out of", async () => {
    const bots = new BotsInRoom(Keeper);
    const room = await bots.enter();
    const left = room.leave();
    const x = xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, xml("status", { code: "110" }));
    bots.session.deliver(xml("presence", { from: "lobby@rooms.example.org/keeper", type: "unavailable" }, x));
    await left;
    await bots.idle();
    expect((bots.instances[0] as Keeper).failures.map(({ handler }) => handler)).toEqual(["Keeper.exit"]);
    expect(bots.log.complaints).not.toContain("warn An answer could not be sent");
  });
});
