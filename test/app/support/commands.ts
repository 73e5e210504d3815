// the command line as it is built, in processes of their own
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

import { ROOT } from "../../support/build.js";

export { BUILD_TIMEOUT_MS, ensureBuilt, ROOT } from "../../support/build.js";

/** The command `mucwright`. */
export const MAIN = join(ROOT, "dist/cli/main.js");
/** What `mucwright/register` stands for where the package is not installed. */
export const REGISTER = join(ROOT, "dist/cli/register.js");

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way. */
export class Command {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], options: { cwd: string; env?: Record<string, string> }) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(MUCWRIGHT|NODE|VITEST)/.test(name));
    this.#child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { ...Object.fromEntries(inherited), ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdout.on("data", (data: Buffer) => (this.#stdout += data.toString()));
    this.#child.stderr.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    this.#child.stdin.on("error", () => {});
    this.ended = new Promise((done) =>
      this.#child.on("close", (status) => done({ status, stdout: this.#stdout, stderr: this.#stderr })),
    );
  }

  /** What it printed so far. */
  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** What is typed, to the end. */
  type(input: string): this {
    this.#child.stdin.end(input);
    return this;
  }

  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(name);
  }
}

/** `mucwright …` */
export function mucwright(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Command {
  return new Command([MAIN, ...args], options);
}

/** The log lines among what was printed, and the rest. */
export function readErrors(stderr: string): {
  readonly log: readonly { level: string; msg: string }[];
  readonly said: string;
} {
  const lines = stderr.split("\n");
  const isLog = (line: string): boolean => line.startsWith('{"level"');
  return {
    log: lines.filter(isLog).map((line) => JSON.parse(line) as { level: string; msg: string }),
    said: lines.filter((line) => !isLog(line)).join("\n"),
  };
}
