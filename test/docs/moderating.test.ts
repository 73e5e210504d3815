// The guide to moderating: its code compiles, and does what the text says.
import { afterAll, describe, expect, it } from "vitest";

import { isBotClass } from "../../src/bot/metadata.js";
import {
  testRoom,
  TestServiceError,
  type TestRoom,
  type TestRoomOptions,
  type TestUser,
} from "../../src/testing/index.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("moderating.md", "moderating");

afterAll(() => guide[Symbol.dispose]());

async function open(section: string, options: TestRoomOptions): Promise<TestRoom> {
  const [snippet] = guide.snippets(section);
  const bot = Object.values((await snippet?.load()) ?? {}).find(isBotClass);
  return testRoom(bot as new () => object, options);
}

async function answer(room: TestRoom, user: TestUser, line: string): Promise<string> {
  await user.say(line);
  return (await room.nextReply()).body;
}

const ranks = (room: TestRoom): readonly string[] =>
  room.server.room(room.jid).occupants.map(({ nick, role }) => `${nick} ${role}`);

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

describe("a bot that moderates", () => {
  const SECTION = "A bot that moderates";

  it("gives voice, takes it, kicks, bans, and sets the subject", async () => {
    await using room = await open(SECTION, { affiliation: "admin" });
    const alice = await room.enter("alice", { affiliation: "admin" });
    const bob = await room.enter("bob");
    expect(await answer(room, alice, "!mute @bob")).toBe("bob may listen");
    expect(ranks(room)).toContain("bob visitor");
    expect(await answer(room, alice, "!voice bob")).toBe("bob may speak");
    expect(ranks(room)).toContain("bob participant");
    await alice.say("!topic Tea at five");
    await room.expectSilence();
    expect(room.server.room(room.jid).subject).toBe("Tea at five");
    expect(await answer(room, alice, "!kick bob too loud")).toBe("bob is out");
    await bob.join();
    expect(await answer(room, alice, "!ban bob")).toBe("bob is banned");
    expect(room.server.room(room.jid).affiliations.get("bob@example.org")).toBe("outcast");
    expect(ranks(room)).toEqual(["mod moderator", "alice moderator"]);
    expect(await answer(room, alice, "!kick mod")).toBe("Not me");
  });

  it("does nothing for who may not", async () => {
    await using room = await open(SECTION, { affiliation: "admin" });
    const bob = await room.enter("bob");
    expect(await answer(room, bob, "!kick bob")).toBe("You may not do that");
    const carol = await room.enter("carol", { role: "moderator" });
    expect(await answer(room, carol, "!voice bob")).toBe("bob may speak");
    expect(await answer(room, carol, "!ban bob")).toBe("You may not do that");
  });

  it("says what the room does not let it do: without rights, and to who has more", async () => {
    await using room = await open(SECTION, {});
    const alice = await room.enter("alice", { affiliation: "owner" });
    await room.enter("bob");
    expect(await answer(room, alice, "!kick bob")).toBe("The room does not let me: not-allowed");
    expect(ranks(room)).toContain("bob participant");
    await using other = await open(SECTION, { affiliation: "admin" });
    const owner = await other.enter("alice", { affiliation: "owner" });
    expect(await answer(other, owner, "!kick alice")).toBe("The room does not let me: not-allowed");
  });
});

it("makes members, lists them, and lifts bans, of accounts that are not there", async () => {
  await using room = await open("Members, admins, and bans that stay", { affiliation: "admin" });
  const alice = await room.enter("alice", { affiliation: "admin" });
  for (const who of ["dan", "carol"])
    expect(await answer(room, alice, `!member add ${who}@example.org`)).toBe(
      `${who}@example.org is a member`,
    );
  await alice.say("!members");
  expect([(await room.nextReply()).body, (await room.nextReply()).body]).toEqual([
    "carol@example.org",
    "dan@example.org",
  ]);
  expect(await answer(room, alice, "!member remove dan@example.org")).toBe(
    "dan@example.org is none any more",
  );
  room.server.room(room.jid).setAffiliation("bob@example.org", "outcast");
  await expect(room.enter("bob")).rejects.toBeInstanceOf(TestServiceError);
  expect(await answer(room, alice, "!unban bob@example.org")).toBe("bob@example.org may come back");
  await room.enter("bob");
});

it("configures its room, and moves it", async () => {
  await using room = await open("Configuration", { affiliation: "owner" });
  const alice = await room.enter("alice", { affiliation: "owner" });
  const service = room.server.room(room.jid);
  service.configure({ roomName: "The lobby" });
  expect(await answer(room, alice, "!quiet on")).toBe("Only who has voice may speak");
  expect(service.config).toMatchObject({ moderatedRoom: true, roomName: "The lobby" });
  expect(await answer(room, alice, "!quiet off")).toBe("All may speak");
  await alice.say("!move to den@rooms.example.org");
  await room.settled();
  expect(service.exists).toBe(false);
});

it("is tested as the guide tests it", async () => {
  const [snippet] = guide.snippets("Testing it");
  const { throwsOut } = ((await snippet?.load()) ?? {}) as { readonly throwsOut: () => Promise<unknown> };
  expect(await throwsOut()).toEqual(["You may not do that", "bob is out", "mod", "alice"]);
});
