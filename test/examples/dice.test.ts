import { expect, it } from "vitest";

import { Dice } from "../../examples/dice.js";
import { runExamples, testRoom } from "../../src/testing/index.js";

it("answers as its examples say", async () => {
  expect((await runExamples(Dice)).map(({ input }) => input)).toEqual([
    "dice: roll 6",
    "dice: roll 2 3",
    "dice: r 6 1000",
    "dice: roll six",
  ]);
});

it("rolls for who addresses it, by the nick that it has now, and for nobody else", async () => {
  await using room = await testRoom(Dice);
  const alice = await room.enter("alice");
  for (const line of ["roll 6", "!roll 6", "who has dice? roll 6"]) await alice.say(line);
  await room.expectSilence();
  await room.app.muc.getRoom(room.jid)?.setNick("bones");
  await alice.say("dice: roll 6");
  await room.expectSilence();
  await alice.say("bones: roll 6 20");
  expect((await room.nextReply()).body).toMatch(/^alice rolls (?:[1-6], ){19}[1-6]$/);
});
