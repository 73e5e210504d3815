// The page about staying in rooms: its code compiles, and does what the text says.
import { afterAll, expect, it } from "vitest";

import type { Class } from "../../src/bot/metadata.js";
import { cleanUp, LOBBY, makeServer, startApp, until } from "../app/support/apps.js";
import { COMPILE_TIMEOUT_MS, Guide } from "../support/guide.js";

const STAFF = "staff@rooms.example.org";
const guide = new Guide("staying-in-rooms.md", "staying");
const [scribe] = guide.snippets("What was missed");
const [keeper] = guide.snippets("onCause: another policy");

cleanUp();
afterAll(() => guide[Symbol.dispose]());

it("compiles", { timeout: COMPILE_TIMEOUT_MS }, async () => {
  expect(await guide.compile()).toEqual([]);
});

it("who is kicked comes back after five minutes; in the staff's room not at all", async () => {
  const server = makeServer();
  const bots = Object.values((await keeper?.load()) ?? {}) as Class[];
  const { app } = await startApp({ bots }, server);
  const nick = app.muc.getRoom(LOBBY)?.nick ?? "";
  for (const room of [LOBBY, STAFF]) server.room(room).kick(nick);
  await until("it is out", () => app.muc.rooms.size === 1 && app.muc.getRoom(LOBBY)?.state === "waiting");
  const { since, nextAttemptAt } = app.muc.getRoom(LOBBY)?.outage ?? {};
  expect((nextAttemptAt?.getTime() ?? 0) - (since?.getTime() ?? 0)).toBe(300_000);
});

it("the scribe has what was said before, meanwhile and now, each once, and says so", async () => {
  const server = makeServer();
  server.room(LOBBY).open();
  const alice = await server.enter(LOBBY, "alice");
  await alice.say("before");
  const [Scribe] = Object.values((await scribe?.load()) ?? {}) as (Class & (new () => { lines: string[] }))[];
  if (Scribe === undefined) throw new Error("The guide exports no scribe");
  const { app } = await startApp({ bots: [Scribe] }, server);
  await alice.say("there");
  server.expireSession("bot@example.org");
  await alice.say("meanwhile");
  expect((await alice.nextMessage()).text).toBe("I have read what I missed: 1");
  await alice.say("now");
  const { lines } = app.get(Scribe);
  await until("all is handled", () => lines.at(-1) === "live now");
  expect(lines).toEqual(["replay before", "live there", "missed meanwhile", "live now"]);
});
