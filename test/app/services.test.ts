// What bots, features and middlewares ask for together.
import { describe, expect, it } from "vitest";

import { Bot, Command, Use } from "../../src/bot/decorators.js";
import { Middleware, type HandlerCall } from "../../src/bot/guards/middleware.js";
import { injectable, singleton } from "../../src/bot/injection.js";
import type { Class } from "../../src/bot/metadata.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { testRoom, type TestRoom } from "../../src/testing/index.js";

/** A bot that keeps a list of whom a middleware is to keep quiet, both with a service of that mark. */
function keeper(
  mark: () => (target: new () => object) => void,
): Class<object> & (new (...args: never[]) => object) {
  class Muted {
    readonly uids = new Set<string>();
  }
  mark()(Muted);
  @injectable()
  class NotMuted extends Middleware {
    constructor(readonly muted: Muted) {
      super();
    }
    handle(call: HandlerCall, next: () => Promise<void>) {
      if (this.muted.uids.has(call.occupant?.uid ?? "")) return call.refuse("muted", "You are muted");
      return next();
    }
  }
  @Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
  class Keeper {
    constructor(readonly muted: Muted) {}

    @Command("mute") mute(m: MessageReceived) {
      this.muted.uids.add(m.occupant.uid);
      return "muted";
    }
    @Command("hi") @Use(NotMuted) hi() {
      return "hi";
    }
  }
  return Keeper;
}

async function answers(room: TestRoom): Promise<string[]> {
  const alice = await room.enter("alice");
  await alice.say("!mute");
  await alice.say("!hi");
  return [(await room.nextReply()).body, (await room.nextReply()).body];
}

const warned = ({ log }: TestRoom): unknown[] =>
  log.map(({ fields }) => [fields["service"], fields["askedForBy"]]);

describe("a service that several ask for", () => {
  it("is one for the application where it is marked so, and none of another application's", async () => {
    const bot = keeper(singleton);
    await using room = await testRoom(bot);
    await using other = await testRoom(bot);
    expect([await answers(room), warned(room)]).toEqual([["muted", "You are muted"], []]);
    const bob = await other.enter("bob");
    await bob.say("!hi");
    expect((await other.nextReply()).body).toBe("hi");
  });

  it("is one for each who asks where it is not, and the log says so", async () => {
    await using room = await testRoom(keeper(injectable));
    expect([await answers(room), warned(room)]).toEqual([
      ["muted", "hi"],
      [["Muted", ["Keeper", "NotMuted"]]],
    ]);
  });
});
