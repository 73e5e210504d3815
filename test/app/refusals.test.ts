import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { createBotApp } from "../../src/app/bot-app.js";
import { Logger } from "../../src/base/logger.js";
import { Bot, OnMessage } from "../../src/bot/decorators.js";
import type { HandlerContext } from "../../src/bot/handler-context.js";
import { BotOptions } from "../../src/bot/rooms.js";
import type { MessageReceived } from "../../src/muc/events/messages.js";
import { JoinError } from "../../src/muc/join-error.js";
import { cleanUp, LOBBY, makeApp, makeServer, PASSWORD, startApp, until } from "./support/apps.js";

cleanUp();

@Bot({ rooms: [LOBBY], nick: "keeper" })
class Keeper {}

describe("rooms that refuse", () => {
  const bots = (...rooms: string[]) => {
    @Bot({ rooms, nick: "keeper" })
    class Sitter {}
    return [Sitter];
  };

  it("for good, all of them: the application ends with a JoinError", async () => {
    const server = makeServer();
    for (const name of ["one", "two"])
      server.room(`${name}@rooms.example.org`).open().configure({ membersOnly: true });
    const { app } = makeApp({ bots: bots("one@rooms.example.org", "two@rooms.example.org") }, server);
    await expect(app.ready()).rejects.toThrow(JoinError);
    expect(await app.closed).toMatchObject({ reason: "membersOnly" });
    expect(app.status().session).toBe("stopped");
  });

  it("while one lets us in: the application goes on, is not where it should be, and the log tells of the other", async () => {
    const server = makeServer();
    server.room("two@rooms.example.org").open().configure({ membersOnly: true });
    const { app, log } = await startApp(
      { bots: bots("one@rooms.example.org", "two@rooms.example.org") },
      server,
    );
    const refused = () => app.status().rooms.find(({ state }) => state === "left");
    await until("the other has refused", () => refused() !== undefined);
    expect(app.status().ready).toBe(false);
    expect(refused()).toMatchObject({ active: false, cause: "membersOnly", nextAttemptAt: null });
    expect(log.complaints.filter((each) => each.startsWith("error"))).toEqual([
      expect.stringContaining("two@rooms.example.org cannot be joined: only members may enter"),
    ]);
  });

  it("for now: the application stays, and is not ready", async () => {
    const server = makeServer();
    server.unreachable("elsewhere.example.org");
    const { app } = makeApp({ bots: bots("one@rooms.example.org", "two@elsewhere.example.org") }, server);
    await app.start();
    await until("one room is active", () => app.status().rooms.some(({ active }) => active));
    expect(app.status()).toMatchObject({ ready: false, rooms: [{ active: true }, { active: false }] });
  });

  it("the nick: another one is taken", async () => {
    const server = makeServer();
    await server.enter(LOBBY, "keeper");
    const { app } = await startApp({ bots: [Keeper] }, server);
    expect(app.muc.getRoom(LOBBY)?.nick).toBe("keeper-2");
  });
});

describe("a session that there is not", () => {
  it("ends the application with what is in the way", async () => {
    const server = makeServer({ accounts: { "bot@example.org": "another" } });
    const { app } = makeApp({ bots: [Keeper] }, server);
    await expect(app.start()).rejects.toMatchObject({ code: "credentials" });
    expect(await app.closed).toMatchObject({ code: "credentials" });
  });

  it("is not asked for with options that are missing", async () => {
    await expect(createBotApp({ bots: [Keeper] }).start()).rejects.toThrow("MUCWRIGHT_JID");
    const env = { MUCWRIGHT_JID: "a@b" };
    await expect(createBotApp({ bots: [Keeper], env }).start()).rejects.toThrow("MUCWRIGHT_PASSWORD");
  });
});

describe("secrets", () => {
  const ROOM_PASSWORD = "open sesame";

  function printed(records: readonly unknown[]): string {
    return JSON.stringify(records);
  }

  it("are in no log line, whatever goes right or wrong", async () => {
    @Bot({ rooms: [{ jid: LOBBY, password: ROOM_PASSWORD }, "members@rooms.example.org"], nick: "keeper" })
    class Guard {
      constructor(
        readonly options: BotOptions,
        readonly logger: Logger,
      ) {}
      @OnMessage() hear(m: MessageReceived, ctx: HandlerContext) {
        ctx.log.info({ options: this.options, m, room: m.room }, "heard");
        throw new Error("boom");
      }
    }
    const server = makeServer({ accounts: { "bot@example.org": PASSWORD } });
    server.room(LOBBY).open().configure({ roomSecret: ROOM_PASSWORD });
    server.room("members@rooms.example.org").open().configure({ membersOnly: true });
    const { app, log } = await startApp({ bots: [Guard] }, server);
    const alice = await server.enter(LOBBY, "alice", { password: ROOM_PASSWORD });
    await alice.say("x");
    await until("the handler has failed", () => log.complaints.includes("error A handler failed"));
    server.cut("bot@example.org");
    await until("it is noticed", () => app.status().session !== "online");
    await until(
      "it is back",
      () => app.status().session === "online" && app.muc.getRoom(LOBBY)?.active === true,
    );
    await app.stop();
    expect(log.records.length).toBeGreaterThan(5);
    expect(printed(log.records)).not.toMatch(/correct horse|open sesame/);

    const refusing = makeServer({ accounts: { "bot@example.org": "another" } });
    const refused = makeApp({ bots: [Guard] }, refusing);
    const error = await refused.app.start().catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 10 }) + printed(refused.log.records)).not.toMatch(
      /correct horse|open sesame/,
    );

    const wrong = makeServer();
    wrong.room(LOBBY).open().configure({ roomSecret: "changed" });
    wrong.room("members@rooms.example.org").open().configure({ membersOnly: true });
    const shut = makeApp({ bots: [Guard] }, wrong);
    const final = await shut.app.ready().catch((reason: unknown) => reason);
    expect(final).toBeInstanceOf(JoinError);
    expect(inspect(final, { depth: 10 }) + printed(shut.log.records)).not.toMatch(
      /correct horse|open sesame/,
    );
    expect(inspect(app, { depth: 10, showHidden: true })).not.toMatch(/open sesame/);
  });
});
