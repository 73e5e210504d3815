// What runs in processes of its own runs from `dist`. Several test files need it, in workers of their own: it is made
// once, aside, and put in its place whole.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { eventually } from "./wait.js";

export const ROOT = resolve(import.meta.dirname, "../..");

/** How long a hook that calls `ensureBuilt`, or a test that compiles, may take on a machine that is busy. */
export const BUILD_TIMEOUT_MS = 300_000;

/** Compiles the sources of a folder into another one. */
export type Compile = (root: string, into: string) => Promise<void>;

/** tsc also writes what has type errors; whether there are any is not asked here. */
const compile: Compile = async (root, into) => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--outDir", into];
  const printed = await new Promise<string>((done) => {
    execFile(process.execPath, args, { cwd: root }, (_error, stdout) => done(stdout));
  });
  if (!existsSync(join(into, "index.js"))) throw new Error(`dist could not be built:\n${printed}`);
};

/**
 * When the files of a folder with this ending were written, in milliseconds since 1970; none where there is no folder, as
 * while somebody else puts another one in its place.
 */
function times(folder: string, extension: string): readonly number[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(extension))
      .map((name) => statSync(join(folder, name)).mtimeMs);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return [];
  }
}

const changedAt = (root: string): number => Math.max(...times(join(root, "src"), ".ts"));

/** Whether each file that is built is there for longer than the newest source. */
function isStale(root: string): boolean {
  const oldest = Math.min(...times(join(root, "dist"), ".js"));
  return !Number.isFinite(oldest) || oldest <= changedAt(root);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whose lock it is; "" where nobody has it, or did not say so yet. */
function ownerOf(lock: string): string {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return "";
  }
}

/** Takes the lock, if nobody else who lives has it. */
function takes(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // A worker whose run was killed leaves its lock behind. Between its making and its writing a lock names nobody.
  const owner = ownerOf(lock);
  if (owner !== "" && !isAlive(Number(owner))) rmSync(lock, { force: true });
  return false;
}

/** Puts a folder in the place of another. */
function replace(folder: string, by: string): void {
  const old = `${by}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(by, folder);
  rmSync(old, { recursive: true, force: true });
}

async function build(root: string, compileInto: Compile): Promise<void> {
  // beside `dist`: source maps lead from there to `src`
  const next = join(root, `.dist-${process.pid}`);
  try {
    for (let before = NaN; before !== changedAt(root);) {
      rmSync(next, { recursive: true, force: true });
      before = changedAt(root);
      await compileInto(root, next);
    }
    replace(join(root, "dist"), next);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Builds a folder, unless it is built. Whoever asks while it is being built waits, and never sees half of it. */
export async function ensureBuiltIn(root: string, compileInto: Compile): Promise<void> {
  if (!isStale(root)) return;
  const lock = join(root, ".dist-lock");
  await eventually(() => takes(lock), { timeoutMs: BUILD_TIMEOUT_MS, what: `the lock ${lock}` });
  try {
    if (isStale(root)) await build(root, compileInto);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Sees to it that `dist` is what `src` gives. */
export const ensureBuilt = (): Promise<void> => ensureBuiltIn(ROOT, compile);
