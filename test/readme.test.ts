import { readFileSync } from "node:fs";

import { beforeAll, expect, it } from "vitest";

import { Command, ensureBuilt, REGISTER, ROOT } from "./app/support/commands.js";
import { authorFolder } from "./cli/loader/support/author.js";

const README = readFileSync(`${ROOT}/README.md`, "utf8");

/** The code blocks of one language, in order. */
function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(
    ([, code = ""]) => code,
  );
}

beforeAll(ensureBuilt, 120_000);

it("the first bot of the README has at most twelve lines", () => {
  const [bot = ""] = blocks("ts");
  expect(bot.trim().split("\n").length).toBeLessThanOrEqual(12);
});

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
