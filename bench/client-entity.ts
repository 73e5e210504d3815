// A session without rooms, ours or a bare @xmpp/client: client-entity.ts PORT WORK COUNT bare|session
import { bareEntity, sessionEntity, type BenchEntity } from "./entity.js";
import { CpuTime, median, Meter, report } from "./measure.js";
import { sendAll } from "./outbound.js";
import type { Work } from "./scenario.js";
import { DONE, GO, NICK, ROOM } from "./workload.js";

const [, , portText, workText, countText, client] = process.argv;
const port = Number(portText);
const work = workText as Work;
const count = Number(countText);

function make(): BenchEntity {
  // @xmpp/client does not offer PLAIN without TLS unless it is told to.
  return client === "bare"
    ? bareEntity(port, work === "login" ? "SCRAM-SHA-1" : "PLAIN")
    : sessionEntity(port);
}

/** Counts what comes in, of one kind. */
async function inbound(kind: string): Promise<void> {
  const meter = new Meter(count);
  const entity = make();
  let live = false;
  entity.onStanza((name, from, body) => {
    if (!live) {
      // The subject is the last of what a join is answered with.
      live = from === ROOM;
      if (live) void entity.say(ROOM, GO);
    } else if (body === DONE || name === kind) {
      if (meter.take(from.slice(ROOM.length + 1), body ?? "")) void entity.stop();
    }
  });
  await entity.start();
  await entity.join(`${ROOM}/${NICK}`);
}

async function outbound(): Promise<void> {
  const entity = make();
  await entity.start();
  const arrived = new Promise<void>((resolve) => {
    entity.onStanza((_kind, _from, body) => {
      if (body === DONE) resolve();
    });
  });
  await sendAll(count, (body) => entity.say(ROOM, body), arrived);
}

/** Says again what others say. */
async function echo(): Promise<void> {
  const entity = make();
  entity.onStanza((_kind, _from, body) => {
    if (body !== null) void entity.say(ROOM, body);
  });
  await entity.start();
  await entity.say(ROOM, GO);
}

/** Logs in, again and again. */
async function login(): Promise<void> {
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  for (let each = 0; each < count; each++) {
    const entity = make();
    const cpu = new CpuTime();
    const startMs = performance.now();
    await entity.start();
    tookMs.push(performance.now() - startMs);
    cpuMs.push(cpu.us / 1000);
    await entity.stop();
  }
  report({ ms: median(tookMs), "ms of CPU": median(cpuMs) });
}

const WORKS: Record<Work, () => Promise<void>> = {
  message: () => inbound("message"),
  presence: () => inbound("presence"),
  outbound,
  echo,
  login,
};
await WORKS[work]();
