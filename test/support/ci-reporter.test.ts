import { execFile } from "node:child_process";
import { join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

const VITEST = resolve(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const CONFIG = join(import.meta.dirname, "ci-reporter-runs/vitest.config.ts");

interface Run {
  readonly exitCode: number;
  readonly lastLine: string;
}

function run(file: string, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { PATH } = process.env;
  return new Promise((resolve) => {
    const args = [VITEST, "run", "--config", CONFIG, file];
    execFile(process.execPath, args, { env: { PATH, ...env } }, (error, stdout) => {
      const lastLine = stdout.trimEnd().split("\n").at(-1) ?? "";
      resolve({ exitCode: Number(error?.code ?? 0), lastLine });
    });
  });
}

describe("the last line of a run", () => {
  it("counts tests", async () => {
    expect(await run("sound")).toEqual({ exitCode: 0, lastLine: "2 passed, 0 failed, 1 skipped" });
    expect(await run("failing")).toEqual({ exitCode: 1, lastLine: "1 passed, 1 failed, 0 skipped" });
  });

  it("counts a file that cannot be loaded as failed", async () => {
    expect(await run("unloadable")).toEqual({ exitCode: 1, lastLine: "0 passed, 1 failed, 0 skipped" });
  });

  it("counts an error that nobody caught as failed", async () => {
    expect(await run("uncaught")).toEqual({ exitCode: 1, lastLine: "1 passed, 1 failed, 0 skipped" });
  });

  it("counts a hook that threw as failed", async () => {
    expect(await run("hook")).toEqual({ exitCode: 1, lastLine: "0 passed, 1 failed, 1 skipped" });
  });

  it("is there, and tells of a failure, when no test ran", async () => {
    const nothing = { exitCode: 1, lastLine: "0 passed, 1 failed, 0 skipped" };
    expect(await run("sound", { BROKEN_SETUP: "1" })).toEqual(nothing);
    expect(await run("no-such-file")).toEqual(nothing);
  });
});
