// npm run bench: what mucwright costs beside a bare @xmpp/client, on the same bytes in the same run.
//
// Each client is a process of its own, against a server of ours over TCP on the loopback; what the server sends was
// made before, so that what costs time is the client. Costs are CPU time, as the client's process accounts for it
// (all threads: garbage collection and compilation count); only answers and log-ins are timed. Runs of the clients
// alternate, and so does who is first. A figure is the median of the runs; the least and the greatest stand beside it.
//
// - A message, a presence received: from the first to the last in the handler, and (as "later") of the second half
//   alone: in the first, most is what Node spends on compiling what is called often. A bare client and a session have a
//   listener that reads sender and body; a room keeps its occupants, too; a decorated handler has a room and a queue
//   before it. All have to report the same nicks and bodies in the same order.
// - A message sent: batches of 50, each awaited as a whole, until the server says that all have come. A room's
//   messages have an id, the others' have none.
// - An answer: the server says something every 5 ms, and takes the time until the client's answer is there. The first
//   third warms up. A bare client leaves Nagle's algorithm on: sooner or later in a run, its answers begin to wait for
//   the next message. So its figure is one of two, below 1 ms or above 5, and in long runs the second. Most of the
//   99th percentile is what else the machine does.
// - A log-in: from start() to online, one after another in one process; both get SCRAM-SHA-1 only.
import { parseArgs } from "node:util";

import { median, type Measured } from "./measure.js";
import { ServerProcess } from "./processes.js";
import { CLIENTS, SCENARIOS, type ClientName, type Scenario } from "./scenario.js";

const HELP = `npm run bench -- [options]    mucwright beside a bare @xmpp/client, on the same bytes

  --only NAME,...      of ${Object.keys(SCENARIOS).join(", ")}
  --repetitions N      runs of each client in each scenario (3)
  --scale F            so many times the messages, presences and log-ins (1)
  --check              exit status 1 where a session is slower than any run of the bare client
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(SCENARIOS).join() },
    repetitions: { type: "string", default: "3" },
    scale: { type: "string", default: "1" },
    check: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

type Results = ReadonlyMap<ClientName, readonly Measured[]>;

/** Every client so many times, in turns: whoever comes second finds the machine warmer. */
async function measureAll(scenario: Scenario): Promise<Results> {
  const { clients } = scenario;
  const results = new Map<ClientName, Measured[]>(clients.map((client) => [client, []]));
  const server = await ServerProcess.start(scenario);
  try {
    for (let repetition = 0; repetition < Number(values.repetitions); repetition++)
      for (const client of repetition % 2 === 0 ? clients : clients.toReversed())
        results.get(client)?.push(await server.measure(client));
  } finally {
    server.stop();
  }
  const digests = new Set([...results.values()].flat().map(({ digest }) => digest));
  if (digests.size !== 1) throw new Error("The clients did not get the same stanzas");
  return results;
}

/** Prints one figure of all clients, and gives where a session is slower. */
function print(unit: string, results: Results): string[] {
  const figuresOf = (client: ClientName): number[] =>
    (results.get(client) ?? []).map(({ figures }) => figures[unit] ?? Number.NaN);
  const bare = figuresOf("bare");
  return [...results.keys()].flatMap((client) => {
    const figures = figuresOf(client);
    const value = median(figures);
    const ratio = value / median(bare);
    const range = `(${Math.min(...figures).toFixed(2)}–${Math.max(...figures).toFixed(2)})`;
    const compared = client === "bare" ? "" : `${ratio.toFixed(3)} of bare`;
    process.stdout.write(
      `  ${CLIENTS[client].padEnd(32)}${value.toFixed(2).padStart(9)} ${unit.padEnd(10)}${range.padEnd(20)}${compared}\n`,
    );
    // Within what the bare client itself varies by, nothing is slower than it.
    const slower = client === "session" && ratio > 1 && value > Math.max(...bare);
    return slower ? [`${unit} of ${CLIENTS[client]}: ${ratio.toFixed(3)}`] : [];
  });
}

async function main(): Promise<void> {
  const names = values.only.split(",");
  const unknown = names.find((name) => SCENARIOS[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no "${unknown}"\n${HELP}`);
  process.stdout.write(`Node ${process.versions.node}, medians of ${values.repetitions} runs (least–most)\n`);
  const slower: string[] = [];
  for (const name of names) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) continue;
    process.stdout.write(`\n${scenario.what}\n`);
    const results = await measureAll({
      ...scenario,
      count: Math.ceil(scenario.count * Number(values.scale)),
    });
    for (const unit of Object.keys(results.get("bare")?.[0]?.figures ?? {})) {
      slower.push(...print(unit, results).map((each) => `${scenario.what}: ${each}`));
    }
  }
  if (!values.check || slower.length === 0) return;
  process.stderr.write(`\nSlower than any run of the bare client:\n  ${slower.join("\n  ")}\n`);
  process.exitCode = 1;
}

if (values.help) process.stdout.write(HELP);
else await main();
