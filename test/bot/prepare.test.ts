import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { LanguageMap } from "../../src/base/language-map.js";
import { BOT_MARK } from "../../src/bot/bot-mark.js";
import { Bot, Command, OnMessage, OnPrivateMessage } from "../../src/bot/decorators.js";
import { Reply } from "../../src/bot/reply.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { BotsInRoom } from "./support/bots-in-room.js";

const mark = [xml("bot", { xmlns: BOT_MARK })];

@Bot()
class Echo {
  @OnMessage((m) => !m.body.startsWith("!")) echo(m: MessageReceived) {
    return m.body;
  }
  @OnPrivateMessage() whispered() {
    return "psst";
  }
  @Command("lines <n:int>") lines(_m: MessageReceived, { n }: { n: number }) {
    return Array.from({ length: n }, (_, index) => `line ${index}`);
  }
  @Command("long") long(m: MessageReceived) {
    return new Reply(m, { body: `${"alice ".repeat(700)}bob`, mentions: ["bob"], thread: "t" });
  }
  @Command("both") both(m: MessageReceived) {
    return new Reply(m, {
      body: LanguageMap.from({ en: `${"x".repeat(3_000)} end`, de: "kurz" }),
    });
  }
}

async function room(): Promise<BotsInRoom> {
  const bots = new BotsInRoom(Echo);
  await bots.enter();
  bots.comes("alice");
  return bots;
}

describe("what a bot says", () => {
  it("has the mark of bots", async () => {
    const bots = await room();
    await bots.hears("hello");
    await bots.whispers("hello");
    expect(bots.session.sent.map((stanza) => stanza.getChildren("bot", BOT_MARK).length)).toEqual([1, 1]);
  });

  it("is said in several messages where it is long, with what belongs to it as a whole on the first", async () => {
    const bots = await room();
    const lines = await bots.hears("!long");
    expect(lines.map((line) => Buffer.byteLength(line) <= 3_000)).toEqual([true, true]);
    expect(lines.join(" ")).toBe(`${"alice ".repeat(700)}bob`);
    const parts = bots.session.sent;
    const has = (name: string): boolean[] => parts.map((stanza) => stanza.getChild(name) !== undefined);
    expect(has("reply")).toEqual([true, false]);
    expect(has("thread")).toEqual([true, true]);
    expect(has("bot")).toEqual([true, true]);
    // who is named in the last part is marked there
    expect(has("reference")).toEqual([false, true]);
    expect(new Set(parts.map(({ attrs }) => attrs["id"])).size).toBe(2);
  });

  it("is split in each of its languages", async () => {
    const bots = await room();
    await bots.hears("!both");
    const bodies = bots.session.sent.map((stanza) =>
      stanza.getChildren("body").map((body) => `${body.attrs["xml:lang"]} ${body.text().length}`),
    );
    expect(bodies).toEqual([["en 3000", "de 4"], ["en 3"]]);
  });
});

describe("bots that answer each other", () => {
  it("come to an end: so many that say that they are bots are answered in a minute, of all in the room", async () => {
    const bots = await room();
    bots.comes("robot");
    const answered: number[] = [];
    for (let i = 0; i < 15; i++)
      answered.push(
        (await bots.hears(`${i}`, { nick: i % 2 === 0 ? "alice" : "robot", extra: mark })).length,
      );
    expect(answered.join("")).toBe("111111111100000");
    expect(bots.log.complaints).toEqual([
      "warn Somebody was answered too often in a minute, as in a loop of bots: no more for now",
    ]);
    // people are answered, and so are bots a minute later
    expect(await bots.hears("hello")).toEqual(["hello"]);
    bots.clock.advance(60_000);
    expect(await bots.hears("hello", { extra: mark })).toEqual(["hello"]);
  });

  it("and those that say nothing of the kind later, however many lines an answer has", async () => {
    const bots = await room();
    expect(await bots.hears("!lines 50")).toHaveLength(50);
    let answers = 0;
    for (let i = 0; i < 3_100; i++) answers += (await bots.hears("hello")).length;
    expect(answers).toBe(2_999);
    bots.comes("bob");
    expect(await bots.hears("hello", { nick: "bob" })).toEqual(["hello"]);
  });

  it("two of ours in one room do", async () => {
    const one = await room();
    const other = await room();
    one.comes("other");
    other.comes("other");
    let lines = await one.hears("hello", { nick: "alice" });
    let rounds = 0;
    for (; lines.length > 0 && rounds < 100; rounds++) {
      const [sayer, hearer] = rounds % 2 === 0 ? [one, other] : [other, one];
      const extra = sayer.session.sent.at(-1)?.getChildren("bot") ?? [];
      lines = await hearer.hears(lines[0] ?? "", { nick: "other", extra });
    }
    expect(rounds).toBe(21);
  });
});
