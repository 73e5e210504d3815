// A session without rooms, ours or a bare @xmpp/client: client-entity.ts PORT SCENARIO COUNT bare|session
import { bareEntity, sessionEntity, type BenchEntity } from "./entity.js";
import { CpuTime, median, Meter, report } from "./measure.js";
import { DONE, GO, NICK, ROOM } from "./workload.js";

const [, , portText, scenario, countText, which] = process.argv;
const port = Number(portText);
const count = Number(countText);
const SELF = `${ROOM}/${NICK}`;
const BATCH = 50;

function make(): BenchEntity {
  return which === "bare"
    ? bareEntity(port, scenario === "login" ? "SCRAM-SHA-1" : "PLAIN")
    : sessionEntity(port);
}

/** Counts what comes in, by kind. */
async function inbound(kind: string): Promise<void> {
  const meter = new Meter();
  const entity = make();
  let live = false;
  entity.onStanza((name, from, body) => {
    if (!live) {
      live = from === ROOM;
      if (live) void entity.say(ROOM, GO);
    } else if (body === DONE || name === kind) {
      if (meter.take(from.slice(ROOM.length + 1), body ?? "")) void entity.stop();
    }
  });
  await entity.start();
  await entity.join(SELF);
}

/** Says so much, as fast as it is taken. */
async function outbound(): Promise<void> {
  const entity = make();
  await entity.start();
  const arrived = new Promise<void>((resolve) => {
    entity.onStanza((_kind, _from, body) => {
      if (body === DONE) resolve();
    });
  });
  const cpu = new CpuTime();
  for (let sent = 0; sent < count; sent += BATCH)
    await Promise.all(
      Array.from({ length: BATCH }, (_, at) =>
        entity.say(ROOM, `message ${sent + at} of some length, & more`),
      ),
    );
  await entity.say(ROOM, DONE);
  await arrived;
  report({ "µs of CPU": cpu.us / count });
  await entity.stop();
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

if (scenario === "outbound") await outbound();
else if (scenario === "echo") await echo();
else if (scenario === "login") await login();
else await inbound(scenario ?? "");
