import { expect, it } from "vitest";

import { Polls } from "../../examples/poll.js";
import { runExamples, testRoom, type TestRoom, type TestUser } from "../../src/testing/index.js";

/** Says a line; what is answered in the room. */
async function answer(room: TestRoom, user: TestUser, line: string): Promise<string> {
  await user.say(line);
  return (await room.nextReply()).body;
}

/** A room with a poll about tea and coffee, by somebody who is a member. */
async function polled(): Promise<{ room: TestRoom<Polls>; alice: TestUser }> {
  const room = await testRoom(Polls);
  const alice = await room.enter("alice", { affiliation: "member" });
  expect(await answer(room, alice, "!poll start Tea or coffee?")).toMatch(/^What are the answers\?/);
  expect(await answer(room, alice, "tea, coffee,")).toBe("Tea or coffee?\n1. tea\n2. coffee");
  return { room, alice };
}

it("answers as its examples say", async () => {
  expect(await runExamples(Polls)).toHaveLength(3);
});

it("asks, takes answers and votes, and counts", async () => {
  const { room, alice } = await polled();
  await using _ = room;
  const bob = await room.enter("bob");
  expect(await answer(room, alice, "!poll start Milk?")).toBe('One at a time: "Tea or coffee?" is open');
  expect(await answer(room, alice, "!poll add tea")).toContain("3. tea");
  expect(await answer(room, alice, "!poll vote 1")).toBe("alice votes for tea");
  expect(await answer(room, bob, "!poll vote 3")).toBe("bob votes for tea");
  for (const number of [0, 4, -1])
    expect(await answer(room, bob, `!poll vote ${number}`)).toBe(`There is no answer ${number}`);
  expect(await answer(room, alice, "!poll close")).toBe("Tea or coffee?\n1 for tea\n0 for coffee\n1 for tea");
  expect(await answer(room, alice, "!poll close")).toBe("There is no poll");
});

it("lets members ask and close, and everybody vote", async () => {
  const { room } = await polled();
  await using _ = room;
  const bob = await room.enter("bob");
  for (const line of ["!poll start Milk?", "!poll add milk", "!poll close"])
    expect(await answer(room, bob, line)).toBe("You may not do that");
  expect(await answer(room, bob, "!poll vote 1")).toBe("bob votes for tea");
});

it("goes on while it asks for the answers, takes them from who was asked, and does without", async () => {
  await using room = await testRoom(Polls);
  const alice = await room.enter("alice", { affiliation: "member" });
  const bob = await room.enter("bob");
  await answer(room, alice, "!poll start Tea?");
  expect(await answer(room, bob, "!poll vote 1")).toBe("There is no answer 1");
  await bob.say("yes, no");
  await room.expectSilence();
  await room.clock.advance(61_000);
  expect((await room.nextReply()).body).toBe("Tea?");
  expect(await answer(room, alice, "!poll add yes")).toBe("Tea?\n1. yes");
});

it("gives one vote to a person, however they are called, and none to who has taken a nick", async () => {
  const { room, alice } = await polled();
  await using _ = room;
  const bob = await room.enter("bob");
  await answer(room, bob, "!poll vote 1");
  await bob.setNick("robert");
  await answer(room, bob, "!poll vote 2");
  const thief = await room.enter("bob", { jid: "mallory@example.org" });
  await answer(room, thief, "!poll vote 2");
  expect(await answer(room, alice, "!poll close")).toBe("Tea or coffee?\n0 for tea\n2 for coffee");
});

it.each([
  ["tells addresses", { whois: "anyone" as const }],
  ["tells nothing but occupant-ids", {}],
])("gives one vote to who leaves and comes back, where the room %s", async (_name, config) => {
  const { room, alice } = await polled();
  await using _ = room;
  room.server.room(room.jid).configure(config);
  const bob = await room.enter("bob", { jid: "bob@example.org" });
  await answer(room, bob, "!poll vote 1");
  await bob.leave();
  const back = await room.enter("robert", { jid: "bob@example.org" });
  await answer(room, back, "!poll vote 2");
  await back.leave();
  expect(await answer(room, alice, "!poll close")).toBe("Tea or coffee?\n0 for tea\n1 for coffee");
});

it("is another one in each room", async () => {
  const { room, alice } = await polled();
  await using _ = room;
  const den = "den@rooms.example.org";
  room.server.room(den).open();
  await room.app.muc.join(den, "pollster").entered;
  const carol = await room.server.enter(den, "carol");
  await carol.say("!poll vote 1");
  expect((await carol.nextMessage()).body).toBe("There is no poll");
  expect(await answer(room, alice, "!poll vote 1")).toBe("alice votes for tea");
});

it("says nothing of a poll that was closed while its answers were asked for", async () => {
  await using room = await testRoom(Polls);
  const alice = await room.enter("alice", { affiliation: "member" });
  const bob = await room.enter("bob", { affiliation: "member" });
  await answer(room, alice, "!poll start Tea?");
  expect(await answer(room, bob, "!poll close")).toBe("Tea?");
  await alice.say("yes, no");
  await room.expectSilence();
  expect(await answer(room, bob, "!poll vote 1")).toBe("There is no poll");
});
