import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { BotFileError } from "../../../src/cli/loader/bot-file-error.js";
import { installLoader, loadedFiles } from "../../../src/cli/loader/install.js";
import { loadBotFile } from "../../../src/cli/loader/load-bot-file.js";
import { authorFolder } from "./support/author.js";

// what runs from source is imported by the test runner, which has a mind of its own about errors: what authors
// see is in loader.e2e.test.ts
describe("loadBotFile, from source", () => {
  it("gives the exports of a file", async () => {
    installLoader();
    const folder = authorFolder({
      "bot.ts": 'import { dep } from "./dep.js"; enum E { A = 1 } export const a: number = E.A + dep;',
      "dep.ts": "export const dep: number = 1;",
    });
    await expect(loadBotFile(join(folder, "bot.ts"))).resolves.toMatchObject({ a: 2 });
    expect(loadedFiles()).toEqual([]);
  });

  it("finds a file that is named without its extension", async () => {
    const folder = authorFolder({ "bot.ts": "export const a: number = 1;" });
    await expect(loadBotFile(join(folder, "bot"))).resolves.toMatchObject({ a: 1 });
  });

  it("tells which path was tried", async () => {
    const path = join(authorFolder({}), "bot.ts");
    const failure = loadBotFile(path);
    await expect(failure).rejects.toBeInstanceOf(BotFileError);
    await expect(failure).rejects.toMatchObject({
      code: "botFileNotFound",
      message: `there is no file ${path}`,
    });
  });

  it("wants a file, and says which one a folder may mean", async () => {
    const folder = authorFolder({ "index.ts": "", "empty/x.txt": "" });
    await expect(loadBotFile(folder)).rejects.toMatchObject({
      code: "botFileIsFolder",
      message: `${folder} is a folder: name the file that the bot is in; did you mean ${folder}/index.ts?`,
    });
    await expect(loadBotFile(join(folder, "empty"))).rejects.toThrow(/the bot is in$/);
  });

  it("keeps what the file threw as the cause", async () => {
    const folder = authorFolder({ "bot.ts": 'throw new RangeError("too far");' });
    await expect(loadBotFile(join(folder, "bot.ts"))).rejects.toMatchObject({
      code: "botFileThrew",
      message: expect.stringContaining("RangeError: too far") as unknown,
      cause: expect.objectContaining({ message: "too far" }) as unknown,
    });
  });
});
