import { expect, it } from "vitest";

import { runInProcess } from "../../src/app/run.js";
import { Bot, OnEnter } from "../../src/bot/decorators.js";
import type { RoomEntered } from "../../src/muc/events/lifecycle.js";
import { recordLog } from "../bot/support/log.js";
import { cleanUp, LOBBY, makeServer, PASSWORD, until } from "./support/apps.js";

cleanUp();

const LINES = 200;

@Bot({ rooms: [LOBBY], nick: "keeper" })
class Talker {
  @OnEnter() talk({ room }: RoomEntered): void {
    for (let at = 0; at < LINES; at++) void room.sendMessage(`${at} ${"x".repeat(1_000)}`);
  }
}

it("what a bot says goes out at 2.5 kB a second after 16 kB at once, and the rest when it is stopped", async () => {
  const server = makeServer();
  const alice = await server.enter(LOBBY, "alice");
  const startMs = performance.now();
  const heard = (): number =>
    alice.received.filter(({ name, attrs }) => name === "message" && attrs["from"] === `${LOBBY}/keeper`)
      .length;
  const account = { jid: "bot@example.org", password: PASSWORD };
  const ran = runInProcess([Talker], { ...account, connect: server.connect, logger: recordLog().logger });
  await until("it has said something", () => heard() >= 10);
  const atOnce = heard();
  await until("it goes on by and by", () => heard() > atOnce);
  // sixteen at once, what was due by now, and one that is on its way
  const dueMost = 17 + ((performance.now() - startMs) / 1_000) * 2.5;
  expect(heard()).toBeLessThanOrEqual(Math.min(dueMost, LINES - 1));
  // The last who listens is the one that was started last.
  process.listeners("SIGTERM").at(-1)?.("SIGTERM");
  await ran;
  await until("all of it was heard", () => heard() === LINES);
});
