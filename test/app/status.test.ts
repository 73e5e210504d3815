// Knowing how the rooms of an application stand.
import { describe, expect, it } from "vitest";

import { Bot } from "../../src/bot/decorators.js";
import { inject } from "../../src/bot/injection.js";
import { Rooms } from "../../src/bot/rooms.js";
import { cleanUp, LOBBY, makeApp, makeServer, startApp, until, type Started } from "./support/apps.js";

const OTHER = "other@rooms.example.org";

cleanUp();

@Bot({ rooms: [LOBBY, OTHER], nick: "bot" })
class Sitter {
  constructor(@inject(Rooms) readonly rooms: Rooms) {}
}

const statusOf = ({ app }: Pick<Started, "app">, room: string) =>
  app.status().rooms.find(({ jid }) => jid.equals(room));
const restarted = async (started: Started): Promise<void> => {
  started.server.room(OTHER).kick("bot", { status: 332 });
  await until("it is out", () => statusOf(started, OTHER)?.active === false);
};

describe("the status of a room", () => {
  it("says since when it is active", async () => {
    const before = Date.now();
    const started = await startApp({ bots: [Sitter] });
    const status = statusOf(started, LOBBY);
    expect(status).toMatchObject({
      active: true,
      state: "active",
      cause: null,
      reason: null,
      nextAttemptAt: null,
    });
    expect(status?.since?.getTime()).toBeGreaterThanOrEqual(before);
    expect(status?.since?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it("says of one that will come back why and since when it is out, and when it is tried again", async () => {
    const rejoin = { minDelayMs: 600_000, maxDelayMs: 600_000 };
    const started = await startApp({ bots: [Sitter], rejoin });
    const activeSince = statusOf(started, OTHER)?.since?.getTime() ?? 0;
    await restarted(started);
    const status = statusOf(started, OTHER);
    expect(status).toMatchObject({ state: "waiting", cause: "systemShutdown" });
    expect(status?.since?.getTime()).toBeGreaterThanOrEqual(activeSince);
    expect(status?.nextAttemptAt?.getTime()).toBeGreaterThan(status?.since?.getTime() ?? 0);
    expect([started.app.status().ready, statusOf(started, LOBBY)?.active]).toEqual([false, true]);
  });

  it("says of one that never let us in why, since when, and when it is tried again", async () => {
    const server = makeServer();
    server.unreachable("rooms.example.org");
    const { app } = makeApp({ bots: [Sitter], rejoin: { minDelayMs: 20, maxDelayMs: 40 } }, server);
    await app.start();
    await until("it was tried twice", () => (app.muc.getRoom(LOBBY)?.outage?.attempt ?? 0) >= 2);
    expect(statusOf({ app }, LOBBY)).toMatchObject({ active: false, cause: "refused" });
    await until("it waits", () => statusOf({ app }, LOBBY)?.nextAttemptAt !== null);
    server.unreachable("rooms.example.org", false);
    await app.ready();
    expect(statusOf({ app }, LOBBY)).toMatchObject({ active: true, cause: null });
  });

  it("is kept of one that is over, with the reason, and the bot is not where it should be", async () => {
    const started = await startApp({ bots: [Sitter] });
    started.server.room(OTHER).kick("bot", { status: 301, reason: "spam" });
    await until("it is over", () => statusOf(started, OTHER)?.state === "left");
    expect(statusOf(started, OTHER)).toMatchObject({
      active: false,
      cause: "banned",
      reason: "spam",
      nextAttemptAt: null,
    });
    expect(started.app.status().ready).toBe(false);
  });

  it("is that of the new stay once it is joined again", async () => {
    const started = await startApp({ bots: [Sitter] });
    started.server.room(OTHER).kick("bot", { status: 322 });
    await until("it is over", () => statusOf(started, OTHER)?.state === "left");
    await started.app.muc.join(OTHER, "bot").entered;
    await until("it is ready", () => started.app.status().ready);
    expect(started.app.status().rooms.map(({ state }) => state)).toEqual(["active", "active"]);
  });

  it("is not kept of one that was left on purpose, and nothing is missing then", async () => {
    const started = await startApp({ bots: [Sitter] });
    await started.app.muc.getRoom(OTHER)?.leave();
    expect(started.app.status().rooms).toHaveLength(1);
    expect(started.app.status().ready).toBe(true);
  });

  it("of one that nobody named at the start is kept, but counts only while it is not over; the latest hundred are", async () => {
    const started = await startApp({ bots: [Sitter] });
    const { app, server } = started;
    const names = Array.from({ length: 103 }, (_, n) => `r${n}@rooms.example.org`);
    for (const name of names) {
      server.room(name).open();
      await app.muc.join(name, "bot").entered;
      server.room(name).kick("bot", { status: 301 });
      await until("it is over", () => app.muc.getRoom(name) === undefined);
    }
    expect(app.status().ready).toBe(true);
    const over = app.status().rooms.filter(({ state }) => state === "left");
    expect(over.map(({ jid }) => jid.toString())).toEqual(names.slice(3));
  });
});
