// npm run bench: CPU time per message, of a decorated handler and of a bare @xmpp/client listener, on the same bytes.
//   npm run bench -- --messages 50000 --repetitions 5
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";

import type { Measured } from "./measure.js";

const CLIENTS = ["xmppjs", "mucwright"] as const;
type Client = (typeof CLIENTS)[number];

const { values } = parseArgs({
  options: { messages: { type: "string", default: "50000" }, repetitions: { type: "string", default: "5" } },
});
const messages = Number(values.messages);
const repetitions = Number(values.repetitions);

function start(file: string, argument: string): ChildProcess {
  return fork(new URL(file, import.meta.url), [argument], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function told<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, "exit").then(([status]) => {
    throw new Error(`${child.spawnargs[1] ?? "a process"} ended with ${String(status)} and without a result`);
  });
  const [message] = await Promise.race([once(child, "message"), gone]);
  return message as T;
}

async function measure(client: Client): Promise<Measured> {
  const server = start("./replay-server.ts", String(messages));
  try {
    const { port } = await told<AddressInfo>(server);
    const child = start(`./client-${client}.ts`, String(port));
    const measured = await told<Measured>(child);
    child.kill("SIGKILL");
    return measured;
  } finally {
    server.kill("SIGKILL");
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const costs: Record<Client, number[]> = { xmppjs: [], mucwright: [] };
const digests = new Set<string>();
for (let repetition = 0; repetition < repetitions; repetition++)
  // The order turns: whoever comes second finds the machine warmer.
  for (const client of repetition % 2 === 0 ? CLIENTS : CLIENTS.toReversed()) {
    const measured = await measure(client);
    if (measured.messages !== messages)
      throw new Error(`${client} got ${measured.messages} of ${messages} messages`);
    digests.add(measured.digest);
    costs[client].push(measured.cpuUs / measured.messages);
  }
if (digests.size !== 1) throw new Error("The clients did not get the same messages");

const bare = median(costs.xmppjs);
const ours = median(costs.mucwright);
const line = (name: string, client: Client, value: number): string => {
  const range = `${Math.min(...costs[client]).toFixed(1)}–${Math.max(...costs[client]).toFixed(1)}`;
  return `${name.padEnd(34)} ${value.toFixed(1).padStart(6)} µs of CPU a message (${range})\n`;
};
process.stdout.write(
  `${messages} messages of ${repetitions} runs each, Node ${process.versions.node}\n` +
    line("bare @xmpp/client, a listener", "xmppjs", bare) +
    line("mucwright, a decorated handler", "mucwright", ours) +
    `${"ratio".padEnd(34)} ${(ours / bare).toFixed(2).padStart(6)}\n`,
);
