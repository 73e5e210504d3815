import { messageOf } from "../base/errors.js";
import { StructuredLogger, type Logger, type LogLevel, type LogRecord } from "../base/logger.js";

/** Where lines are printed. */
export interface LogStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** JSON of anything: a log line is no reason to fail. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" || typeof each === "symbol" ? String(each) : each,
  );
}

/** Without what moves the cursor, or begins a line: on a terminal somebody else's text could pass for ours. */
function tame(text: string, keep = ""): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) =>
    keep.includes(char) ? char : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

function value(field: unknown): string {
  return typeof field === "string" && /^[^\s"=]+$/.test(field) ? field : json(field);
}

/** What is shown of the stack of an error: nothing, all, or what a function makes of it. */
export type ShownStack = boolean | ((stack: string) => string);

/** The text of what was thrown, which may be anything; undefined where nothing was. */
function problemOf(error: unknown, shown: ShownStack): string | undefined {
  if (error === undefined || error === null) return undefined;
  if (typeof error !== "object") return messageOf(error);
  const { message, stack } = error as { readonly message?: unknown; readonly stack?: unknown };
  const text = shown === false ? message : (stack ?? message);
  if (typeof text !== "string") return json(error);
  return typeof shown === "function" ? shown(text) : text;
}

/** A record for people: one line, its fields as `name=value`; of an error its stack, where it is asked for. */
export function describeRecord({ level, time, text, fields }: LogRecord, shownStack: ShownStack): string {
  const { error, ...rest } = fields;
  const shown = Object.entries(rest).filter(([, field]) => field !== undefined && field !== null);
  const message = problemOf(error, shownStack);
  const line = [
    new Date(time).toISOString().slice(11, 19),
    level.padEnd(5),
    text,
    ...shown.map(([name, field]) => `${name}=${value(field)}`),
  ].join(" ");
  if (message === undefined) return `${tame(line)}\n`;
  return `${tame(line)}: ${tame(message, shownStack === false ? "" : "\n")}\n`;
}

/** Prints log lines: for people on a terminal, else as one JSON object a line. */
export function consoleLogger(level: LogLevel, stream: LogStream, shownStack: ShownStack = false): Logger {
  return new StructuredLogger({
    level,
    write: (record) => {
      if (stream.isTTY === true) return void stream.write(describeRecord(record, shownStack));
      const { fields, text, time, level: name } = record;
      const own = { level: name, time: new Date(time).toISOString(), msg: text };
      // first in order, and last in force
      stream.write(`${json({ ...own, ...fields, ...own })}\n`);
    },
  });
}
