import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { Logger, StructuredLogger, type LogFields } from "../../src/base/logger.js";
import { redacting } from "../../src/base/redacting-logger.js";

/** A logger of the user's own, in the shape of pino: prints whatever it is given. */
class Verbatim extends Logger {
  constructor(
    readonly lines: string[] = [],
    readonly fields: LogFields = {},
  ) {
    super();
  }

  #print(level: string, ...args: readonly unknown[]): void {
    this.lines.push(
      [level, ...args.map((each) => JSON.stringify(each)), JSON.stringify(this.fields)].join(" "),
    );
  }

  override trace(...args: readonly unknown[]): void {
    this.#print("trace", ...args);
  }
  override debug(...args: readonly unknown[]): void {
    this.#print("debug", ...args);
  }
  override info(...args: readonly unknown[]): void {
    this.#print("info", ...args);
  }
  override warn(...args: readonly unknown[]): void {
    this.#print("warn", ...args);
  }
  override error(...args: readonly unknown[]): void {
    this.#print("error", ...args);
  }
  override child(fields: LogFields): Logger {
    return new Verbatim(this.lines, { ...this.fields, ...fields });
  }
}

const join = xml("presence", { to: "room@b/nick" }, xml("x", null, xml("password", null, "sesame")));

describe("a logger of the user's own", () => {
  it.each(["trace", "debug", "info", "warn", "error"] as const)("is given no secret at level %s", (level) => {
    const own = new Verbatim();
    const logger = redacting(own).child({ password: "sesame", account: "a@b" });
    logger[level]({ stanza: join, token: "sesame", count: 1 }, "said");
    logger[level]("only text");
    expect(own.lines).toEqual([
      `${level} {"stanza":{"element":"presence","to":"room@b/nick"},"token":"[redacted]","count":1} "said" {"password":"[redacted]","account":"a@b"}`,
      `${level} "only text" {"password":"[redacted]","account":"a@b"}`,
    ]);
  });

  it("stays as it is where it redacts by itself, and is wrapped once", () => {
    const ours = new StructuredLogger({ level: "info", write: () => {} });
    expect(redacting(ours)).toBe(ours);
    const once = redacting(new Verbatim());
    expect(redacting(once)).toBe(once);
  });
});
