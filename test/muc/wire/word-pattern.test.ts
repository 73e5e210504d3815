import { describe, expect, it } from "vitest";

import { referenceElements } from "../../../src/muc/wire/references.js";
import { wordPattern } from "../../../src/muc/wire/word-pattern.js";
import { growthForTen, LINEAR_FOR_TEN } from "../../support/growth.js";

describe("a name as a word of its own", () => {
  it.each([
    ["bob", "hello bob!", true],
    ["bob", "Bob: hello", true],
    ["bob", "bobby", false],
    ["bob", "kebob", false],
    ["a.b", "a.b, hello", true],
    ["a.b", "axb", false],
    ["(°o°)", "look, (°o°)", true],
    ["Übel", "das ist übel", true],
    ["bob", "𝔞bob", false],
  ])("%s in %j: %s", (name, text, found) => expect(wordPattern(name).test(text)).toBe(found));

  it("is made once for a name, and forgotten where there are too many", () => {
    const pattern = wordPattern("once");
    expect(wordPattern("once")).toBe(pattern);
    for (let n = 0; n < 300; n++) wordPattern(`nick ${n}`);
    expect(wordPattern("once")).not.toBe(pattern);
  });

  it("takes linear time in a long text that is nearly the name", async () => {
    const growth = await growthForTen((n) => {
      expect(referenceElements(["a"], "a".repeat(n), "r@s")[0]?.attrs["begin"]).toBeUndefined();
    }, 20_000);
    expect(growth).toBeLessThan(LINEAR_FOR_TEN);
  });
});
