import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { compileBot } from "../../src/bot/compile.js";
import { Bot, Command, OnHistory, OnMessage } from "../../src/bot/decorators.js";
import { Router } from "../../src/bot/router.js";
import { MessageReceived, type MessageSource } from "../../src/muc/events/messages.js";
import { stranger } from "../../src/muc/occupant.js";
import { ManualClock } from "./support/clock.js";
import { recordLog } from "./support/log.js";
import { BotsInRoom, message } from "./support/bots-in-room.js";

@Bot()
class Keeper {
  readonly heard: string[] = [];
  @OnMessage() live(m: MessageReceived) {
    this.heard.push(`live ${m.body}`);
  }
  @OnMessage({ missed: true }) both(m: MessageReceived) {
    this.heard.push(`both ${m.body}`);
  }
  @OnMessage("x", { missed: true }) text() {
    this.heard.push("text");
  }
  @Command("now") now() {
    this.heard.push("now");
  }
  @Command("later", { missed: true }) later() {
    this.heard.push("later");
  }
}

@Bot()
class Archivist {
  readonly heard: string[] = [];
  @OnHistory() past(m: MessageReceived) {
    this.heard.push(`${m.source} ${m.body}`);
  }
  @OnMessage() live(m: MessageReceived) {
    this.heard.push(`live ${m.body}`);
  }
  @OnMessage({ missed: true }) both(m: MessageReceived) {
    this.heard.push(`both ${m.body}`);
  }
}

async function heardOf(body: string, source: MessageSource): Promise<string[]> {
  const room = await new BotsInRoom().enter();
  const keeper = new Keeper();
  const router = new Router([{ ...compileBot(Keeper, "!").bot, instances: new Map([[Keeper, keeper]]) }], {
    signal: new AbortController().signal,
    logger: recordLog().logger,
    clock: new ManualClock(),
    handlerTimeoutMs: 60_000,
  });
  const from = `${room.jid.toString()}/alice`;
  const message = new MessageReceived(room, xml("message", { from }, xml("body", null, body)), {
    occupant: stranger(room.jid, "alice", null),
    nick: "alice",
    source,
    receivedAtMs: 0,
    ownNick: "keeper",
    languages: [],
    voice: { answer: () => Promise.resolve(), answerPrivately: () => Promise.resolve() },
  });
  if (router.wants(message)) await router.route(message);
  return keeper.heard;
}

describe("what was said while the bot was out", () => {
  it("reaches the handlers that ask for it, and a command is still no ordinary message", async () => {
    expect(await heardOf("x", "live")).toEqual(["live x", "both x", "text"]);
    expect(await heardOf("x", "missed")).toEqual(["both x", "text"]);
    expect(await heardOf("!now", "missed")).toEqual([]);
    expect(await heardOf("!later", "missed")).toEqual(["later"]);
    expect(await heardOf("!nobody", "missed")).toEqual([]);
  });

  it.each(["replay", "reflection"] as const)(
    "is something else than a %s, which reaches nobody",
    async (source) => {
      expect(await heardOf("x", source)).toEqual([]);
      expect(await heardOf("!later", source)).toEqual([]);
    },
  );

  it("is history, too: of a gap between two sessions, each line once and in order, before what is live again", async () => {
    const bots = new BotsInRoom(Archivist);
    await bots.enter();
    const delay = xml("delay", { xmlns: "urn:xmpp:delay", stamp: "2026-01-01T00:00:00Z" });
    bots.says("before");
    bots.session.renew();
    await new Promise((resolve) => setImmediate(resolve));
    bots.comes("there");
    bots.comes("keeper", undefined, ["110"]);
    bots.session.deliver(message("before", { id: "m1", extra: [delay] }));
    bots.session.deliver(message("meanwhile", { id: "m2", extra: [delay] }));
    bots.session.deliver(message("after", { id: "m3" }));
    await bots.idle();
    expect((bots.instances[0] as Archivist).heard).toEqual([
      "live before",
      "both before",
      "missed meanwhile",
      "both meanwhile",
      "live after",
      "both after",
    ]);
  });
});
