// The guide to testing: its code compiles, and does what the text says.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { testRoom } from "../../src/testing/index.js";
import { Bot } from "../../src/bot/decorators.js";
import { BUILD_TIMEOUT_MS, ensureBuilt, REGISTER } from "../app/support/commands.js";
import { authorFolder } from "../cli/loader/support/author.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("testing.md", "testing");

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);
afterAll(() => guide[Symbol.dispose]());

/** What the one function of a section resolves with. */
async function run(section: string, name: string): Promise<unknown> {
  const [snippet] = guide.snippets(section);
  const exported = (await snippet?.load()) as Record<string, () => Promise<unknown>>;
  return exported[name]?.();
}

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it.each([
  ["A room for a bot", "visit", ["Welcome, alice!", "for you alone"]],
  ["Time", "rings", ["alice: ring!", "Good morning, lobby"]],
  ["Services in a test", "asks", ["I do not know Rome", "Rome, then", "Rome: sun"]],
  [
    "A bot that moderates",
    "moderates",
    ["mallory is out", "mod moderator", "alice moderator", "zoe participant"],
  ],
  ["Invitations", "invited", ["boss", "keeper"]],
  ["Faults", "outage", ["live: one", "missed: two", "live: three"]],
])("%s: does what it says", async (section, name, outcome) => {
  expect(await run(section, name)).toEqual(outcome);
});

it("the room is open, semi-anonymous and not moderated, and the bot a participant", async () => {
  @Bot({ nick: "keeper" })
  class Keeper {}
  await using room = await testRoom(Keeper);
  await room.enter("alice");
  const seen = room.app.muc.getRoom(room.jid);
  const { affiliation, role } = seen?.me ?? {};
  expect([affiliation, role, seen?.getOccupant("alice")?.realJid]).toEqual(["none", "participant", null]);
  expect(room.server.room(room.jid).config).toMatchObject({
    membersOnly: false,
    moderatedRoom: false,
    whois: "moderators",
  });
});

it("runs with the test runner of Node", async () => {
  const folder = authorFolder({
    "keeper.test.ts": `import assert from "node:assert";
import { it } from "node:test";
import { Bot, OnMessage } from "mucwright";
import { testRoom } from "mucwright/testing";
@Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
class Keeper { @OnMessage("hello") hello(): string { return "hello yourself"; } }
it("says hello", async () => {
  const room = await testRoom(Keeper);
  await (await room.enter("alice")).say("hello");
  assert.equal((await room.nextReply()).body, "hello yourself");
  await room[Symbol.asyncDispose]();
});
`,
  });
  writeFileSync(`${folder}/other.test.ts`, 'import { it } from "node:test"; it("is there", () => {});\n');
  const args = ["--import", REGISTER, "--test", "keeper.test.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(stdout).toMatch(/pass 1$/m);
});

it("the tables name what rooms and their people have", async () => {
  @Bot({ nick: "keeper" })
  class Keeper {}
  await using room = await testRoom(Keeper);
  const alice = await room.enter("alice");
  const missing = (begin: string, there: object): readonly string[] => {
    const table = guide.text.slice(guide.text.indexOf(`| ${begin} | |`)).split("\n\n")[0] ?? "";
    const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = ""]) => cell);
    const names = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = ""]) => name));
    expect(names.length).toBeGreaterThan(9);
    return names.filter((name) => !(name in there));
  };
  expect([missing("of `room`", room), missing("of whoever has entered", alice)]).toEqual([[], []]);
});
