// what only the built package in a process of its own shows: a test runner reads imports as properties, and so hides
// circles and missing `import type`
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { BUILD_TIMEOUT_MS, ensureBuilt } from "../../support/build.js";
import { authorFolder } from "./support/author.js";
import { built, loadInChild, runNode, runWithRegister } from "./support/built.js";

// a child takes a quarter of a second on a machine with nothing else to do
const TIMEOUT_MS = 120_000;

beforeAll(ensureBuilt, BUILD_TIMEOUT_MS);

const INJECTION = {
  "bot.ts": `import "reflect-metadata";
import { container, injectable } from "tsyringe";
import { Dep } from "./dep.js";

@injectable()
class Bot {
  constructor(private readonly dep: Dep) {}
  get value(): string { return this.dep.value; }
}
console.log(container.resolve(Bot).value);
`,
  "dep.ts": `import { singleton } from "tsyringe";
@singleton()
export class Dep { readonly value: string = "injected"; }
`,
};

describe("a bot's file in a folder with nothing else", { timeout: TIMEOUT_MS }, () => {
  it("injects by type: decorators emit their metadata, the container is found and is ours", async () => {
    const folder = authorFolder({ ...INJECTION });
    await expect(runWithRegister(folder, "bot.ts")).resolves.toEqual({
      status: 0,
      stdout: "injected\n",
      stderr: "",
    });
  });

  it("shares the container with the program that loads it", async () => {
    const folder = authorFolder({
      "bot.ts": `import { container } from "tsyringe"; export const known: boolean = container.isRegistered("ours");`,
      "main.mjs": `import "reflect-metadata"; import { createRequire } from "node:module";
        import { installLoader } from ${JSON.stringify(built("cli/loader/install.js"))};
        import { loadBotFile } from ${JSON.stringify(built("cli/loader/load-bot-file.js"))};
        installLoader();
        createRequire(${JSON.stringify(built("index.js"))})("tsyringe").container.register("ours", { useValue: 1 });
        console.log(await loadBotFile("bot.ts"));`,
    });
    const run = await runNode(folder, "--import", built("cli/register.js"), "main.mjs");
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain("known: true");
  });

  it("gives it the framework, in the copy that is running", async () => {
    const folder = authorFolder({
      "bot.ts": `import { Bot, OnJoin, OccupantJoined, Rooms } from "mucwright";
        import { Occupant } from "mucwright/muc";
        @Bot({ rooms: ["lobby@rooms.example.org"], nick: "keeper" })
        export class Keeper {
          constructor(readonly rooms: Rooms) {}
          @OnJoin() greet(e: OccupantJoined): string { return e.occupant.nick; }
        }
        export const handed: unknown[] = [...(Reflect.getMetadata("design:paramtypes", Keeper) as unknown[]), Occupant];`,
      "main.mjs": `import { Occupant, Rooms } from ${JSON.stringify(built("index.js"))};
        import { loadBotFile } from ${JSON.stringify(built("cli/loader/load-bot-file.js"))};
        const { handed } = await loadBotFile("bot.ts");
        console.log(handed[0] === Rooms, handed[1] === Occupant);`,
    });
    const run = await runNode(folder, "--import", built("cli/register.js"), "main.mjs");
    expect(run).toEqual({ status: 0, stdout: "true true\n", stderr: "" });
  });

  it("runs what TypeScript has beyond types", async () => {
    const folder = authorFolder({
      "bot.ts": `enum Dice { Six = 6 }
        const enum Few { One = 1 }
        namespace Words { export const hi = "hi"; }
        abstract class Base<T> { declare readonly nothing: T; constructor(protected readonly a: T) {} }
        class Sub extends Base<number> { override toString(): string { return \`\${this.a}\`; } accessor b = 2; #c = 3; get c() { return this.#c; } }
        const sub = new Sub(1) satisfies Base<number>;
        { using _ = { [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() { console.log("disposed"); } }; }
        console.log(Dice.Six, Dice[6], Few.One, Words.hi, \`\${sub}\`, sub.b, sub.c, "nothing" in sub);`,
    });
    await expect(runWithRegister(folder, "bot.ts")).resolves.toEqual({
      status: 0,
      stdout: "disposed\n6 Six 1 hi 1 2 3 false\n",
      stderr: "",
    });
  });

  it("finds imports as TypeScript writes them, and as people do", async () => {
    const folder = authorFolder({
      "bot.ts": `import { a } from "./a.js"; import { b } from "./b"; import { c } from "./c"; import { d } from "./d.mjs";
        import { e } from "./e.ts"; import f from "./f.cjs"; import g from "./g.json" with { type: "json" };
        import { h } from "./h.js"; const { i } = await import("./i");
        console.log([a, b, c, d, e, f.f, g.g, h, i].join(""));`,
      "a.ts": `export const a: string = "a";`,
      "b.ts": `export const b: string = "b";`,
      "c/index.ts": `export const c: string = "c";`,
      "d.mts": `export const d: string = "d";`,
      "e.ts": `export const e: string = "e";`,
      "f.cts": `import path = require("node:path"); class F { constructor(readonly f: string) {} } export = new F(path.basename("/x/f"));`,
      "g.json": `{ "g": "g" }`,
      "h.js": `export const h = "h";`,
      "i.tsx": `export const i: string = "i";`,
    });
    await expect(runWithRegister(folder, "bot.ts")).resolves.toEqual({
      status: 0,
      stdout: "abcdefghi\n",
      stderr: "",
    });
  });

  it.each(["mein bot.ts", "böt.ts", "a#b?c%20.ts"])("runs a file that is called %s", async (name) => {
    const folder = authorFolder({ [name]: `export const a: number = 1; throw new Error("here");` });
    const { error } = await loadInChild(folder, name);
    expect(error).toMatchObject({ message: `${name}:1:35: here`, place: { file: join(folder, name) } });
  });

  it("shows the author's lines and columns in stack traces", async () => {
    const folder = authorFolder({
      "bot.ts": `interface Long {
  a: string;
  b: string;
}
export class Bot {
  constructor(private readonly x: number) {}
  fail(long?: Long): never {
    const y: number = this.x;      throw new Error(\`\${y} \${long?.a}\`);
  }
}
try { new Bot(1).fail(); } catch (error) { console.log((error as Error).stack); }
`,
    });
    const { stdout } = await runWithRegister(folder, "bot.ts");
    expect(stdout).toContain(`at Bot.fail (${join(folder, "bot.ts")}:8:42)`);
    expect(stdout).toContain(`(${join(folder, "bot.ts")}:11:18)`);
  });

  it("leaves what is installed as it is", async () => {
    const folder = authorFolder({
      "bot.ts": `import { own } from "plugin"; console.log(own);`,
      "node_modules/plugin/package.json": `{ "type": "module", "exports": "./index.js" }`,
      "node_modules/plugin/index.js": `import { container } from "tsyringe"; import { a } from "./a.js"; export const own = container + a;`,
      "node_modules/plugin/a.js": `export const a = "as it is";`,
      "node_modules/plugin/a.ts": `export const a: string = "compiled";`,
      "node_modules/tsyringe/package.json": `{ "type": "module", "exports": "./index.js" }`,
      "node_modules/tsyringe/index.js": `export const container = "its own, ";`,
    });
    await expect(runWithRegister(folder, "bot.ts")).resolves.toMatchObject({ stdout: "its own, as it is\n" });
  });

  it("reports a broken file when it is the program itself", async () => {
    const folder = authorFolder({ "bot.ts": "const a = ;" });
    const { status, stderr } = await runWithRegister(folder, "bot.ts");
    expect(status).toBe(1);
    expect(stderr).toContain(`[${join(folder, "bot.ts")}:1:11]\n 1 | const a = ;`);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe("what goes wrong", { timeout: TIMEOUT_MS }, () => {
  it.each([
    {
      what: "a syntax error, with its code frame",
      files: { "bot.ts": `import "./dep.js";`, "dep.ts": "\nclass A {\n  x( { return 1 }\n}" },
      code: "botFileSyntax",
      message: /^dep\.ts:3:15: Expected `:`[^]* 3 \| {3}x\( \{ return 1 \}\n/,
    },
    {
      what: "an interface that is imported like a value",
      files: {
        "bot.ts": `import type { Other } from "./types.js";
import "reflect-metadata";
import { injectable } from "tsyringe";
import { Config } from "./types.js";
@injectable() export class Bot { constructor(c: Config, o: Other) {} }`,
        "types.ts": "export interface Config { a: 1 }\nexport class Other {}",
      },
      code: "botFileNoSuchExport",
      message:
        /^bot\.ts:4: "\.\/types\.js" exports no Config [^]*import \{ type Config \} from "\.\/types\.js"$/,
    },
    {
      what: "an interface of a CommonJS package that is imported like a value",
      files: {
        "bot.ts": `import "reflect-metadata";
import { DependencyContainer, injectable } from "tsyringe";
@injectable() export class Bot { constructor(c: DependencyContainer) {} }`,
      },
      code: "botFileNoSuchExport",
      message: /^bot\.ts:2: "tsyringe" exports no DependencyContainer [^]*\{ type DependencyContainer \}/,
    },
    {
      what: "a default export that is none",
      files: { "bot.ts": `import dep from "./dep.js"; dep();`, "dep.ts": "export const a: number = 1;" },
      code: "botFileNoSuchExport",
      message: /^bot\.ts:1: "\.\/dep\.js" has no default export/,
    },
    {
      what: "a circle of imports",
      files: {
        "bot.ts": `import "reflect-metadata"; import { injectable } from "tsyringe";\nimport { B } from "./b.js";\n@injectable() export class A { constructor(b: B) {} }`,
        "b.ts": `import { injectable } from "tsyringe";\nimport { A } from "./bot.js";\n@injectable() export class B { constructor(a: A) {} }`,
      },
      code: "botFileUsedTooEarly",
      message: /^b\.ts:3:\d+: A is used before "\.\/bot\.js" has run: /,
    },
    {
      what: "a package that is not installed",
      files: { "bot.ts": `\nimport dice from "dice";\ndice();` },
      code: "botFileNoSuchPackage",
      message: /^bot\.ts:2:18: the package "dice" is not installed: npm install dice$/,
    },
    {
      what: "a file that does not exist",
      files: { "bot.ts": `import { a } from "./a.js"; a();` },
      code: "botFileNoSuchModule",
      message: /^bot\.ts:1:19: there is no "\.\/a\.js"/,
    },
    {
      what: "JSON that does not say so",
      files: { "bot.ts": `import d from "./d.json"; console.log(d);`, "d.json": "{}" },
      code: "botFileImport",
      message: /^bot\.ts:1:15: d\.json is imported without its type/,
    },
    {
      what: "a deep import of ours",
      files: { "bot.ts": `import x from "mucwright/dist/index.js"; x();` },
      code: "botFileImport",
      message: /^bot\.ts:1:15: "mucwright\/dist\/index\.js" is no entry point of mucwright$/,
    },
    {
      what: "a syntax error of JavaScript",
      files: { "bot.ts": `import "./a.mjs";`, "a.mjs": "export const = 1;" },
      code: "botFileSyntax",
      message: /^a\.mjs:1:14: /,
    },
    {
      what: "ES module syntax in CommonJS",
      files: {
        "bot.ts": `import "./a.cts";`,
        "a.cts": `import fs from "node:fs"; export const a: unknown = fs;`,
      },
      code: "botFileSyntax",
      message: /^a\.cts:1: Cannot use import statement outside a module[^]*name the file \.ts$/,
    },
    {
      what: "an error of the file's own, on its line",
      files: { "bot.ts": `interface A { a: 1 }\nconst a: A[] = [];\n  a.length = -1;` },
      code: "botFileThrew",
      message: /^bot\.ts:3:\d+: RangeError: Invalid array length$/,
    },
    {
      what: "an error of a CommonJS file, once",
      files: { "bot.ts": `import "./a.cjs";`, "a.cjs": `throw new Error("no");` },
      code: "botFileThrew",
      message: /^a\.cjs:1:7: no$/,
    },
  ])("tells $what", async ({ files, code, message }) => {
    const folder = authorFolder(files);
    const { error, files: loaded } = await loadInChild(folder, "bot.ts");
    expect(error).toMatchObject({
      name: "BotFileError",
      code,
      message: expect.stringMatching(message) as unknown,
    });
    expect(loaded).toContain(join(folder, "bot.ts"));
  });
});

describe("loadedFiles", () => {
  it(
    "is what a watcher has to watch, also when the last of them is broken",
    { timeout: TIMEOUT_MS },
    async () => {
      const folder = authorFolder({
        "bot.ts": `import "./a.js"; import "node:fs"; import "tsyringe"; import d from "./d.json" with { type: "json" }; d;`,
        "a.ts": "let a = ;",
        "d.json": "{}",
      });
      const { error, files } = await loadInChild(folder, "bot.ts");
      expect(error?.code).toBe("botFileSyntax");
      expect(files).toEqual(expect.arrayContaining(["a.ts", "bot.ts"].map((name) => join(folder, name))));
      expect(files.filter((file) => !file.startsWith(folder))).toEqual([]);
    },
  );
});
