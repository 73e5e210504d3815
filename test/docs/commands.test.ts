// The guide to commands: its code compiles, and does what the text says.
import { afterAll, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import type { Class } from "../../src/bot/metadata.js";
import { cleanUp, startApp } from "../app/support/apps.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("commands.md", "commands");

cleanUp();
afterAll(() => guide[Symbol.dispose]());

it("what is said in private is answered there, by name or with the prefix", async () => {
  const [snippet] = guide.snippets("A first command");
  const bots = Object.values((await snippet?.load()) ?? {}) as Class[];
  const { enter } = await startApp({ bots });
  const alice = await enter("alice");
  for (const line of ["!roll 6", "keeper: roll 6"]) {
    await alice.whisper("keeper", line);
    expect(await alice.nextMessage()).toMatchObject({
      private: true,
      text: expect.stringMatching(/^alice rolled/),
    });
  }
  const direct = (body: string): void =>
    alice.send(xml("message", { to: "bot@example.org", type: "chat", id: body }, xml("body", null, body)));
  for (const line of ["!roll 6", "bot: roll 6"]) {
    direct(line);
    expect(await alice.nextMessage()).toMatchObject({
      nick: null,
      text: expect.stringMatching(/^alice rolled/),
    });
  }
});

/** Somebody in the room of the bot of a section: says a line, and tells what the bot says then, so many messages. */
async function bot(section: string): Promise<(line: string, answers?: number) => Promise<string[]>> {
  const [snippet] = guide.snippets(section);
  const bots = Object.values((await snippet?.load()) ?? {}) as Class[];
  const { enter } = await startApp({ bots });
  const alice = await enter("alice");
  return async (line, answers = 1) => {
    await alice.say(line);
    const heard: string[] = [];
    while (heard.length < answers) heard.push((await alice.nextMessage()).text);
    return heard;
  };
}

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it("a first command answers what it says, and what people are told", async () => {
  const say = await bot("A first command");
  expect((await say("!roll 6"))[0]).toMatch(/^alice rolled [1-6]$/);
  expect((await say("keeper, r 6 2 --loud"))[0]).toMatch(/^alice ROLLED [1-6], [1-6]$/);
  const usage = "!roll <sides:int> [times:int=1] [--loud]";
  expect(await say("!roll six")).toEqual([`sides: "six" is not a whole number. Usage: ${usage}`]);
  expect(await say("!rol 6")).toEqual(['There is no "rol". Did you mean !roll?']);
  expect(await say("!help")).toEqual([`${usage} – rolls dice`]);
});

it("templates give what the table says", async () => {
  const say = await bot("Templates");
  expect(await say('!poll open "what to eat" --for=5m')).toEqual(["what to eat is open for 300 s"]);
  expect(await say("!poll open x")).toEqual(["x is open for 60 s"]);
  expect(await say("!p vote x  cake, with cream")).toEqual(["alice votes cake, with cream"]);
  expect(await say("!wave @alice")).toEqual(["alice waves to alice"]);
});

it("texts are the bot's own", async () => {
  const say = await bot("What people are told");
  expect(await say("!wirf sechs")).toEqual([
    "„sechs“ ist nicht eine ganze Zahl. So geht es: !wirf <seiten:int>",
  ]);
  expect(await say("!wirf")).toEqual(["seiten fehlt. So geht es: !wirf <seiten:int>"]);
  expect(await say("!werfen")).toEqual(["!werfen kenne ich nicht"]);
});

it("answers come as they are returned", async () => {
  const say = await bot("Answers");
  expect(await say("!quote")).toEqual(["alice: as you wish"]);
  expect(await say("!count 3", 3)).toEqual(["1", "2", "3"]);
  expect(await say("!count 6")).toEqual(["I only count to five"]);
  expect(await say("!secret")).toEqual(["for you alone"]);
});

it("examples are run", async () => {
  const [snippet] = guide.snippets("Examples are tests");
  expect((await snippet?.load())?.["ran"]).toHaveLength(4);
});
