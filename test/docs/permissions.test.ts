// The guide to permissions and limits: its code compiles, and does what the text says.
import { afterAll, expect, it } from "vitest";

import { Clock, systemClock } from "../../src/base/clock.js";
import { isBotClass } from "../../src/bot/metadata.js";
import { testRoom, type TestUser } from "../../src/testing/index.js";
import { cleanUp, LOBBY, startApp } from "../app/support/apps.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const guide = new Guide("permissions-and-limits.md", "permissions");

cleanUp();
afterAll(() => guide[Symbol.dispose]());

type Options = Partial<Parameters<typeof startApp>[0]>;

/** The bot of a section in its room. */
async function started(section: string, options: Options = {}): ReturnType<typeof startApp> {
  const [snippet] = guide.snippets(section);
  const bots = Object.values((await snippet?.load()) ?? {}).filter(isBotClass);
  return startApp({ bots, ...options });
}

async function answer(user: TestUser, line: string): Promise<string> {
  await user.say(line);
  return (await user.nextMessage()).text;
}

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it("lets those who may, and tells others so", async () => {
  const { server, enter } = await started("@Require: permissions");
  const bob = await enter("bob");
  expect(await answer(bob, "!lock")).toBe("You may not do that");
  expect(await answer(bob, "!whoami")).toMatch(/^bob: role participant, affiliation none, /);
  expect(await answer(bob, "!why lock")).toBe(
    "!lock: takes affiliation admin or more, or jid that is let in",
  );
  expect(await answer(bob, "!help")).toBe("There is nothing here for you to ask for");
  const admin = await server.enter(LOBBY, "ann", { affiliation: "admin" });
  expect(await answer(admin, "!lock")).toBe("The room is locked");
});

it("counts, and answers one command that is too many", async () => {
  const { enter } = await started("@Cooldown: rate limits");
  const alice = await enter("alice");
  expect(await answer(alice, "!joke")).toBe("Knock, knock");
  expect(await answer(alice, "!joke")).toBe("Knock, knock");
  expect(await answer(alice, "!joke")).toMatch(/^Too often: wait \d+ s$/);
  await alice.say("!joke");
  expect(await answer(alice, "!help joke")).toBe("!joke");
});

it("goes through a middleware that the application makes", async () => {
  for (const [hour, said] of [
    [9, "It is on its way"],
    [23, "Come back at eight"],
  ] as const) {
    const useValue = Object.create(systemClock, {
      now: { value: () => Date.UTC(2026, 0, 1, hour) },
    }) as Clock;
    const { enter } = await started("Middlewares", { providers: [{ token: Clock, useValue }] });
    expect(await answer(await enter("alice"), "!order tea")).toBe(said);
  }
});

it("asks back, and takes the answer", async () => {
  const { enter } = await started("ctx.ask: questions");
  const alice = await enter("alice");
  expect(await answer(alice, "!wipe")).toBe("Really?");
  expect(await answer(alice, "yes")).toBe("Wiped");
  expect(await answer(alice, "!wipe")).toBe("Really?");
  expect(await answer(alice, "!wipe")).toBe("Then not");
});

it("hears everybody who answers, and nobody afterwards", async () => {
  const [snippet] = guide.snippets("ctx.answers: several answers");
  const [Vote] = Object.values((await snippet?.load()) ?? {}).filter(isBotClass);
  await using room = await testRoom(Vote as new () => object);
  const people = [await room.enter("alice"), await room.enter("bob"), await room.enter("carol")];
  await people[0]?.say("!vote Tea at five?");
  expect((await room.nextReply()).body).toBe("Tea at five?");
  await Promise.all(people.map((user, index) => user.say(index === 1 ? "no" : "yes")));
  await people[0]?.say("yes");
  await room.clock.advance("30s");
  expect((await room.nextReply()).body).toBe("2 agree");
  await people[1]?.say("yes");
  await room.expectSilence();
});
