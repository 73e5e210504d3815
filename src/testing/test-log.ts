import { describeRecord } from "../app/console-logger.js";
import type { Clock } from "../base/clock.js";
import { StructuredLogger, type LogFields, type Logger, type LogRecord } from "../base/logger.js";

/** Of the log so much is told when something does not come. */
const TOLD_LINES = 20;

type Printed = Exclude<LogRecord["level"], "silent">;

/** What the bots of a test log: warnings and errors are kept, and errors printed where the test runs. */
export class TestLog {
  /** Oldest first; fields are redacted. */
  readonly records: readonly LogRecord[];
  /** What the bots log with. */
  readonly logger: Logger;

  /** `own` gets every line in place of the console; null where errors are to be printed. */
  constructor(clock: Clock, own: Logger | null) {
    const records: LogRecord[] = [];
    this.records = records;
    this.logger = new StructuredLogger({
      level: own === null ? "warn" : "trace",
      now: () => clock.now(),
      write: (record) => {
        if (record.level === "warn" || record.level === "error") records.push(record);
        if (own !== null) passOn(record, own);
        else if (record.level === "error") printError(record);
      },
    });
  }

  /** The last lines, errors with their stacks; "" where there are none. */
  describe(): string {
    const lines = this.records.slice(-TOLD_LINES);
    return lines.map((record) => `  ${describeRecord(record, record.level === "error")}`).join("");
  }
}

function passOn({ level, text, fields }: LogRecord, logger: Logger): void {
  const print: (fields: LogFields, text: string) => void = logger[level as Printed].bind(logger);
  print(fields, text);
}

/** Through the console: test runners show with which test it was printed. */
function printError(record: LogRecord): void {
  console.error(describeRecord(record, true).trimEnd());
}
