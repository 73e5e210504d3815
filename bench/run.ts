// npm run bench: mucwright beside a bare @xmpp/client, on the same bytes in the same run, each in a process of its own.
//   npm run bench -- --repetitions 5 --scale 1 --only message,echo
//   npm run bench -- --check        exit status 1 where the session is slower than any run of the bare client
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";

import { median, type Measured } from "./measure.js";

/** Who is measured: the first is what the others are compared with. */
const BARE = "bare @xmpp/client";
const SESSION = "mucwright, a session";
const ROOM = "mucwright, a room";
const BOT = "mucwright, a decorated handler";

interface Scenario {
  readonly what: string;
  readonly count: number;
  readonly clients: readonly string[];
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  message: { what: "one message received", count: 50_000, clients: [BARE, SESSION, BOT] },
  presence: { what: "one presence received", count: 50_000, clients: [BARE, SESSION, ROOM] },
  outbound: { what: "one message sent", count: 20_000, clients: [BARE, SESSION] },
  echo: { what: "an answer, at 200 messages a second", count: 600, clients: [BARE, SESSION] },
  login: { what: "a log-in (SCRAM-SHA-1, 10,000 iterations)", count: 5, clients: [BARE, SESSION] },
};

const { values } = parseArgs({
  options: {
    repetitions: { type: "string", default: "5" },
    scale: { type: "string", default: "1" },
    only: { type: "string", default: Object.keys(SCENARIOS).join() },
    check: { type: "boolean", default: false },
  },
});

function start(file: string, ...args: string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function told<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, "exit").then(([status]) => {
    throw new Error(`${child.spawnargs[1] ?? "a process"} ended with ${String(status)} and without a result`);
  });
  const [message] = await Promise.race([once(child, "message"), gone]);
  return message as T;
}

async function measure(name: string, client: string, count: number): Promise<Measured> {
  const server = start("./server.ts", name, String(count));
  try {
    const { port } = await told<AddressInfo>(server);
    const child =
      client === ROOM || client === BOT
        ? start("./client-room.ts", String(port), name)
        : start(
            "./client-entity.ts",
            String(port),
            name,
            String(count),
            client === BARE ? "bare" : "session",
          );
    // How long an answer takes is what the other side sees.
    const measured = await told<Measured>(name === "echo" ? server : child);
    child.kill("SIGKILL");
    return measured;
  } finally {
    server.kill("SIGKILL");
  }
}

/** Every client so many times, in turns: whoever comes second finds the machine warmer. */
async function measureAll(name: string, { clients, count }: Scenario): Promise<Map<string, Measured[]>> {
  const results = new Map<string, Measured[]>(clients.map((client) => [client, []]));
  for (let repetition = 0; repetition < Number(values.repetitions); repetition++)
    for (const client of repetition % 2 === 0 ? clients : clients.toReversed())
      results.get(client)?.push(await measure(name, client, Math.ceil(count * Number(values.scale))));
  const digests = new Set([...results.values()].flat().map(({ digest }) => digest));
  if (name === "message" && digests.size !== 1) throw new Error("The clients did not get the same messages");
  return results;
}

const slower: string[] = [];

function print(results: Map<string, Measured[]>): void {
  const figuresOf = (client: string, unit: string): number[] =>
    (results.get(client) ?? []).map(({ figures }) => figures[unit] ?? Number.NaN);
  const units = Object.keys(results.get(BARE)?.[0]?.figures ?? {});
  for (const unit of units)
    for (const client of results.keys()) {
      const figures = figuresOf(client, unit);
      const ratio = median(figures) / median(figuresOf(BARE, unit));
      const range = `${Math.min(...figures).toFixed(2)}–${Math.max(...figures).toFixed(2)}`;
      const compared = client === BARE ? "" : `  ${ratio.toFixed(2)} of bare`;
      process.stdout.write(
        `  ${client.padEnd(32)}${median(figures).toFixed(2).padStart(9)} ${`${unit} (${range})`.padEnd(30)}${compared}\n`,
      );
      // Within what the bare client itself varies by, nothing is slower than it.
      const slowest = Math.max(...figuresOf(BARE, unit));
      if (client === SESSION && ratio > 1 && median(figures) > slowest)
        slower.push(`${unit} of ${client}: ${ratio.toFixed(2)}`);
    }
}

process.stdout.write(`Node ${process.versions.node}, medians of ${values.repetitions} runs (least–most)\n`);
for (const name of values.only.split(",")) {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`There is no "${name}": ${Object.keys(SCENARIOS).join(", ")}`);
  process.stdout.write(`\n${scenario.what}\n`);
  print(await measureAll(name, scenario));
}
if (values.check && slower.length > 0) {
  process.stderr.write(`\nSlower than the bare client:\n  ${slower.join("\n  ")}\n`);
  process.exitCode = 1;
}
