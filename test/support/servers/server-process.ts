import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { eventually } from "../wait.js";

const TAIL_LINES = 25;

/** What to run, and with what environment. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The process that serves from a folder, known by the pid file in it: whatever process asks, it is the same one.
 * The folder, whose own name nobody else has, must be named in its arguments: that tells it from a later process with
 * the same id.
 */
export class ServerProcess {
  /** Where its standard output goes; a server's own log may go there too. */
  readonly logFile: string;
  readonly #pidFile: string;

  /** @param logDir the folder of the log, if not the server's own: for logs that outlast the run. */
  constructor(
    readonly dir: string,
    logDir = process.env["MUCWRIGHT_TEST_LOGS"],
  ) {
    this.logFile = logDir === undefined ? join(dir, "log") : join(logDir, `${basename(dir)}.log`);
    this.#pidFile = join(dir, "pid");
  }

  /** Whether a process was ever started here. */
  get wasStarted(): boolean {
    return existsSync(this.#pidFile);
  }

  /** The id of the process, or null if it has ended (a zombie has). */
  get pid(): number | null {
    if (!this.wasStarted) return null;
    const pid = Number(readFileSync(this.#pidFile, "utf8"));
    try {
      const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
      // While other threads are still ending, a zombie has its sockets open.
      const hasEnded = (state === "Z" || state === "X") && readdirSync(`/proc/${pid}/task`).length <= 1;
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      // For a moment during each exec() a process has none; those of the kernel have none ever, and no such pid.
      const isOurs = commandLine === "" || commandLine.includes(basename(this.dir));
      return isOurs && !hasEnded ? pid : null;
    } catch {
      return null;
    }
  }

  /** Starts the process in a session of its own, so that Ctrl-C on the terminal is not for it. */
  spawn({ file, args, env }: Command): void {
    mkdirSync(join(this.logFile, ".."), { recursive: true });
    const log = openSync(this.logFile, "a");
    const child = spawn(file, args, { cwd: this.dir, env, detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    child.unref();
    // An unlistened error would end the tests; without a pid file it is found ended, with the log's tail.
    child.on("error", (error) => writeFileSync(this.logFile, `${error.message}\n`, { flag: "a" }));
    if (child.pid === undefined) return;
    try {
      writeFileSync(this.#pidFile, String(child.pid));
    } catch (error) {
      // The folder is gone: the run is being ended, and nobody would know of the process.
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Resolves once `ready` does. @throws Error with the log's tail, if the process ends first, or time is up. */
  async waitUntil(ready: () => Promise<boolean>, what: string, timeoutMs = 120_000): Promise<void> {
    const check = async (): Promise<string | false> => {
      if (this.pid === null) return "the process ended";
      return (await ready()) && "ready";
    };
    const outcome = await eventually(check, { timeoutMs, what }).catch((error: Error) => error.message);
    if (outcome === "ready") return;
    throw new Error(`${what}: ${outcome}. Its log ends with:\n${this.logTail()}`);
  }

  /** Sends a signal, if there is a process. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this;
    if (pid !== null) process.kill(pid, signal);
  }

  /** Ends the process, a frozen one too, and resolves once it is gone. One that ignores SIGTERM is killed. */
  async end(signal: "SIGTERM" | "SIGKILL", patienceMs = 20_000): Promise<void> {
    this.signal(signal);
    this.signal("SIGCONT");
    const what = `the end of the server in ${this.dir} after ${signal}`;
    const gone = (): boolean => this.pid === null;
    try {
      await eventually(gone, { timeoutMs: patienceMs, what });
    } catch (error) {
      if (signal === "SIGKILL") throw error;
      await this.end("SIGKILL", patienceMs);
    }
  }

  /** The last lines of the log. */
  logTail(): string {
    if (!existsSync(this.logFile)) return "(there is none)";
    return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  }
}
