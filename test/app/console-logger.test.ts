import { describe, expect, it } from "vitest";

import { consoleLogger } from "../../src/app/console-logger.js";
import type { LogLevel } from "../../src/base/logger.js";

function printed(isTTY: boolean, level: LogLevel = "info", verbose = false) {
  const lines: string[] = [];
  const logger = consoleLogger(level, { isTTY, write: (text) => lines.push(text) }, verbose);
  return { logger, lines };
}

describe("the log of the console", () => {
  it("is one JSON object a line where nobody looks", () => {
    const { logger, lines } = printed(false);
    logger.child({ room: "a@b" }).warn({ n: 1, text: "two\nlines" }, "hello");
    logger.debug("not shown");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      msg: "hello",
      room: "a@b",
      n: 1,
      text: "two\nlines",
    });
  });

  it("is one line for people on a terminal, with the message of an error, its stack where that is asked for", () => {
    const { logger, lines } = printed(true);
    logger.error(
      { room: "a@b", error: new Error("boom"), gone: null, said: "two words" },
      "A handler failed",
    );
    logger.info("on");
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d error A handler failed room=a@b said="two words": boom\n$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d info {2}on\n$/),
    ]);
    const verbose = printed(true, "info", true);
    verbose.logger.error({ error: new Error("boom") }, "A handler failed");
    expect(verbose.lines[0]).toMatch(/A handler failed: Error: boom\n\s+at /);
  });

  it.each([
    [null, "hello\n"],
    [undefined, "hello\n"],
    ["boom", "hello: boom\n"],
    [5, "hello: 5\n"],
    [{ a: 1 }, 'hello: {"a":1}\n'],
  ])("takes anything for an error: %j", (error, end) => {
    const { logger, lines } = printed(true);
    logger.error({ error }, "hello");
    expect(lines[0]?.endsWith(end)).toBe(true);
  });

  it("cannot be forged by what people say", () => {
    for (const isTTY of [true, false]) {
      const { logger, lines } = printed(isTTY);
      logger.warn(
        { nick: "al\n12:00:00 error forged", error: new Error("x\n12:00:00 error forged") },
        "hello",
      );
      expect(lines.join("").trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it.each(["msg", "level", "time"])("keeps its own %s, whatever the fields are called", (name) => {
    const { logger, lines } = printed(false);
    logger.warn({ [name]: "mine" }, "hello");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", msg: "hello" });
  });

  it("prints what cannot be printed as JSON all the same", () => {
    const circle: Record<string, unknown> = { big: 10n };
    circle["self"] = circle;
    for (const isTTY of [true, false]) {
      const { logger, lines } = printed(isTTY);
      logger.warn({ circle, symbol: Symbol("s") }, "hello");
      expect(lines).toHaveLength(1);
    }
  });
});
