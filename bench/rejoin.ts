// npm run bench:rejoin: one session in 500 rooms loses its stream for good. How long until it is back in all of them, how
// many join presences that takes, the most of them in any second, and the CPU time of the bot's process.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { Bot, createBotApp, silentLogger } from "mucwright";

import { JoinCounter } from "./join-counter.js";

const ROOMS = Number(process.argv[2] ?? 500);
const RATES = [20, 100];
const LIMIT_MS = 120_000;

@Bot({ nick: "bot" })
class Sitter {}

async function measure(joinsPerSecond: number): Promise<void> {
  const service = fork(new URL("./rejoin-server.ts", import.meta.url), [String(ROOMS)]);
  const [port] = (await once(service, "message")) as [number];
  const joins = new JoinCounter(port);
  const app = createBotApp({
    bots: [Sitter],
    jid: "bot@localhost",
    password: "bench",
    connect: joins.connect,
    rooms: Array.from({ length: ROOMS }, (_, n) => `room${n}@rooms.localhost`),
    joinsPerSecond,
    logger: silentLogger,
  });
  try {
    await app.ready();
    joins.sentAtMs.length = 0;
    const back = new Set<string>();
    for (const room of app.muc.rooms.values()) room.on("caughtUp", () => back.add(room.jid.toString()));
    const cpu = process.cpuUsage();
    const startedAtMs = performance.now();
    service.send("bot@localhost");
    while (back.size < ROOMS && performance.now() - startedAtMs < LIMIT_MS) await delay(10);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const most = joins.mostInASecond;
    console.log(
      `${back.size} of ${ROOMS} rooms back at ${joinsPerSecond} joins a second: ${seconds.toFixed(1)} s, ` +
        `${joins.sentAtMs.length} presences, at most ${most} in a second, ${Math.round((user + system) / 1_000)} ms of CPU`,
    );
    if (back.size < ROOMS || most > joinsPerSecond || joins.sentAtMs.length !== ROOMS) process.exitCode = 1;
  } finally {
    await app.stop();
    service.kill("SIGKILL");
  }
}

for (const rate of RATES) await measure(rate);
process.exit();
