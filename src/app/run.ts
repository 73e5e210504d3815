import { inspect } from "node:util";

import { messageOf, MucwrightError } from "../base/errors.js";
import type { AuthoringMistake } from "../bot/errors.js";
import type { Class } from "../bot/metadata.js";
import { adviceOn } from "./advice.js";
import { culpritOf } from "./blame.js";
import { BotApp } from "./bot-app.js";
import type { SessionLimits } from "../xmpp/session-options.js";
import type { AppOptions } from "./options.js";

/** Takes bots over, in place of starting them. */
export type RunHost = (bots: readonly Class[], options: AppOptions) => Promise<void>;

let host: RunHost | null = null;

/** Makes {@link run} hand its bots over: the command line starts them itself, and only once. */
export function setRunHost(newHost: RunHost | null): void {
  host = newHost;
}

/**
 * Below what servers read without slowing down: beyond it a bot's answers only queue up where nobody sees them, and
 * behind them its acknowledgements. (ejabberd as Debian has it: 25 kB at once, then 3 kB/s; Prosody: 10 kB/s.)
 */
const RUN_LIMITS: SessionLimits = { bytesPerSecond: 2_500, burstBytes: 16_384 };

/** Where this package is, as stack traces name it. */
const OWN_FOLDER = new URL("../", import.meta.url).href;

/** What happened in the author's files; all of it where nothing did. */
function authorsPart(inspected: string): string {
  const isOurs = (line: string): boolean =>
    /^\s+at /.test(line) && (line.includes(OWN_FOLDER) || /\(?node:/.test(line));
  const kept = inspected.split("\n").filter((line) => !isOurs(line));
  return kept.some((line) => /^\s+at /.test(line)) ? kept.join("\n") : inspected;
}

/** What went wrong, in one message for people; with stack and causes only where they are asked for, or nobody foresaw it. */
export function explain(error: unknown, verbose: boolean): string {
  const culprit = culpritOf(error);
  const advice = adviceOn(error);
  const foreseen = error instanceof MucwrightError;
  const what = verbose ? inspect(error) : foreseen ? messageOf(error) : authorsPart(inspect(error));
  return `${culprit === null ? "" : `${culprit}: `}${what}${advice === null ? "" : `\n  → ${advice}`}\n`;
}

/**
 * Starts an application of one or several bots and stays until it ends: by SIGINT or SIGTERM, which stop it in order,
 * or by what makes going on pointless. What is not given in `options` comes from the environment (`MUCWRIGHT_JID`,
 * `MUCWRIGHT_PASSWORD`, `MUCWRIGHT_SERVICE`, `MUCWRIGHT_ROOMS`, `MUCWRIGHT_NICK`, `MUCWRIGHT_CA`,
 * `MUCWRIGHT_LOG_LEVEL`), then from `@Bot`. Never rejects: an error is printed, and the exit status is 1.
 */
export async function run(bots: Class | readonly Class[], options: AppOptions = {}): Promise<void> {
  const list = typeof bots === "function" ? [bots] : bots;
  await (host ?? runInProcess)(list, options);
}

/** What who runs bots knows beside them. */
export interface RunDetails {
  /** Prints stack traces. */
  readonly verbose?: boolean;
  /** What was found to be wrong already. */
  readonly mistakes?: readonly AuthoringMistake[];
}

/** {@link run} without a host. */
export async function runInProcess(
  bots: readonly Class[],
  options: AppOptions,
  { verbose = false, mistakes = [] }: RunDetails = {},
): Promise<void> {
  const limits = { ...RUN_LIMITS, ...options.limits };
  const app = new BotApp({ env: process.env, ...options, limits, bots }, mistakes);
  const signals = stopOnSignals(app);
  const unguard = logForgottenPromises(app);
  try {
    await app.start();
    const error = await app.closed;
    if (error !== null) throw error;
  } catch (error) {
    await app.stop();
    // a start that a signal broke off is no failure
    if (signals.received) return;
    process.stderr.write(`mucwright: ${explain(error, verbose)}`);
    process.exitCode = 1;
  } finally {
    unguard();
    signals.unhook();
  }
}

/**
 * A promise that a handler made and did not await may reject with nobody to tell. That is a handler's failure like any
 * other, and must not take the rooms down with it.
 */
export function logForgottenPromises(app: BotApp): () => void {
  const log = (error: unknown): void => {
    app.logger.error(
      { error },
      "A promise that nobody awaited was rejected: await it in the handler that made it",
    );
  };
  process.on("unhandledRejection", log);
  return () => void process.off("unhandledRejection", log);
}

/** The first signal stops the application in order; the second one ends the process as it would by itself. */
function stopOnSignals(app: BotApp): { readonly received: boolean; unhook(): void } {
  const names = ["SIGINT", "SIGTERM"] as const;
  const unhook = (): void => {
    for (const name of names) process.off(name, stop);
  };
  let received = false;
  const stop = (): void => {
    received = true;
    unhook();
    void app.stop();
  };
  for (const name of names) process.on(name, stop);
  return {
    get received() {
      return received;
    },
    unhook,
  };
}
