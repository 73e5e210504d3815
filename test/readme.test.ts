import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { beforeAll, expect, it, onTestFinished } from "vitest";

import { BUILD_TIMEOUT_MS, Command, ensureBuilt, REGISTER, ROOT } from "./app/support/commands.js";
import { authorFolder } from "./cli/loader/support/author.js";

const README = readFileSync(`${ROOT}/README.md`, "utf8");

/** The code blocks of one language, in order. */
function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(
    ([, code = ""]) => code,
  );
}

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

const COMPILING = { timeout: BUILD_TIMEOUT_MS };

it("the first bot of the README has at most twelve lines", () => {
  const [bot = ""] = blocks("ts");
  expect(bot.trim().split("\n").length).toBeLessThanOrEqual(12);
});

it(
  "the first bot of the README, and its test, compile with the settings that it names",
  COMPILING,
  async () => {
    const [keeper = "", test = ""] = blocks("ts");
    const [settings = ""] = blocks("json");
    const folder = mkdtempSync(`${ROOT}/test/.guides-readme-`);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, text] of Object.entries({
      "keeper.ts": keeper,
      "keeper.test.ts": test,
      "tsconfig.json": settings,
    }))
      writeFileSync(`${folder}/${name}`, text);
    expect(test).toContain("testRoom(Keeper)");
    const tsc = new Command([`${ROOT}/node_modules/typescript/bin/tsc`, "--noEmit", "-p", folder], {
      cwd: folder,
    });
    // What the package depends on has mistakes of its own in its types.
    const { stdout } = await tsc.ended;
    expect(stdout.split("\n").filter((line) => /^keeper|TS2318/.test(line))).toEqual([]);
  },
);

it("the first bot of the README passes the test that it shows, in a folder of its own", async () => {
  const [keeper = "", test = ""] = blocks("ts");
  // it is run as vitest would run it, and what it says of vitest is what the file that it imports does
  const folder = authorFolder({
    "keeper.ts": keeper,
    "keeper.test.ts": test.replace(
      'import { expect, it } from "vitest";',
      'import { expect, it } from "./runner.ts";',
    ),
    "runner.ts": `import assert from "node:assert";
export { it } from "node:test";
export const expect = (value: unknown) => ({ toBe: (other: unknown) => assert.equal(value, other) });
`,
  });
  const args = ["--import", REGISTER, "--test", "keeper.test.ts"];
  const { status, stdout } = await new Command(args, { cwd: folder }).ended;
  expect(stdout).toMatch(/pass 1$/m);
  expect(status).toBe(0);
});
