// What a process reports to the one that started it.
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

/** The value below which this share of the others lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const index = Math.min(numbers.length - 1, Math.floor(numbers.length * share));
  return numbers.toSorted((a, b) => a - b)[index] ?? Number.NaN;
}

/** The median. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** CPU time of the process, all its threads, in microseconds since this was made. */
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
  readonly #expected: number;
  #count = 0;
  #cpu: CpuTime | null = null;
  #lateCpu: CpuTime | null = null;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** One stanza. True when it was the last. Ends the process when some are missing. */
  take(nick: string, text: string): boolean {
    this.#cpu ??= new CpuTime();
    if (text === DONE) {
      const { us } = this.#cpu;
      if (this.#count !== this.#expected) {
        console.error(`${this.#count} of ${this.#expected} stanzas have come`);
        process.exit(1);
      }
      const late = (this.#lateCpu?.us ?? us) / Math.ceil(this.#expected / 2);
      report({ "µs of CPU": us / this.#count, "µs later": late }, this.#hash.digest("hex"));
      return true;
    }
    if (this.#count === Math.floor(this.#expected / 2)) this.#lateCpu = new CpuTime();
    this.#count++;
    this.#hash.update(`${nick}\n${text}\n`);
    return false;
  }
}
