import { Logger, redact, StructuredLogger, type LogFields } from "./logger.js";

/** A {@link Logger} before another one, which is given nothing that is secret. */
class RedactingLogger extends Logger {
  readonly #inner: Logger;

  constructor(inner: Logger) {
    super();
    this.#inner = inner;
  }

  #log(
    level: "trace" | "debug" | "info" | "warn" | "error",
    first: string | LogFields,
    second?: string,
  ): void {
    if (typeof first === "string") this.#inner[level](first);
    else this.#inner[level](redact(first) as LogFields, second ?? "");
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
    return new RedactingLogger(this.#inner.child(redact(fields) as LogFields));
  }
}

/**
 * The same logger, given only what {@link redact} leaves: one of the user's own would print stanzas whole, and the
 * passwords in them.
 */
export function redacting(logger: Logger): Logger {
  return logger instanceof StructuredLogger || logger instanceof RedactingLogger
    ? logger
    : new RedactingLogger(logger);
}
