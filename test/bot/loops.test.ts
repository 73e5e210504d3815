// What would go on for ever without anybody who answers: with each other, or with what the room says to that.
import { expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { BOT_MARK } from "../../src/bot/bot-mark.js";
import { Bot, On, OnMessage, OnMessageFailed, OnMessageUpdate } from "../../src/bot/decorators.js";
import { BotsInRoom } from "./support/bots-in-room.js";

const ROOM = "lobby@rooms.example.org";

@Bot()
class Talker {
  @OnMessage("hi") hi() {
    return "hello";
  }
  @OnMessageFailed() failed() {
    return "that was not passed on";
  }
  @OnMessageUpdate() update() {
    return "changed your mind?";
  }
  @On("serviceMessage") service() {
    return "who says that?";
  }
}

/** How much is said when `next` happens so often, each time after all else is over. */
async function saidTo(times: number, next: (bots: BotsInRoom) => void): Promise<number> {
  const bots = new BotsInRoom(Talker);
  await bots.enter();
  bots.comes("alice");
  await bots.hears("hi");
  for (let i = 0; i < times; i++) {
    next(bots);
    await bots.idle();
  }
  return bots.lines.length - 1;
}

it("a bot that has no voice, and says so, comes to an end", async () => {
  const refuse = ({ session }: BotsInRoom): void => {
    const forbidden = xml("forbidden", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
    const { id } = session.sent.at(-1)?.attrs ?? {};
    session.deliver(
      xml("message", { from: ROOM, type: "error", id }, xml("error", { type: "auth" }, forbidden)),
    );
  };
  expect(await saidTo(100, refuse)).toBe(10);
});

it("bots that answer corrections with corrections come to an end", async () => {
  const extra = [
    xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m1" }),
    xml("bot", { xmlns: BOT_MARK }),
  ];
  expect(await saidTo(100, (bots) => bots.says("hm", { extra }))).toBe(10);
});

it("whoever is not among the occupants is counted too, and so is the room", async () => {
  expect(await saidTo(3_100, (bots) => bots.says("hi", { nick: "hidden" }))).toBe(3_000);
  const word = xml("message", { from: ROOM, type: "groupchat" }, xml("body", null, "no links here"));
  expect(await saidTo(3_100, ({ session }) => session.deliver(word))).toBe(3_000);
});
