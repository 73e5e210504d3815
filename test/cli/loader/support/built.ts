import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { ROOT } from "../../../support/build.js";

const DIST = join(ROOT, "dist/cli/loader");

/** A file of the built package. */
export function built(path: string): string {
  return join(ROOT, "dist", path);
}

/** What a process of Node printed, and how it ended. */
export interface NodeRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node to its end in a folder of the author's. */
export async function runNode(cwd: string, ...args: string[]): Promise<NodeRun> {
  try {
    return { status: 0, ...(await promisify(execFile)(process.execPath, args, { cwd })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

/** Runs a file as the author's own program: `node --import mucwright/register bot.ts`. */
export function runWithRegister(cwd: string, file: string): Promise<NodeRun> {
  return runNode(cwd, "--import", built("cli/register.js"), file);
}

/** What `loadBotFile` of the built package makes of a file. */
export interface Loaded {
  readonly exports?: string[];
  readonly error?: {
    readonly name: string;
    readonly code: string;
    readonly message: string;
    readonly place: { file: string; line: number; column: number | null } | null;
    readonly cause: string;
  };
  readonly files: string[];
}

/** Loads a file as the command line does, in a process of its own. */
export async function loadInChild(cwd: string, file: string): Promise<Loaded> {
  const run = await runNode(cwd, join(import.meta.dirname, "load.mjs"), DIST, file);
  if (run.status !== 0) throw new Error(`the child failed: ${run.stderr}`);
  const last = run.stdout.trimEnd().split("\n").at(-1) ?? "";
  return JSON.parse(last) as Loaded;
}
