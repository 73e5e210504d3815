import { StructuredLogger, type LogRecord, type Logger } from "../../../src/base/logger.js";

/** Everything that was logged. */
export interface RecordedLog {
  readonly logger: Logger;
  readonly records: readonly LogRecord[];
  /** `level text` of what is a warning or worse. */
  readonly complaints: readonly string[];
}

export function recordLog(): RecordedLog {
  const records: LogRecord[] = [];
  return {
    logger: new StructuredLogger({ level: "trace", write: (record) => records.push(record) }),
    records,
    get complaints() {
      return records
        .filter(({ level }) => level === "warn" || level === "error")
        .map(({ level, text }) => `${level} ${text}`);
    },
  };
}
