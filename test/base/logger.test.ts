import { describe, expect, it } from "vitest";

import { xml } from "../../src/base/element.js";
import { MucwrightError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";
import {
  isLogLevel,
  silentLogger,
  StructuredLogger,
  type LogLevel,
  type LogRecord,
} from "../../src/base/logger.js";

function logger(level: LogLevel = "trace"): { log: StructuredLogger; records: LogRecord[] } {
  const records: LogRecord[] = [];
  return {
    records,
    log: new StructuredLogger({ level, now: () => 42, write: (record) => records.push(record) }),
  };
}

/** The fields of a line that was logged with these. */
function logged(fields: Record<string, unknown>): Record<string, unknown> {
  const { log, records } = logger();
  log.info(fields, "x");
  return records[0]?.fields ?? {};
}

describe("levels", () => {
  const levels = ["trace", "debug", "info", "warn", "error"] as const;

  it.each<[LogLevel, readonly string[]]>([
    ["trace", levels],
    ["info", ["info", "warn", "error"]],
    ["error", ["error"]],
    ["silent", []],
  ])("at %s print what is as important", (level, printed) => {
    const { log, records } = logger(level);
    for (const each of levels) log[each](`at ${each}`);
    expect(records.map((record) => record.level)).toEqual(printed);
    expect(records.map((record) => record.text)).toEqual(printed.map((each) => `at ${each}`));
  });

  it("have names", () => {
    expect(["trace", "silent"].every(isLogLevel)).toBe(true);
    expect(["", "verbose", "toString", "__proto__"].some(isLogLevel)).toBe(false);
  });

  it("are looked at before anything is done", () => {
    const { log } = logger("warn");
    let read = false;
    log.info(
      {
        get expensive() {
          return (read = true);
        },
      },
      "x",
    );
    expect(read).toBe(false);
  });

  it("of the silent logger print nothing", () => {
    expect(() => silentLogger.child({ a: 1 }).error({ b: 2 }, "x")).not.toThrow();
  });
});

describe("a line", () => {
  it("has level, time, text and fields", () => {
    const { log, records } = logger();
    log.warn({ room: "lobby", count: 2 }, "Full");
    log.error("Gone");
    expect(records).toEqual([
      { level: "warn", time: 42, text: "Full", fields: { room: "lobby", count: 2 } },
      { level: "error", time: 42, text: "Gone", fields: {} },
    ]);
  });

  it("of a child has the fields of all its parents; its own win", () => {
    const { log, records } = logger();
    const child = log.child({ a: 1, b: 1 }).child({ b: 2, c: 2 });
    child.info({ c: 3 }, "x");
    log.info("y");
    expect(records.map((record) => record.fields)).toEqual([{ a: 1, b: 2, c: 3 }, {}]);
  });
});

describe("secrets", () => {
  it.each([
    "password",
    "Password",
    "roomPassword",
    "passwd",
    "passphrase",
    "passwords",
    "pwd",
    "secret",
    "roomSecret",
    "clientSecret",
    "token",
    "accessToken",
    "credential",
    "credentials",
    "authorization",
    "Authorization",
    "apiKey",
    "api_key",
    "privateKey",
  ])("by the name of %s are not printed", (name) => {
    expect(logged({ [name]: "hunter2" })).toEqual({ [name]: "[redacted]" });
  });

  it("are not printed wherever they stand", () => {
    const fields = {
      options: { tls: { key: 1 }, account: { password: "hunter2" } },
      list: [{ secret: "hunter2" }],
      event: { toJSON: () => ({ token: "hunter2", fine: 1 }) },
      error: new Error("no", { cause: { password: "hunter2" } }),
    };
    const line = JSON.stringify(logged(fields));
    expect(line).not.toContain("hunter2");
    expect(line.match(/\[redacted\]/g)).toHaveLength(4);
    expect(line).toContain('"fine":1');
  });

  it("are not printed when they are fields of a child", () => {
    const { log, records } = logger();
    log.child({ password: "hunter2" }).info("x");
    expect(records[0]?.fields).toEqual({ password: "[redacted]" });
  });

  it("leave names alone that only look a bit like them", () => {
    const fields = { passed: 1, compassion: "n", key: "k", bypassed: true };
    expect(logged(fields)).toEqual(fields);
  });
});

describe("what is printed of a value", () => {
  it("is the start tag of a stanza and not what is in it", () => {
    const stanza = xml(
      "message",
      { from: "a@b", to: "c@d", type: "chat", id: "1", extra: "e" },
      xml("password", null, "hunter2"),
    );
    const wanted = { element: "message", from: "a@b", to: "c@d", type: "chat", id: "1" };
    expect(logged({ stanza, deep: { list: [stanza] } })).toEqual({
      stanza: wanted,
      deep: { list: [wanted] },
    });
  });

  it("is the text of what can be one", () => {
    const fields = { jid: JID.parse("a@b"), at: new Date(0), big: 12n, symbol: Symbol("s"), call: () => {} };
    expect(logged(fields)).toEqual({
      jid: "a@b",
      at: "1970-01-01T00:00:00.000Z",
      big: "12",
      symbol: "Symbol(s)",
      call: "[function]",
    });
  });

  it("is name, message, code, stack and cause of an error", () => {
    const cause = new MucwrightError("closed", "gone");
    const { error } = logged({ error: new TypeError("bad", { cause }) }) as {
      error: Record<string, unknown>;
    };
    expect(error).toMatchObject({
      name: "TypeError",
      message: "bad",
      cause: { code: "closed", message: "gone" },
    });
    expect(error["stack"]).toContain("logger.test");
  });

  it("is bounded", () => {
    const cyclic: Record<string, unknown> = { name: "cycle" };
    cyclic["self"] = cyclic;
    const selfish = { toJSON: (): unknown => selfish };
    const error = new Error("e".repeat(100_000));
    const line = JSON.stringify(
      logged({
        text: "x".repeat(100_000),
        list: Array.from({ length: 10_000 }, () => 1),
        cyclic,
        selfish,
        error,
        bytes: Buffer.alloc(10_000),
      }),
    );
    expect(line.length).toBeLessThan(8_000);
    expect(line).toContain("(100000 characters)");
    expect(line).toContain("[…]");
  });
});
