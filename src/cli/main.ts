#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { explain, runInProcess } from "../app/run.js";
import { messageOf } from "../base/errors.js";
import { loadBots } from "./bots-of-file.js";
import { dev } from "./dev.js";
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
  const verbose = values.verbose === true;
  try {
    if (verb === "dev") await dev(file, { script: values.script ?? null, verbose });
    else {
      const { bots, options } = await loadBots(file);
      await runInProcess(bots, options, verbose);
    }
    return null;
  } catch (error) {
    process.stderr.write(`mucwright: ${explain(error, verbose)}`);
    return 1;
  }
}

try {
  const status = await main(process.argv.slice(2));
  if (status !== null) process.exitCode = status;
} catch (error) {
  process.exitCode = usage(messageOf(error));
}
