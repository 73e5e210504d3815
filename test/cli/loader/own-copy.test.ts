import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { describe, expect, it } from "vitest";

import {
  ENTRY_POINTS,
  isAuthors,
  ownDependency,
  ownEntryPoint,
  RUNS_FROM_SOURCE,
} from "../../../src/cli/loader/own-copy.js";

const ROOT = resolve(import.meta.dirname, "../../..");

describe("the entry points", () => {
  it("are those that the package exports", () => {
    const { exports } = JSON.parse(readFileSync(resolve(ROOT, "package.json"), "utf8")) as {
      exports: Record<string, { default: string } | string>;
    };
    const exported = Object.entries(exports).flatMap(([name, target]) =>
      typeof target === "string" ? [] : [[`mucwright${name.slice(1)}`, target.default]],
    );
    expect(exported).toEqual([...ENTRY_POINTS].map(([name, path]) => [name, `./dist/${path}.js`]));
  });

  it("are, from source, the sources: the same classes as everybody else's", () => {
    expect(RUNS_FROM_SOURCE).toBe(true);
    expect(ownEntryPoint("mucwright/muc")).toBe(pathToFileURL(resolve(ROOT, "src/muc/index.ts")).href);
    expect(ownEntryPoint("mucwright/dist/index.js")).toBeNull();
    expect(ownEntryPoint("mucwright-plugin")).toBeNull();
  });
});

describe("ownDependency", () => {
  it("gives the one copy of the container, the metadata and the helpers", () => {
    const modules = resolve(ROOT, "node_modules");
    for (const name of ["tsyringe", "reflect-metadata", "@oxc-project/runtime/helpers/decorate"])
      expect(fileURLToPath(ownDependency(name) ?? "")).toContain(
        `${modules}/${name.split("/helpers")[0] ?? ""}/`,
      );
  });

  it("leaves everything else, also what we happen to have, to the author's folder", () => {
    for (const name of [
      "croner",
      "tsyringe-neo",
      "@xmpp/client",
      "./tsyringe",
      "reflect-metadata/no-such-file",
    ])
      expect(ownDependency(name)).toBeNull();
  });
});

describe("isAuthors", () => {
  it("is neither what is installed nor what is ours", () => {
    expect(isAuthors("file:///home/me/bot.ts")).toBe(true);
    expect(isAuthors(pathToFileURL(resolve(ROOT, "examples/keeper.ts")).href)).toBe(true);
    expect(isAuthors("file:///home/me/node_modules/x/index.ts")).toBe(false);
    expect(isAuthors(pathToFileURL(resolve(ROOT, "src/index.ts")).href)).toBe(false);
    expect(isAuthors(pathToFileURL(resolve(ROOT, "dist/index.js")).href)).toBe(false);
    expect(isAuthors("node:fs")).toBe(false);
  });
});
