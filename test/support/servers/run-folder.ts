import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ServerProcess } from "./server-process.js";

const PREFIX = "mucwright-servers-";
const ENDING = ".ending";
const OWNER = "owner";
/** Prosody's shell has a unix socket in the folder, whose address may have 107 bytes at most. */
const LONGEST_PARENT = 50;

function parentFolder(): string {
  return tmpdir().length <= LONGEST_PARENT ? tmpdir() : "/tmp";
}

/** What tells a process from a later one with the same id: when it began, in ticks since the machine started. */
function birth(pid: number | string): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function killServersIn(folder: string): void {
  const servers = readdirSync(folder).map((name) => new ServerProcess(join(folder, name)));
  for (const server of servers) server.signal("SIGKILL");
  for (let checks = 0; checks < 400 && servers.some((server) => server.pid !== null); checks++) sleepSync(5);
}

/**
 * Kills the servers below a folder and deletes it, at once and without a promise: this must also do while the
 * process is on its way out.
 */
export function removeRunFolder(folder: string): void {
  if (!existsSync(folder)) return;
  // First of all: a test that is still running can start no server any more.
  const ending = folder.endsWith(ENDING) ? folder : `${folder}${ENDING}`;
  if (ending !== folder) renameSync(folder, ending);
  killServersIn(ending);
  rmSync(ending, { recursive: true, force: true, maxRetries: 5 });
}

/** Makes the temporary folder that all servers of this run have their own below. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(parentFolder(), PREFIX));
  writeFileSync(join(folder, OWNER), `${process.pid} ${birth(process.pid)}`);
  return folder;
}

/** Removes what runs have left behind that were killed before they could do so themselves. */
export function removeLeftovers(parent = parentFolder()): void {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(parent, name);
    const owner = join(folder, OWNER);
    try {
      if (!existsSync(owner) || statSync(folder).uid !== process.getuid?.()) continue;
      const [pid = "", born] = readFileSync(owner, "utf8").split(" ");
      if (birth(pid) !== born) removeRunFolder(folder);
    } catch {
      // Another run is removing it.
    }
  }
}
