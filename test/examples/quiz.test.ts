import { expect, it } from "vitest";

import { Questions, Quiz } from "../../examples/quiz.js";
import { runExamples, testRoom, type TestRoom, type TestUser } from "../../src/testing/index.js";

const providers = [{ token: Questions, useValue: { all: [{ question: "1 + 1?", answer: "two" }] } }];

async function people(room: TestRoom): Promise<{ alice: TestUser; bob: TestUser }> {
  return { alice: await room.enter("alice"), bob: await room.enter("bob") };
}

const next = async (room: TestRoom): Promise<string> => (await room.nextReply()).body;

it("answers as its examples say", async () => {
  expect(await runExamples(Quiz)).toHaveLength(1);
});

it("gives the point to whoever is right first, of all who answer at once, and counts on under another nick", async () => {
  await using room = await testRoom(Quiz, { providers });
  const { alice, bob } = await people(room);
  await alice.say("!quiz");
  expect(await next(room)).toBe("1 + 1?");
  await Promise.all([alice.say("three"), bob.say("Two"), alice.say("two")]);
  expect(await next(room)).toBe("two it is, bob! That makes 1");
  await bob.setNick("bobby");
  await bob.say("!quiz");
  await next(room);
  await bob.say(" two ");
  expect(await next(room)).toBe("two it is, bobby! That makes 2");
});

it("tells what nobody knows, when the time is over", async () => {
  await using room = await testRoom(Quiz, { providers });
  const { alice } = await people(room);
  await alice.say("!quiz");
  await next(room);
  await alice.say("three");
  await room.clock.advance("19s");
  await room.expectSilence();
  await room.clock.advance("1s");
  expect(await next(room)).toBe("Nobody knows: it is two");
});

it("holds up nobody in the room where somebody plays it in private", async () => {
  await using room = await testRoom(Quiz, { providers });
  const { alice, bob } = await people(room);
  await alice.whisper("quizzer", "!quiz");
  await alice.nextMessage({ private: true });
  await bob.say("!quiz");
  expect(await next(room)).toBe("1 + 1?");
});

it("is on once in a room, and again when it is over, also where nobody is left", async () => {
  await using room = await testRoom(Quiz, { providers });
  const { alice, bob } = await people(room);
  await alice.say("!quiz");
  await next(room);
  await alice.whisper("quizzer", "!quiz");
  expect((await alice.nextMessage()).body).toBe("1 + 1?");
  expect((await alice.nextMessage()).body).toBe("A quiz is on");
  await alice.leave();
  await bob.leave();
  await room.clock.advance("20s");
  expect(await next(room)).toBe("Nobody knows: it is two");
  const carol = await room.enter("carol");
  await carol.say("!quiz");
  expect(await next(room)).toBe("1 + 1?");
});
