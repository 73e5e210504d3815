// The guides: their links lead somewhere, and each of them is in the list of the README.
import { readdirSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { lostLinks } from "../support/links.js";

const ROOT = new URL("../../", import.meta.url);
const GUIDES = readdirSync(new URL("docs", ROOT)).map((name) => `docs/${name}`);

it.each([...GUIDES, "CONTRIBUTING.md"])("the links of %s lead somewhere", (file) => {
  expect(lostLinks(file)).toEqual([]);
});

it("each guide is linked from the README, or from the page for contributors", () => {
  const linking = ["README.md", "CONTRIBUTING.md"].map((file) => readFileSync(new URL(file, ROOT), "utf8"));
  expect(GUIDES.filter((guide) => !linking.some((text) => text.includes(`(${guide})`)))).toEqual([]);
});
