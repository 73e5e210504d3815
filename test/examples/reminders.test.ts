import { expect, it } from "vitest";

import { Reminders } from "../../examples/reminders.js";
import { runExamples, testRoom, type TestRoom } from "../../src/testing/index.js";

const MINUTE_MS = 60_000;

/** The room of the reminders, which tells them real addresses or does not. */
async function open({ anonymous = false } = {}): Promise<TestRoom<Reminders>> {
  const room = await testRoom(Reminders);
  if (!anonymous) room.server.room(room.jid).configure({ whois: "anyone" });
  return room;
}

it("answers as its examples say", async () => {
  expect(await runExamples(Reminders)).toHaveLength(3);
});

it("reminds at its time, by the nick of then, and nobody who has taken the nick of before", async () => {
  await using room = await open({ anonymous: true });
  const alice = await room.enter("alice");
  await alice.say("!remind me in 10m tea");
  expect((await room.nextReply()).body).toBe("alice: in 10 min");
  await alice.setNick("alicia");
  const thief = await room.enter("alice", { jid: "mallory@example.org" });
  await thief.say("!reminders");
  expect((await room.nextReply()).body).toBe("There is nothing to remind you of");
  await room.clock.advance(10 * MINUTE_MS - 1_000);
  await room.expectSilence();
  await room.clock.advance(2_000);
  expect((await room.nextReply()).body).toBe("alicia: tea");
  await room.clock.advance(10 * MINUTE_MS);
  await room.expectSilence();
});

it("keeps reminders of who has left, where they can be known again, until they are back", async () => {
  await using room = await open();
  const alice = await room.enter("alice", { jid: "alice@example.org" });
  await alice.say("!remind me in 10m tea");
  await room.nextReply();
  await alice.leave();
  const thief = await room.enter("alice", { jid: "mallory@example.org" });
  await room.clock.advance(20 * MINUTE_MS);
  await room.expectSilence();
  await room.enter("alicia", { jid: "alice@example.org" });
  await room.clock.advance(1_000);
  expect((await room.nextReply()).body).toBe("alicia: tea");
  await thief.leave();
});

it("tells in private what it was asked for in private, and lists it there only", async () => {
  await using room = await open();
  const alice = await room.enter("alice");
  await alice.whisper("memo", "!remind me in 10m present for bob");
  expect((await alice.nextMessage()).body).toBe("alice: in 10 min");
  await alice.say("!reminders");
  expect((await room.nextReply()).body).toBe("There is nothing to remind you of");
  expect((await alice.nextMessage()).body).toBe("There is nothing to remind you of");
  await alice.whisper("memo", "!reminders");
  expect((await alice.nextMessage()).body).toBe("1. present for bob, in 10 min");
  await room.clock.advance(10 * MINUTE_MS + 1_000);
  expect(await alice.nextMessage()).toMatchObject({ isPrivate: true, body: "present for bob" });
  await room.expectSilence();
});

it("is late when it was out, and then reminds", async () => {
  await using room = await open();
  const alice = await room.enter("alice");
  await alice.say("!remind me in 10s tea");
  await room.nextReply();
  const seat = room.app.muc.getRoom(room.jid);
  let wasOut = false;
  seat?.on("suspend", () => (wasOut = true));
  room.server.room(room.jid).kick("memo");
  await room.clock.advance(1_000);
  expect(wasOut).toBe(true);
  await room.clock.advance(10_000);
  expect(room.transcript.at(-1)?.text).toBe("alice: in 1 min");
  await room.clock.advance("5m");
  expect((await room.nextReply()).body).toBe("alice: tea");
});

it("takes ten from one person, and none for longer than a week", async () => {
  await using room = await open();
  const alice = await room.enter("alice");
  const answers: string[] = [];
  for (let n = 0; n < 11; n++) {
    await alice.say(`!remind me in ${n + 1}h no ${n + 1}`);
    answers.push((await room.nextReply()).body);
  }
  expect(answers[9]).toBe("alice: in 600 min");
  expect(answers[10]).toBe("Ten at a time are all that I keep in mind for you");
  await alice.say("!forget 11");
  expect((await room.nextReply()).body).toBe("You have no reminder 11: see !reminders");
  await alice.say("!forget 3");
  expect((await room.nextReply()).body).toBe("Forgotten: no 3");
  await alice.say("!remind me in 2w pay");
  expect((await room.nextReply()).body).toBe("I keep nothing in mind for more than a week");
});
