// What each client reports: the CPU time between the first live message and the last.
import { createHash } from "node:crypto";

import { DONE } from "./workload.js";

/** The result of one run. */
export interface Measured {
  readonly messages: number;
  readonly cpuUs: number;
  /** Of nick and body of each message, in order: nobody may do less. */
  readonly digest: string;
}

/** Counts what a client's handler gets, and reports to the parent process when all has come. */
export class Meter {
  readonly #hash = createHash("sha1");
  #messages = 0;
  #begin: NodeJS.CpuUsage | null = null;

  /** One message. True when it was the last. */
  take(nick: string, body: string): boolean {
    this.#begin ??= process.cpuUsage();
    if (body === DONE) {
      const { user, system } = process.cpuUsage(this.#begin);
      const measured: Measured = {
        messages: this.#messages,
        cpuUs: user + system,
        digest: this.#hash.digest("hex"),
      };
      process.send?.(measured);
      return true;
    }
    this.#messages++;
    this.#hash.update(`${nick}\n${body}\n`);
    return false;
  }
}
