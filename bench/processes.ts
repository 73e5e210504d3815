// One run: a server and a client in processes of their own.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import type { Measured } from "./measure.js";
import type { ClientName, Scenario } from "./scenario.js";

const LIMIT_MS = 60_000;

function start(file: string, ...args: readonly (string | number)[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args.map(String), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** The next message of one process. Rejects when one of them ends before that, and when it takes too long. */
async function told<T>(from: ChildProcess, ...others: readonly ChildProcess[]): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const gone = [from, ...others].map(async (child): Promise<never> => {
    const [status] = await once(child, "exit", { signal });
    throw new Error(
      `${child.spawnargs.slice(3).join(" ")} ended with ${String(status)} and without a result`,
    );
  });
  const timer = setTimeout(() => over.abort(new Error(`There was no result in ${LIMIT_MS} ms`)), LIMIT_MS);
  try {
    const [message] = await Promise.race([once(from, "message", { signal }), ...gone]);
    return message as T;
  } finally {
    clearTimeout(timer);
    // Nobody waits for the others any more.
    for (const each of gone) each.catch(() => {});
    over.abort();
  }
}

/** A server that goes through one scenario with whoever connects. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #scenario: Scenario;
  readonly #port: number;

  private constructor(child: ChildProcess, scenario: Scenario, port: number) {
    this.#child = child;
    this.#scenario = scenario;
    this.#port = port;
  }

  /** Resolves when it listens. */
  static async start(scenario: Scenario): Promise<ServerProcess> {
    const { work, count, managed } = scenario;
    const child = start("./server.ts", work, count, managed ? "managed" : "unmanaged");
    const { port } = await told<AddressInfo>(child);
    return new ServerProcess(child, scenario, port);
  }

  /** What one client takes, in a new process. */
  async measure(client: ClientName): Promise<Measured> {
    const { work, count } = this.#scenario;
    const file = client === "room" || client === "handler" ? "./client-room.ts" : "./client-entity.ts";
    const child = start(file, this.#port, work, count, client);
    try {
      // How long an answer takes is what the other side sees.
      return await (work === "echo"
        ? told<Measured>(this.#child, child)
        : told<Measured>(child, this.#child));
    } finally {
      child.kill("SIGKILL");
    }
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}
