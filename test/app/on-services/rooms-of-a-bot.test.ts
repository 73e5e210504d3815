// A bot of which each room has one, with features, in rooms that others come into: the same on all services.
import { expect, it } from "vitest";

import { createBotApp } from "../../../src/app/bot-app.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Bot, Command, OnExit, OnMessage, OnStart, OnStop } from "../../../src/bot/decorators.js";
import { inject } from "../../../src/bot/injection.js";
import type { MessageReceived } from "../../../src/muc/events/messages.js";
import { Room } from "../../../src/muc/room.js";
import { RawPeer } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { until } from "../support/apps.js";

const order: string[] = [];

class Tally {
  #count = 0;
  @Command("add [points:int=1]") add(_m: MessageReceived, { points }: { points: number }) {
    return `${(this.#count += points)} points`;
  }
}
class Doors {
  @OnMessage("knock") open() {
    return "come in";
  }
}

@Bot({ scope: "room", features: [Tally] })
class Clerk {
  constructor(@inject(Room) readonly room: Room) {}
  #note(what: string): void {
    order.push(`${this.room.jid.local?.split("-")[0]} ${what}`);
  }
  @OnStart() start() {
    this.#note("start");
  }
  @OnExit() exit() {
    this.#note("exit");
  }
  @OnStop() stop() {
    this.#note("stop");
  }
}

describeOnServices("a bot of scope room", (service) => {
  it("counts in each room by itself, from the join to the final exit", async () => {
    order.length = 0;
    const [hall, den] = [service.room("hall"), service.room("den")];
    const account = await service.createAccount("clerk");
    const app = createBotApp({
      ...account,
      bots: [Clerk],
      nick: "clerk",
      rooms: [hall, { jid: den, features: [Doors], prefix: "." }],
      logger: silentLogger,
    });
    await app.ready();
    const alice = await RawPeer.connect(await service.createAccount("alice"), "phone");
    const heard = (room: string): string[] =>
      alice.received
        .filter(({ attrs }) => attrs["from"] === `${room}/clerk` && attrs["type"] === "groupchat")
        .flatMap((stanza) => stanza.getChildText("body") ?? []);
    try {
      for (const room of [hall, den]) await alice.join(room, "alice");
      for (const text of ["!add 5", "!add", "knock"]) await alice.say(hall, text);
      for (const text of ["!add", ".add 7", "knock"]) await alice.say(den, text);
      await until("all is answered", () => heard(hall).length === 2 && heard(den).length === 2);
      expect(heard(hall)).toEqual(["5 points", "6 points"]);
      expect(heard(den)).toEqual(["7 points", "come in"]);
      const before = app.get(Clerk, den);
      await app.muc.destroyRoom(den, { reason: "moving" });
      await until("its bot was stopped", () => order.length === 4);
      await app.muc.join(den, "clerk").entered;
      expect(app.get(Clerk, den)).not.toBe(before);
      await alice.join(den, "alice");
      await alice.say(den, ".add 1");
      await until("it is answered", () => heard(den).length === 3);
      expect(heard(den)[2]).toBe("1 points");
    } finally {
      await app.stop();
      await alice.stop();
    }
    expect(order).toEqual([
      "hall start",
      "den start",
      "den exit",
      "den stop",
      "den start",
      "den stop",
      "hall stop",
    ]);
  });
});
