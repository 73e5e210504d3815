// What a client's process reports to the one that started it.
import { createHash } from "node:crypto";

import { DONE } from "./workload.js";

/** The result of one run: figures by name, and what tells whether all clients did the same. */
export interface Measured {
  readonly figures: Readonly<Record<string, number>>;
  readonly digest: string;
}

/** Hands the result over. */
export function report(figures: Measured["figures"], digest = ""): void {
  process.send?.({ figures, digest } satisfies Measured);
}

/** The median. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** CPU time in microseconds since it was made. */
export class CpuTime {
  readonly #begin = process.cpuUsage();

  get us(): number {
    const { user, system } = process.cpuUsage(this.#begin);
    return user + system;
  }
}

/** Counts what a client's handler gets, from the first to the last, and reports when all has come. */
export class Meter {
  readonly #hash = createHash("sha1");
  #count = 0;
  #cpu: CpuTime | null = null;

  /** One stanza. True when it was the last. */
  take(nick: string, text: string): boolean {
    this.#cpu ??= new CpuTime();
    if (text === DONE) {
      report({ "µs of CPU": this.#cpu.us / this.#count }, `${this.#count} ${this.#hash.digest("hex")}`);
      return true;
    }
    this.#count++;
    this.#hash.update(`${nick}\n${text}\n`);
    return false;
  }
}
