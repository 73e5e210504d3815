#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { explain, runInProcess, setRunHost } from "../app/run.js";
import { messageOf } from "../base/errors.js";
import { readArguments, type Request } from "./arguments.js";
import { loadBots } from "./bots-of-file.js";
import { HELP } from "./help.js";

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

/** Each group of bots with a session of its own, until the last one has ended. */
async function runFile(file: string, verbose: boolean): Promise<void> {
  const { groups, finish } = await loadBots(file);
  setRunHost(null);
  await Promise.all(
    groups.map(({ bots, options, mistakes }) => runInProcess(bots, options, { verbose, mistakes })),
  );
  await finish();
}

async function follow(request: Request): Promise<void> {
  switch (request.do) {
    case "help":
      process.stdout.write(HELP);
      return;
    case "version":
      process.stdout.write(`${version()}\n`);
      return;
    case "run":
      return runFile(request.file, request.verbose);
    case "dev": {
      // not a static import: what runs for real has no use for a server of its own
      const { dev } = await import("./dev.js");
      return dev(request.file, request);
    }
  }
}

/** What is wrong, and where to read on; the help itself only for whoever asks for nothing. */
function complain(problem: string, isEmpty: boolean): void {
  const rest = isEmpty ? `\n\n${HELP}` : `${problem.endsWith("?") ? " See" : "; see"} mucwright --help\n`;
  process.stderr.write(`mucwright: ${problem}${rest}`);
}

/** Runs one command; the number is the exit status, null leaves that to what was run. */
async function main(argv: readonly string[]): Promise<number | null> {
  let request: Request;
  try {
    request = readArguments(argv);
  } catch (error) {
    complain(messageOf(error), argv.length === 0);
    return 2;
  }
  try {
    await follow(request);
    return null;
  } catch (error) {
    const verbose = "verbose" in request && request.verbose;
    process.stderr.write(`mucwright: ${explain(error, verbose)}`);
    return 1;
  }
}

/** Whoever reads along may have had enough (`| head`): a visit ends then, and a bot goes on without its log. */
function endWithReader(): void {
  process.stdout.on("error", () => process.exit());
  process.stderr.on("error", () => {});
}

/** How long what a bot left running may keep the process, once its work is done. */
const LINGER_MS = 1_000;

endWithReader();
const status = await main(process.argv.slice(2));
if (status !== null) process.exitCode = status;
// a timer or a connection of the author's: nobody could end the process but by force
setTimeout(() => process.exit(), LINGER_MS).unref();
