import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { BOT_JOIN } from "../src/app/app-rooms.js";
import { CausePolicy, checkOnCause, type Cause, type Decision, type OnCause } from "../src/muc/causes.js";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const PROMISES = read("../docs/promises.md");
const GUIDE = read("../docs/staying-in-rooms.md");

it("each test that the promises name is there", () => {
  const named = [...PROMISES.matchAll(/^ {2}Test: `(.+?)`(?:, in `(test\/[^`]+)`)?$/gm)].map(
    ([, name = "", file = "test/faults/process.test.ts"]) => ({ name, file }),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.length).toBe(PROMISES.match(/^ *Test:/gm)?.length);
  expect(named.filter(({ name, file }) => !read(`../${file}`).includes(`"${name}"`))).toEqual([]);
});

it("the table of causes is what the code does", () => {
  const rows = [...GUIDE.matchAll(/^\| `(\w+)` \| .+ \| (.+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows.length).toBeGreaterThan(20);
  const show = (decision: Decision): string =>
    typeof decision === "string" ? decision : `once more after ${decision.afterMs.toLocaleString("en")} ms`;
  const policies = [{}, BOT_JOIN.onCause ?? {}].map((onCause) => new CausePolicy(onCause, () => 0));
  for (const [cause = "", client, bot] of rows)
    expect([cause, client, bot]).toEqual([
      cause,
      ...policies.map((policy) => show(policy.decide(cause as Cause, true))),
    ]);
  // the message names all that there are
  let causes = "";
  try {
    checkOnCause({ nonsense: "out" } as OnCause);
  } catch (error) {
    causes = String(error);
  }
  expect(new Set(rows.map(([cause]) => cause))).toEqual(new Set(causes.replace(/^.* but /, "").split(", ")));
});
