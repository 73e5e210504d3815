import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { describe, expect, it } from "vitest";

import { findImport, findModule, isTypeScript } from "../../../src/cli/loader/find-module.js";
import { authorFolder } from "./support/author.js";

describe("findModule", () => {
  const files = {
    "a.ts": "",
    "a.js": "",
    "b.js": "",
    "c.mts": "",
    "d.cts": "",
    "e.tsx": "",
    "keeper.bot.ts": "",
    "features/index.ts": "",
    "both.ts": "",
    "both/index.ts": "",
    "g.js/index.ts": "",
  };

  it.each([
    ["a.js", "a.ts"],
    ["a.ts", "a.ts"],
    ["a", "a.ts"],
    ["b.js", "b.js"],
    ["b", "b.js"],
    ["c.mjs", "c.mts"],
    ["c", "c.mts"],
    ["d.cjs", "d.cts"],
    ["e.js", "e.tsx"],
    ["e.jsx", "e.tsx"],
    ["keeper.bot", "keeper.bot.ts"],
    ["features", "features/index.ts"],
    ["features/", "features/index.ts"],
    ["both", "both.ts"],
    ["both/", "both/index.ts"],
    ["g.js", "g.js/index.ts"],
  ])("from TypeScript, %s is %s", (wanted, found) => {
    const folder = authorFolder(files);
    expect(
      findModule(join(folder, wanted.replace(/\/$/, "")) + (wanted.endsWith("/") ? "/" : ""), true),
    ).toBe(join(folder, found));
  });

  it("from JavaScript means the compiled file where there is one", () => {
    const folder = authorFolder(files);
    expect(findModule(join(folder, "a.js"), false)).toBe(join(folder, "a.js"));
    expect(findModule(join(folder, "c.mjs"), false)).toBe(join(folder, "c.mts"));
  });

  it("finds nothing where there is nothing", () => {
    expect(findModule(join(authorFolder(files), "nothing.js"), true)).toBeNull();
  });
});

describe("findImport", () => {
  it("leaves to Node what is no path", () => {
    const parent = pathToFileURL("/bot.ts").href;
    for (const specifier of [
      "croner",
      "@scope/x",
      "#alias",
      "node:fs",
      "data:text/javascript,1",
      "https://x.org/a.js",
    ])
      expect(findImport(specifier, parent)).toBeNull();
    expect(findImport("./a.js", "data:text/javascript,1")).toBeNull();
  });

  it("keeps the query, and escapes what a URL cannot hold", () => {
    const folder = authorFolder({ "ein böser #1.ts": "", "bot.ts": "" });
    const found = findImport(
      "./ein%20b%C3%B6ser%20%231.js?again#there",
      pathToFileURL(join(folder, "bot.ts")).href,
    );
    expect(found).toBe(`${pathToFileURL(join(folder, "ein böser #1.ts")).href}?again#there`);
  });

  it("gives one URL for a file that is reached by two paths", () => {
    const folder = authorFolder({ "a.ts": "" });
    symlinkSync(join(folder, "a.ts"), join(folder, "link.ts"));
    expect(findImport("./link.js", pathToFileURL(join(folder, "bot.ts")).href)).toBe(
      pathToFileURL(join(folder, "a.ts")).href,
    );
  });
});

describe("isTypeScript", () => {
  it("goes by the extension", () => {
    expect(["a.ts", "a.tsx", "a.mts", "a.cts"].every(isTypeScript)).toBe(true);
    expect(["a.js", "a.json", "ts", "a.ts.txt"].some(isTypeScript)).toBe(false);
  });
});
