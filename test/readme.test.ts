// The README: its code compiles and runs as it stands there, its transcript is what is said, and its links lead somewhere.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { beforeAll, expect, it, onTestFinished } from "vitest";

import { BUILD_TIMEOUT_MS, Command, ensureBuilt, mucwright, REGISTER, ROOT } from "./app/support/commands.js";
import { authorFolder } from "./cli/loader/support/author.js";
import { lostLinks } from "./support/links.js";

const README = readFileSync(`${ROOT}/README.md`, "utf8");

/** The code blocks of one language, in order. */
function blocks(language: string): readonly string[] {
  const code = [...README.matchAll(/^```(\w*)\n([^]*?)^```$/gm)];
  return code.flatMap(([, name, text = ""]) => (name === language ? [text] : []));
}

const [keeper = "", test = "", ...more] = blocks("ts");
const [settings = "", ...moreSettings] = blocks("json");

/** Where the compiler and vitest find the package by its name. */
function ownFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(`${ROOT}/test/.guides-readme-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
  return folder;
}

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

const COMPILING = { timeout: BUILD_TIMEOUT_MS };

it("the first bot of the README has at most twelve lines", () => {
  expect(keeper.trim().split("\n").length).toBeLessThanOrEqual(12);
});

it("the README has no code but the bot, its test and their settings: each is tried below", () => {
  expect([more, moreSettings, blocks("js")]).toEqual([[], [], []]);
  expect(test).toContain("testRoom(Keeper)");
});

it(
  "the first bot of the README, and its test, compile with the settings that it names, and with stricter ones",
  COMPILING,
  async () => {
    const folder = ownFolder({ "keeper.ts": keeper, "keeper.test.ts": test, "tsconfig.json": settings });
    const strict = ["--noUnusedParameters", "--noUnusedLocals", "--verbatimModuleSyntax"];
    const tsc = new Command(
      [`${ROOT}/node_modules/typescript/bin/tsc`, "--noEmit", "-p", folder, ...strict],
      { cwd: folder },
    );
    // What the package depends on has mistakes of its own in its types.
    const { stdout } = await tsc.ended;
    expect(stdout.split("\n").filter((line) => /^keeper|TS2318/.test(line))).toEqual([]);
  },
);

it(
  "the test of the README passes with the command that it names, and fails for another bot",
  COMPILING,
  async () => {
    const [command = ""] = /^node --import mucwright\/register --test keeper\.test\.ts$/m.exec(README) ?? [];
    expect(command).not.toBe("");
    const args = ["--import", REGISTER, "--test", "keeper.test.ts"];
    for (const [bot, status, passed] of [
      [keeper, 0, "1"],
      [keeper.replace("hello yourself", "good-bye"), 1, "0"],
    ] as const) {
      const cwd = authorFolder({ "keeper.ts": bot, "keeper.test.ts": test });
      const ended = await new Command(args, { cwd }).ended;
      const [, pass] = /^(?:#|ℹ) pass (\d+)$/m.exec(ended.stdout) ?? [];
      expect([ended.status, pass]).toEqual([status, passed]);
    }
  },
);

it(
  "the test of the README passes with vitest, with the settings and the import that it names",
  COMPILING,
  async () => {
    expect(README).toContain('For vitest import `test` from `"vitest"`');
    const folder = ownFolder({
      "keeper.ts": keeper,
      "keeper.test.ts": test.replace('import { test } from "node:test"', 'import { test } from "vitest"'),
      "tsconfig.json": settings,
      "vitest.config.mjs": "export default {};\n",
    });
    const vitest = new Command([`${ROOT}/node_modules/vitest/vitest.mjs`, "run", "--root", folder], {
      cwd: folder,
      env: { NO_COLOR: "1" },
    });
    const { status, stdout, stderr } = await vitest.ended;
    expect({ status, stderr, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/Tests +1 passed/),
    });
  },
);

it("what the README shows of a visit is what is said", COMPILING, async () => {
  const shown = blocks("").find((block) => block.includes("<alice>")) ?? "";
  const { stdout } = await mucwright(["dev", "examples/keeper.ts"], { cwd: ROOT }).type("").ended;
  const anyRoll = (text: string): string => text.replace(/rolls \d/, "rolls N");
  expect(anyRoll(stdout)).toBe(anyRoll(shown));
});

it("the links of the README lead somewhere", () => {
  expect(README.match(/\]\(docs\//g)?.length).toBeGreaterThan(15);
  expect(lostLinks("README.md")).toEqual([]);
});
