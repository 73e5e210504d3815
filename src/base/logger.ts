import { Element } from "./element.js";

/** How much is logged: each level includes those after it. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** What goes with a log line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where log lines go. Its shape is that of pino, so a pino logger fits as it is. */
export abstract class Logger {
  abstract trace(text: string): void;
  abstract trace(fields: LogFields, text: string): void;
  abstract debug(text: string): void;
  abstract debug(fields: LogFields, text: string): void;
  abstract info(text: string): void;
  abstract info(fields: LogFields, text: string): void;
  abstract warn(text: string): void;
  abstract warn(fields: LogFields, text: string): void;
  abstract error(text: string): void;
  abstract error(fields: LogFields, text: string): void;
  /** A logger that adds `fields` to each line. */
  abstract child(fields: LogFields): Logger;
}

const LEVELS: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  silent: 60,
};

/** Whether `text` names a level. */
export function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(LEVELS, text);
}

/** One line before it is printed. */
export interface LogRecord {
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
  readonly fields: LogFields;
}

/** Field names whose value is never printed, wherever it stands. */
const SECRET_NAME =
  /pass(word|wd|phrase)?s?$|pwd$|secret|token|credential|authorization|(api|private)[-_]?key/i;
const REDACTED = "[redacted]";
/** A line is for people: what is deeper or longer than this is cut. */
const MAX_DEPTH = 4;
const MAX_TEXT = 500;
const MAX_STACK = 4_000;

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
}

/**
 * A copy of `value` that is safe to print: secrets by field name replaced, stanzas reduced to their start tag
 * (what people say, and the passwords that servers write into invitations, do not belong into a log).
 */
export function redact(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case "string":
      return shorten(value);
    case "function":
      return "[function]";
    case "bigint":
    case "symbol":
      return String(value);
    case "object":
      return value === null ? null : redactObject(value, depth);
    default:
      return value;
  }
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Element) {
    const { type, id, from, to } = value.attrs;
    return { element: value.name, type, id, from, to };
  }
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const code = "code" in value ? value.code : undefined;
    return {
      name,
      message: shorten(message),
      code,
      stack: stack?.slice(0, MAX_STACK),
      cause: depth < MAX_DEPTH ? redact(cause, depth + 1) : undefined,
    };
  }
  if (depth >= MAX_DEPTH) return "[…]";
  if ("toJSON" in value && typeof value.toJSON === "function") return redact(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_NAME.test(key) ? REDACTED : redact(item, depth + 1),
    ]),
  );
}

/** What {@link StructuredLogger} needs. */
export interface StructuredLoggerOptions {
  /** The least important level that is printed. */
  readonly level: LogLevel;
  /** Prints a record; its fields are redacted already. */
  readonly write: (record: LogRecord) => void;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number;
}

/** A {@link Logger} that hands redacted records to a function. */
export class StructuredLogger extends Logger {
  readonly #options: StructuredLoggerOptions;
  readonly #fields: LogFields;

  constructor(options: StructuredLoggerOptions, fields: LogFields = {}) {
    super();
    this.#options = options;
    this.#fields = fields;
  }

  #log(level: LogLevel, first: string | LogFields, second?: string): void {
    if (LEVELS[level] < LEVELS[this.#options.level]) return;
    const own = typeof first === "string" ? {} : first;
    const fields = redact({ ...this.#fields, ...own }) as LogFields;
    const text = typeof first === "string" ? first : (second ?? "");
    this.#options.write({ level, time: (this.#options.now ?? Date.now)(), text, fields });
  }

  override trace(first: string | LogFields, second?: string): void {
    this.#log("trace", first, second);
  }

  override debug(first: string | LogFields, second?: string): void {
    this.#log("debug", first, second);
  }

  override info(first: string | LogFields, second?: string): void {
    this.#log("info", first, second);
  }

  override warn(first: string | LogFields, second?: string): void {
    this.#log("warn", first, second);
  }

  override error(first: string | LogFields, second?: string): void {
    this.#log("error", first, second);
  }

  override child(fields: LogFields): Logger {
    return new StructuredLogger(this.#options, { ...this.#fields, ...fields });
  }
}

/** Prints nothing. */
export const silentLogger: Logger = new StructuredLogger({ level: "silent", write: () => {} });
