import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

it("each test that the promises name is there", () => {
  const named = [
    ...read("docs/staying-in-rooms.md").matchAll(/^ {2}Test: `(.+?)`(?:, in `(test\/.+?)`)?$/gm),
  ].map(([, name = "", file = "test/faults/process.test.ts"]) => ({ name, file }));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ name, file }) => !read(file).includes(`"${name}"`))).toEqual([]);
});
