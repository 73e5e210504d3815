// the command line as it is built, in processes of their own
import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";

export const ROOT = resolve(import.meta.dirname, "../../..");
const MAIN = join(ROOT, "dist/cli/main.js");
/** What `mucwright/register` stands for where the package is not installed. */
export const REGISTER = join(ROOT, "dist/cli/register.js");

function newest(folder: string, extension: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(extension),
  );
  return Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs));
}

/** Builds, unless what is built is newer than all of its source. */
export function ensureBuilt(): void {
  if (existsSync(MAIN) && newest(join(ROOT, "dist"), ".js") > newest(join(ROOT, "src"), ".ts")) return;
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: ROOT });
}

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
