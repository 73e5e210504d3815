import { join, resolve as resolvePath } from "node:path";
import { pathToFileURL } from "node:url";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { load, reportTo, resolve } from "../../../src/cli/loader/hooks.js";
import { authorFolder } from "./support/author.js";

const ROOT = resolvePath(import.meta.dirname, "../../..");
const OUR_OWN = pathToFileURL(join(ROOT, "src/cli/loader/own-copy.ts")).href;
const INSTALLED = "file:///home/me/node_modules/plugin/index.js";

const conditions = { conditions: [], importAssertions: {}, importAttributes: {} };
const nodes = { url: "node's own answer" };
const nextResolve = vi.fn<() => { url: string }>(() => nodes);
const nextLoad = vi.fn<() => { format: string; source: string }>(() => ({ format: "node's", source: "" }));

function resolved(specifier: string, parentURL: string | undefined): unknown {
  return resolve(specifier, { ...conditions, parentURL }, nextResolve);
}

beforeEach(() => {
  nextResolve.mockClear();
  nextLoad.mockClear();
});

describe("resolve", () => {
  it("takes the framework from the running copy, whoever asks", () => {
    const url = pathToFileURL(join(ROOT, "src/index.ts")).href;
    for (const parent of ["file:///home/me/bot.ts", INSTALLED, undefined])
      expect(resolved("mucwright", parent)).toEqual({ url, shortCircuit: true });
  });

  it("takes the container from our folder for the author, but not for what others installed", () => {
    expect(resolved("tsyringe", "file:///home/me/bot.ts")).toMatchObject({
      url: expect.stringContaining("/node_modules/tsyringe/") as unknown,
    });
    expect(resolved("tsyringe", INSTALLED)).toBe(nodes);
  });

  it("leaves our own look-ups to Node: they would come back here without end", () => {
    expect(resolved("@oxc-project/runtime/helpers/decorate", OUR_OWN)).toBe(nodes);
    expect(resolved("tsyringe", OUR_OWN)).toBe(nodes);
  });

  it("finds the author's TypeScript, and does not touch the paths of what is installed", () => {
    const folder = authorFolder({ "dep.ts": "", "node_modules/x/dep.ts": "" });
    const url = pathToFileURL(join(folder, "dep.ts")).href;
    expect(resolved("./dep.js", pathToFileURL(join(folder, "bot.ts")).href)).toEqual({
      url,
      shortCircuit: true,
    });
    expect(resolved("./dep.js", pathToFileURL(join(folder, "node_modules/x/index.js")).href)).toBe(nodes);
  });

  it("refuses deep imports and names who asked", () => {
    expect(() => resolved("mucwright/dist/index.js", "file:///home/me/bot.ts")).toThrow(
      '"mucwright/dist/index.js" is no entry point of mucwright imported from /home/me/bot.ts',
    );
  });
});

describe("load", () => {
  function loaded(url: string): unknown {
    return load(url, { ...conditions, format: undefined }, nextLoad);
  }

  it("compiles the author's TypeScript and reports every file of theirs", () => {
    const folder = authorFolder({
      "a.ts": "export const a: number = 1;",
      "b.cts": "export = 1;",
      "c.json": "{}",
    });
    const files: string[] = [];
    reportTo((path) => files.push(path));
    const [a, b, c] = ["a.ts", "b.cts", "c.json"].map((name) =>
      loaded(pathToFileURL(join(folder, name)).href),
    );
    expect(a).toMatchObject({
      format: "module",
      source: expect.stringContaining("export const a = 1;") as unknown,
    });
    expect(b).toMatchObject({
      format: "commonjs",
      source: expect.stringContaining("module.exports = 1") as unknown,
    });
    expect(c).toMatchObject({ format: "node's" });
    expect(files).toEqual(["a.ts", "b.cts", "c.json"].map((name) => join(folder, name)));
  });

  it("leaves alone what is installed, what is ours and what is no file", () => {
    for (const url of [
      "file:///home/me/node_modules/x/index.ts",
      OUR_OWN,
      "node:fs",
      "data:text/javascript,1",
    ])
      expect(loaded(url)).toMatchObject({ format: "node's" });
  });
});
