import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { explain } from "../../../src/cli/loader/explain.js";
import { authorFolder } from "./support/author.js";

/** An error of Node's, as its loader makes it. */
function nodeError(code: string, message: string, stack: string[] = []): Error {
  const error = Object.assign(new Error(message), { code });
  error.stack = [
    `Error [${code}]: ${message}`,
    "    at finalizeResolution (node:internal/modules/esm/resolve:1:2)",
    ...stack,
  ].join("\n");
  return error;
}

function withStack(error: Error, ...frames: string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

describe("explain: imports that Node refuses", () => {
  it("names the line of a package that is not installed", async () => {
    const folder = authorFolder({
      "bot.ts": 'import "reflect-metadata";\nimport x from "dice/lib/roll.js";',
    });
    const bot = join(folder, "bot.ts");
    const problem = await explain(
      nodeError("ERR_MODULE_NOT_FOUND", `Cannot find package 'dice' imported from ${bot}`),
      bot,
      [],
    );
    expect(problem).toMatchObject({
      code: "botFileNoSuchPackage",
      message: `${bot}:2:15: the package "dice" is not installed: npm install dice`,
      place: { file: bot, line: 2, column: 15 },
    });
  });

  it("tells a dependency that lacks one of its own", async () => {
    const inner = "/home/me/node_modules/dice/index.js";
    const problem = await explain(
      nodeError("MODULE_NOT_FOUND", `Cannot find module 'random'\nRequire stack:\n- ${inner}`),
      "/home/me/bot.ts",
      [],
    );
    expect(problem).toMatchObject({
      code: "botFileNoSuchPackage",
      message: `the package "random" is not installed (imported from ${inner}): npm install random`,
      place: null,
    });
  });

  it.each(["@/dice", "~/dice", "~dice"])("says of %s that no tsconfig is read", async (specifier) => {
    const bot = join(authorFolder({ "bot.ts": `import x from "${specifier}";` }), "bot.ts");
    const error = nodeError(
      "ERR_MODULE_NOT_FOUND",
      `Cannot find package '${specifier}' imported from ${bot}`,
    );
    const problem = await explain(error, bot, []);
    expect(problem.message).toContain(
      `:1:15: "${specifier}" is the name of no package, and the "paths" of a tsconfig`,
    );
  });

  it("names the line of a file that does not exist, as it is written there", async () => {
    const folder = authorFolder({ "bot.ts": '\n  export * from "../dice.js";' });
    const bot = join(folder, "bot.ts");
    const error = nodeError(
      "ERR_MODULE_NOT_FOUND",
      `Cannot find module '${join(folder, "../dice.js")}' imported from ${bot}`,
    );
    await expect(explain(error, bot, [])).resolves.toMatchObject({
      code: "botFileNoSuchModule",
      message: `${bot}:2:17: there is no "../dice.js": neither a file nor a folder with an index.ts`,
    });
  });

  it.each(["ERR_IMPORT_ATTRIBUTE_MISSING", "ERR_IMPORT_ASSERTION_TYPE_MISSING"])(
    "finds who imports JSON without saying so (%s)",
    async (code) => {
      const folder = authorFolder({
        "bot.ts": 'import "./dep.js";',
        "dep.ts": 'import d from "./d.json";',
        "d.json": "{}",
      });
      const files = ["bot.ts", "dep.ts", "d.json"].map((name) => join(folder, name));
      const url = pathToFileURL(join(folder, "d.json")).href;
      const error = nodeError(code, `Module "${url}" needs an import attribute of "type: json"`);
      await expect(explain(error, join(folder, "bot.ts"), files)).resolves.toMatchObject({
        code: "botFileImport",
        message: `${join(folder, "dep.ts")}:1:15: d.json is imported without its type: write with { type: "json" } after the file name`,
      });
    },
  );

  it("passes on any other refusal, with the line where it is known", async () => {
    const bot = join(authorFolder({ "bot.ts": 'import fs from "node:fz";' }), "bot.ts");
    const error = nodeError("ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: node:fz");
    await expect(explain(error, bot, [bot])).resolves.toMatchObject({
      code: "botFileImport",
      message: `${bot}:1:16: No such built-in module: node:fz`,
    });
  });

  it("takes a named import that CommonJS does not show for a type", async () => {
    const bot = join(authorFolder({ "bot.ts": 'import { Die } from "dice";' }), "bot.ts");
    const error = new SyntaxError(
      "Named export 'Die' not found. The requested module 'dice' is a CommonJS module, which may not support all",
    );
    error.stack = `${pathToFileURL(bot).href}:1\nimport { Die } from "dice";\n         ^^^\nSyntaxError: Named`;
    await expect(explain(error, bot, [])).resolves.toMatchObject({
      code: "botFileNoSuchExport",
      message: expect.stringMatching(
        /bot\.ts:1: "dice" exports no Die .*\n.*import \{ type Die \} from "dice"$/,
      ) as unknown,
    });
  });

  it.each([
    ["mucwright", "OnMesage", "; did you mean OnMessage?\n"],
    ["mucwright/muc", "MucCleint", "; did you mean MucClient?\n"],
    ["mucwright/muc", "OnMesage", ".\n"],
    ["mucwright", "Nonsense", ".\n"],
    ["elsewhere", "OnMesage", ".\n"],
  ])("of %s and %s says which of our own names is like it", async (from, name, said) => {
    const bot = join(authorFolder({ "bot.ts": `import { ${name} } from "${from}";` }), "bot.ts");
    const error = new SyntaxError(
      `The requested module '${from}' does not provide an export named '${name}'`,
    );
    error.stack = `${pathToFileURL(bot).href}:1\nimport\n^\n${String(error)}`;
    await expect(explain(error, bot, [])).resolves.toMatchObject({
      message: expect.stringContaining(`exports no ${name} that exists at run time${said}`) as unknown,
    });
  });
});

describe("explain: what the code itself does", () => {
  const bot = "/home/me/bot.ts";

  it("names the innermost line that is the author's", async () => {
    const error = withStack(
      new TypeError("no nick"),
      "Room.join (/home/me/node_modules/mucwright/dist/muc/room.js:3:4)",
      "new Keeper (/home/me/my bots (old)/bot.ts:12:9)",
      "file:///home/me/main.ts:1:1",
    );
    await expect(explain(error, bot, [])).resolves.toMatchObject({
      code: "botFileThrew",
      message: "/home/me/my bots (old)/bot.ts:12:9: TypeError: no nick",
      cause: error,
    });
  });

  it("has the author's stack, and not that of the loader", async () => {
    const error = withStack(new TypeError("no nick"), `${bot}:12:9`);
    const explained = await explain(error, bot, []);
    expect(explained.stack).toBe(
      `BotFileError: ${bot}:12:9: TypeError: no nick\nCaused by: TypeError: no nick\n    at ${bot}:12:9`,
    );
    expect((await explain("text", bot, [])).stack).toBe(`BotFileError: ${bot} could not be loaded: text`);
  });

  it("leaves out the class of an error that is ours: its message was written for the author", async () => {
    const error = withStack(new ArgumentError("a nick is wanted"), `async ${bot}:1:2`);
    await expect(explain(error, bot, [])).resolves.toMatchObject({ message: `${bot}:1:2: a nick is wanted` });
  });

  it("does not blame who asked for the file", async () => {
    const error = withStack(
      new RangeError("bad"),
      "file:///home/me/node_modules/dice/index.js:1:7",
      "ModuleJob.run (node:internal/modules/esm/module_job:325:25)",
      "async loadBotFile (file:///usr/lib/mucwright/dist/cli/loader/load-bot-file.js:45:17)",
      "async file:///home/me/main.ts:1:1",
    );
    await expect(explain(error, bot, [])).resolves.toMatchObject({
      message: `${bot} could not be loaded: RangeError: bad (at /home/me/node_modules/dice/index.js:1:7)`,
      place: null,
    });
  });

  it.each([null, undefined, "text", 5])("bears that %s is thrown", async (thrown) => {
    await expect(explain(thrown, bot, [])).resolves.toMatchObject({
      message: `${bot} could not be loaded: ${String(thrown)}`,
      cause: thrown,
    });
  });

  it("tells a circle of imports from a line that stands too high", async () => {
    const folder = authorFolder({
      "high.ts": "use(Dice);\nclass Dice {}",
      "circle.ts": 'import type { Bag } from "./bag.js";\nimport {\n  Dice,\n} from "./dice.js";\nuse(Dice);',
    });
    const error = new ReferenceError("Cannot access 'Dice' before initialization");
    const high = await explain(withStack(error, `<anonymous> (${join(folder, "high.ts")}:1:5)`), bot, []);
    expect(high.message).toMatch(/high\.ts:1:5: Dice is used above the line that defines it$/);
    const circle = await explain(withStack(error, `<anonymous> (${join(folder, "circle.ts")}:5:5)`), bot, []);
    expect(circle).toMatchObject({
      code: "botFileUsedTooEarly",
      message: expect.stringMatching(
        /circle\.ts:5:5: Dice is used before "\.\/dice\.js" has run: [^]*delay\(\(\) => Dice\)/,
      ) as unknown,
    });
  });
});

describe("explain: syntax errors of JavaScript", () => {
  it("reads the file again where V8 does not say where", async () => {
    const folder = authorFolder({
      "bot.ts": "",
      "ok.mjs": "export {};",
      "dep.mjs": "export const a = 1;\nexport const = 2;",
    });
    const files = ["bot.ts", "ok.mjs", "dep.mjs"].map((name) => join(folder, name));
    const error = withStack(
      new SyntaxError("Unexpected token '='"),
      "compileSourceTextModule (node:internal/x:1:2)",
    );
    await expect(explain(error, join(folder, "bot.ts"), files)).resolves.toMatchObject({
      code: "botFileSyntax",
      message: expect.stringMatching(/dep\.mjs:2:14: Unexpected token[^]*export const = 2;/) as unknown,
    });
  });

  it.each([
    ["a.cts", /a\.cts:1: Cannot use[^]*\n {2}import x from "y";\n {2}\^+\n.*name the file \.ts$/],
    ["a.js", /a\.js:1: Cannot use[^]*"type": "module"/],
  ])("knows CommonJS that looks like a module: %s", async (name, message) => {
    const file = join(authorFolder({ [name]: 'import x from "y";' }), name);
    const error = new SyntaxError("Cannot use import statement outside a module");
    error.stack = `${file}:1\nimport x from "y";\n^^^^^^\n\nSyntaxError: Cannot use import statement outside a module\n    at x`;
    await expect(explain(error, file, [])).resolves.toMatchObject({
      code: "botFileSyntax",
      message: expect.stringMatching(message) as unknown,
    });
  });
});
