#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { explain, runInProcess, setRunHost } from "../app/run.js";
import { messageOf } from "../base/errors.js";
import { loadBots } from "./bots-of-file.js";
import { HELP } from "./help.js";

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  verbose: { type: "boolean" },
  script: { type: "string" },
} as const;

function usage(problem: string): number {
  process.stderr.write(`mucwright: ${problem}\n\n${HELP}`);
  return 2;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

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

/** Runs one command; the number is the exit status, null leaves that to what was run. */
async function main(argv: readonly string[]): Promise<number | null> {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.help === true) return print(HELP);
  if (values.version === true) return print(`${version()}\n`);
  const [verb, file, ...more] = positionals;
  if (verb === undefined) return usage("what shall be done?");
  if (verb !== "run" && verb !== "dev") return usage(`there is no command "${verb}"`);
  if (file === undefined) return usage(`${verb} wants the file of a bot`);
  if (more.length > 0) return usage(`"${more.join(" ")}" is too much`);
  if (verb === "run" && values.script !== undefined) return usage("--script is for dev");
  const verbose = values.verbose === true;
  try {
    if (verb === "run") await runFile(file, verbose);
    else {
      // not a static import: what runs for real has no use for a server of its own
      const { dev } = await import("./dev.js");
      await dev(file, { script: values.script ?? null, verbose });
    }
    return null;
  } catch (error) {
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
try {
  const status = await main(process.argv.slice(2));
  if (status !== null) process.exitCode = status;
} catch (error) {
  process.exitCode = usage(messageOf(error));
}
// a timer or a connection of the author's: nobody could end the process but by force
setTimeout(() => process.exit(), LINGER_MS).unref();
