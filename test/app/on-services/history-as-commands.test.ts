// What was said before the bot came is no command, whatever stands in the history.
import { expect, it } from "vitest";

import { Bot, Command, OnMessage, Require } from "../../../src/bot/decorators.js";
import { RawPeer, xml } from "../../support/raw-peer.js";
import { describeOnServices } from "../../support/services.js";
import { until } from "../support/apps.js";
import { RunningApp } from "../support/running-app.js";

@Bot()
class Keeper {
  static ran: string[] = [];
  @Command("ban <who>") @Require({ affiliation: "owner" }) ban(_m: unknown, { who }: { who: string }) {
    Keeper.ran.push(who);
  }
  @OnMessage("hello") hello() {
    Keeper.ran.push("hello");
  }
}

describeOnServices("a history", (service) => {
  it("in which the subject was set holds no commands behind that either", async () => {
    Keeper.ran = [];
    const room = service.room("subjects");
    const alice = await RawPeer.connect(await service.createAccount("alice"), "phone");
    await alice.join(room, "alice");
    await alice.openRoom(room);
    await alice.say(room, "!ban first");
    await alice.send(xml("message", { to: room, type: "groupchat" }, xml("subject", {}, "tea")));
    await alice.say(room, "!ban second");
    await alice.say(room, "hello");
    await until("all is said", () => alice.messagesIn(room).length === 3);
    await using bot = await RunningApp.startIn(service, room, Keeper);
    await bot.app.ready();
    await alice.say(room, "!ban third");
    await until("it is banned", () => Keeper.ran.includes("third"));
    expect(Keeper.ran).toEqual(["third"]);
    await alice.stop();
  });
});
