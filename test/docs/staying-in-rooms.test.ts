// The page about staying in rooms: its code compiles, and does what the text says.
import { afterAll, expect, it } from "vitest";

import type { Class } from "../../src/bot/metadata.js";
import { cleanUp, LOBBY, makeServer, startApp, until } from "../app/support/apps.js";
import { Guide } from "../support/guide.js";

const STAFF = "staff@rooms.example.org";
const guide = new Guide("staying-in-rooms.md", "staying");
const [keeper] = guide.snippets("Causes of being out");

cleanUp();
afterAll(() => guide[Symbol.dispose]());

it("compiles", { timeout: 60_000 }, async () => {
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
