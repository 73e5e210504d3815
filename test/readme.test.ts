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
    const [keeper = "", , , , test = ""] = blocks("ts");
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

it("the bots of the README run as they stand there, in the test that it shows", async () => {
  const [keeper = "", handlers = "", injected = "", test = ""] = blocks("ts");
  const imports =
    'import "mucwright"; import { createBotApp, injectable, Reply, ReplyError, Rooms } from "mucwright";\n' +
    'import { TestServer } from "mucwright/testing";\n';
  const folder = authorFolder({
    "bot.ts": `${imports}${keeper}\n@Bot() export class More {\n${handlers}}\n${injected}\n${test}`,
  });
  const { status, stdout, stderr } = await new Command(["--import", REGISTER, "bot.ts"], { cwd: folder })
    .ended;
  expect({ status, stderr: stderr.replace(/^\{"level":"(?:info|warn)".*\n/gm, "") }).toEqual({
    status: 0,
    stderr: "",
  });
  expect(stdout).toBe("Welcome, alice!\n");
});
