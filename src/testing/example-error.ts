import { fileURLToPath } from "node:url";

import { MucwrightError } from "../base/errors.js";
import type { LogRecord } from "../base/logger.js";
import type { ExpectedAnswer } from "../bot/metadata.js";

/** An example, and what came of it. */
export interface RanExample {
  /** `Keeper.roll`. */
  readonly handler: string;
  /** What was said. */
  readonly input: string;
  readonly expected: ExpectedAnswer;
  /** What the bots said to it: one text for each message. */
  readonly answers: readonly string[];
  /** The warnings and errors that were logged, oldest first. */
  readonly log: readonly LogRecord[];
  readonly passed: boolean;
}

/** Bots did not answer as their examples say. */
export class ExampleError extends MucwrightError {
  /** Those that did not pass. */
  readonly failed: readonly RanExample[];

  constructor(failed: readonly RanExample[]) {
    super("example", failed.map(describe).join("\n"));
    this.failed = failed;
  }
}

/** An expected answer as the lines that it is made of. */
export function linesOf(expected: ExpectedAnswer): readonly (string | RegExp)[] {
  return typeof expected === "string" || expected instanceof RegExp ? [expected] : expected;
}

function shown(lines: readonly (string | RegExp)[]): string {
  if (lines.length === 0) return "nothing";
  return lines.map((line) => (typeof line === "string" ? JSON.stringify(line) : String(line))).join(", ");
}

function describe({ handler, input, expected, answers, log }: RanExample): string {
  const what = `${handler}: ${JSON.stringify(input)} is to be answered with ${shown(linesOf(expected))}, and was with ${shown(answers)}`;
  return [
    what,
    ...log.flatMap(({ level, fields }) => (level === "error" ? thrown(fields["error"]) : [])),
  ].join("\n");
}

/** What was thrown, as the log has it, and where. */
function thrown(error: unknown): string {
  if (typeof error !== "object" || error === null) return `  ${String(error)}`;
  const { name, message, stack } = error as Readonly<Record<string, unknown>>;
  const frame = typeof stack === "string" ? authorsFrame(stack) : null;
  return [`  ${String(name)}: ${String(message)}`, ...(frame === null ? [] : [`    ${frame}`])].join("\n");
}

const OWN_FILES = fileURLToPath(new URL("..", import.meta.url));

/** The innermost place outside of this package and of what others wrote, seen from where the test runs; null for none. */
function authorsFrame(stack: string): string | null {
  const frames = stack.split("\n").flatMap((line) => {
    const frame = line.trim().replaceAll("file://", "");
    const isOthers = /\bnode:|[\\/]node_modules[\\/]/.test(frame) || frame.includes(OWN_FILES);
    return frame.startsWith("at ") && /:\d+:\d+\)?$/.test(frame) && !isOthers ? [frame] : [];
  });
  return frames[0]?.replace(`${process.cwd()}/`, "") ?? null;
}
