import { StructuredLogger, type Logger, type LogLevel, type LogRecord } from "../base/logger.js";

/** Where lines are printed. */
export interface LogStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

function value(field: unknown): string {
  return typeof field === "string" && /^[^\s"=]+$/.test(field) ? field : JSON.stringify(field);
}

/** For people: one line, its fields as `name=value`; of an error its stack, where it is asked for. */
function forPeople({ level, time, text, fields }: LogRecord, verbose: boolean): string {
  const { error, ...rest } = fields;
  const shown = Object.entries(rest).filter(([, field]) => field !== undefined && field !== null);
  const problem = error as { message?: string; stack?: string } | string | undefined;
  const message = typeof problem === "object" ? (verbose ? problem.stack : problem.message) : problem;
  const line = [
    new Date(time).toISOString().slice(11, 19),
    level.padEnd(5),
    text,
    ...shown.map(([name, field]) => `${name}=${value(field)}`),
  ].join(" ");
  return message === undefined ? `${line}\n` : `${line}: ${message}\n`;
}

/** Prints log lines: for people on a terminal, else as one JSON object a line. */
export function consoleLogger(level: LogLevel, stream: LogStream, verbose = false): Logger {
  return new StructuredLogger({
    level,
    write: (record) => {
      const { fields, text, time, level: name } = record;
      if (stream.isTTY === true) stream.write(forPeople(record, verbose));
      else
        stream.write(
          `${JSON.stringify({ level: name, time: new Date(time).toISOString(), msg: text, ...fields })}\n`,
        );
    },
  });
}
