// Corrections as messages, for those who ask for them.
import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import {
  Bot,
  Command,
  OnDirectMessage,
  OnMention,
  OnMessage,
  OnMessageUpdate,
} from "../../src/bot/decorators.js";
import { DirectMessageReceived } from "../../src/muc/events/direct-message.js";
import { MessageUpdated } from "../../src/muc/events/message-update.js";
import { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom } from "./support/bots-in-room.js";

const correcting = (id: string) => [xml("replace", { xmlns: "urn:xmpp:message-correct:0", id })];

@Bot()
class Keeper {
  readonly heard: string[] = [];
  @OnMessage() plain(m: MessageReceived) {
    this.heard.push(`plain ${m.body}`);
  }
  @OnMessage("x", { corrections: true }) corrected(m: MessageReceived) {
    this.heard.push(`corrected ${m.body} of ${m.replaces}`);
  }
  @OnMention({ corrections: true }) mention(m: MessageReceived) {
    this.heard.push(`mention ${m.body}`);
  }
  @OnMessageUpdate() update(e: MessageUpdated) {
    this.heard.push(`${e.kind} of ${e.targetId}`);
  }
  @Command("once") once() {
    this.heard.push("once");
  }
  @Command("again", { corrections: true }) again(m: MessageReceived) {
    this.heard.push(`again ${m.replaces}`);
  }
}

async function heard(...lines: readonly [body: string, replaces?: string][]): Promise<string[]> {
  const bots = new BotsInRoom(Keeper);
  await bots.enter();
  bots.comes("alice");
  for (const [body, replaces] of lines)
    await bots.hears(body, { nick: "alice", extra: replaces === undefined ? [] : correcting(replaces) });
  return (bots.instances[0] as Keeper).heard;
}

describe("a correction", () => {
  it("reaches as a message only who asks for it, as the message that it makes of the earlier one", async () => {
    expect(await heard(["an x"], ["another x", "m1"])).toEqual([
      "plain an x",
      "corrected an x of null",
      "correction of m1",
      "corrected another x of m1",
    ]);
    expect(await heard(["hey"], ["hey keeper", "m1"])).toEqual([
      "plain hey",
      "correction of m1",
      "mention hey keeper",
    ]);
  });

  it("runs no command a second time, but where the command asks for it", async () => {
    expect(await heard(["!once"], ["!once", "m1"])).toEqual(["once", "correction of m1"]);
    expect(await heard(["!again"], ["!again", "m1"])).toEqual(["again null", "correction of m1", "again m1"]);
  });

  it("of what somebody else said, or nobody that we heard, is no message", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    for (const nick of ["alice", "mallory"]) bots.comes(nick);
    await bots.hears("!again", { nick: "alice" });
    await bots.hears("!again", { nick: "mallory", extra: correcting("m1") });
    bots.goes("alice");
    bots.goes("mallory", "alice");
    await bots.hears("!again x", { nick: "alice", extra: correcting("m1") });
    await bots.hears("an x", { nick: "alice", extra: correcting("m0") });
    expect((bots.instances[0] as Keeper).heard).toEqual([
      "again null",
      "correction of m1",
      "correction of m1",
      "correction of m0",
    ]);
  });

  it("of what was written outside of rooms is no new message", async () => {
    @Bot()
    class Direct {
      @OnDirectMessage() hear(m: DirectMessageReceived) {
        return `heard ${m.body}`;
      }
    }
    const bots = new BotsInRoom(Direct);
    bots.listen();
    expect(await bots.writes("one")).toEqual(["alice@example.org/phone: heard one"]);
    expect(await bots.writes("two", "alice@example.org/phone", correcting("d1"))).toEqual([]);
  });

  it("of an unknown command is not answered", async () => {
    const bots = new BotsInRoom(Keeper);
    await bots.enter();
    bots.comes("alice");
    expect(await bots.hears("!onse", { nick: "alice", extra: correcting("m1") })).toEqual([]);
  });
});
