// One session in many rooms loses its stream: all are back, at a limited rate.
import { connect } from "node:net";
import type { Duplex } from "node:stream";

import { expect, it } from "vitest";

import { createBotApp, type BotApp } from "../../src/app/bot-app.js";
import type { AppOptions } from "../../src/app/options.js";
import { silentLogger } from "../../src/base/logger.js";
import { Bot } from "../../src/bot/decorators.js";
import { TestServer } from "../../src/testing/index.js";
import { ManualClock } from "../support/manual-clock.js";
import { RawPeer } from "../support/raw-peer.js";
import { describeOnServers } from "../support/services.js";
import { eventually } from "../support/wait.js";
import { until } from "./support/scene.js";

const ROOMS = 60;
const RATE = 40;
const JOIN = /<presence\b[^>]*>(?:(?!<\/presence>)[^])*?http:\/\/jabber\.org\/protocol\/muc["']/g;

@Bot({ nick: "bot" })
class Sitter {}

function makeApp(options: Partial<AppOptions> & Required<Pick<AppOptions, "jid" | "rooms">>): BotApp {
  return createBotApp({ bots: [Sitter], password: "secret", logger: silentLogger, ...options });
}

/** Notes each join that is written there. */
function noteJoins(link: Duplex, note: () => void): Duplex {
  const write = link.write.bind(link) as (...args: unknown[]) => boolean;
  link.write = (...args: unknown[]) => {
    for (const _ of String(args[0]).matchAll(JOIN)) note();
    return write(...args);
  };
  return link;
}

/** The most of them in any second. */
const mostInASecond = (atMs: readonly number[]): number =>
  Math.max(...atMs.map((from) => atMs.filter((ms) => ms >= from && ms < from + 1_000).length));

it("all are back, none is asked twice, and no second has more joins than the rate [embedded]", async () => {
  const clock = new ManualClock();
  const server = new TestServer({ clock, domain: "example.org" });
  const rooms = Array.from({ length: ROOMS }, (_, n) => `room${n}@rooms.example.org`);
  for (const room of rooms) server.room(room).open();
  const joinsAtMs: number[] = [];
  const app = makeApp({
    jid: "bot@example.org",
    rooms,
    joinsPerSecond: RATE,
    clock,
    connect: async (target) =>
      noteJoins((await server.connect(target)) as Duplex, () => joinsAtMs.push(clock.monotonic())),
  });
  const pass = (holds: () => boolean): Promise<true> =>
    eventually(
      () => {
        clock.advance(10);
        return holds();
      },
      { timeoutMs: 10_000, intervalMs: 1, what: "all rooms to be joined" },
    );
  void app.start();
  await pass(() => app.muc.rooms.size === ROOMS && app.status().ready);
  joinsAtMs.length = 0;
  server.expireSession("bot@example.org");
  await pass(() => !app.status().ready);
  await pass(() => app.status().ready);
  expect(joinsAtMs).toHaveLength(ROOMS);
  expect(mostInASecond(joinsAtMs)).toBeLessThanOrEqual(RATE);
  const stopped = app.stop();
  await until(() => app.session.state === "stopped", "it to stop");
  await stopped;
  await server.close();
});

describeOnServers("one session in many rooms", (server) => {
  it("is back in all of them when it was lost, and no second has more joins than the rate", async () => {
    await using keeper = await RawPeer.connect(await server.createAccount("keeper"));
    const rooms = Array.from({ length: ROOMS }, () => server.room("many"));
    await Promise.all(
      rooms.map(async (room) => {
        await keeper.join(room, "keeper");
        await keeper.openRoom(room);
      }),
    );
    const { jid, password } = await server.createAccount("bot");
    const joinsAtMs: number[] = [];
    const app = makeApp({
      jid,
      password,
      rooms,
      joinsPerSecond: RATE,
      reconnect: { minDelayMs: 10, maxDelayMs: 100 },
      connect: () => noteJoins(connect(server.port, "127.0.0.1"), () => joinsAtMs.push(performance.now())),
    });
    await app.ready();
    joinsAtMs.length = 0;
    const back = new Set<string>();
    for (const room of app.muc.rooms.values()) room.on("caughtUp", () => back.add(room.jid.toString()));
    await server.kickSession(String(app.session.jid));
    await until(() => back.size === ROOMS, "all rooms to be active again");
    expect(joinsAtMs).toHaveLength(ROOMS);
    expect(mostInASecond(joinsAtMs)).toBeLessThanOrEqual(RATE);
    await app.stop();
  }, 40_000);
});
