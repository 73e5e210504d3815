import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitText } from "../../src/bot/split.js";
import { growthForTen, LINEAR_FOR_TEN } from "../support/growth.js";

describe("a long text", () => {
  it.each([
    ["short", 16, ["short"]],
    ["one two three four", 9, ["one two", "three", "four"]],
    ["one two\nthree", 7, ["one two", "three"]],
    ["one two three", 7, ["one two", "three"]],
    ["one two\nthree four", 16, ["one two", "three four"]],
    ["one two\n\n\nthree four", 16, ["one two", "three four"]],
    ["a\nbbbbbb cccccccc dd", 12, ["a\nbbbbbb", "cccccccc dd"]],
    ["abcdefghijklmnopqrstuvwxyz", 10, ["abcdefghij", "klmnopqrst", "uvwxyz"]],
    ["  indented\n  indented too", 16, ["  indented", "  indented too"]],
    ["äöüäöüäöü", 8, ["äöüä", "öüäö", "ü"]],
    ["😀😀😀", 9, ["😀😀", "😀"]],
    [" ".repeat(40), 16, [""]],
  ])("%j in %i bytes: %j", (text, maxBytes, parts) => {
    expect(splitText(text, maxBytes)).toEqual(parts);
  });

  it("is cut at lines, words or characters, never within one, and nothing but blanks is lost", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.string({ unit: fc.constantFrom("a", "ä", "😀", " ", "\n", "word", "\t"), maxLength: 300 }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 16, max: 100 }), (whole, maxBytes) => {
        const parts = splitText(whole, maxBytes);
        const blankless = (each: string): string => each.replace(/\s/g, "");
        expect(parts.map(blankless).join("")).toBe(blankless(whole));
        for (const part of parts) {
          expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
          expect(part).not.toMatch(/[\ud800-\udfff]/u);
        }
      }),
    );
  });

  it.each([
    ["one word", (n: number) => "x".repeat(n)],
    ["short lines and long ones", (n: number) => `a\n${"x".repeat(5_000)}\n`.repeat(n / 5_000)],
    ["blanks", (n: number) => `${" ".repeat(n)}x`],
  ])("takes linear time: %s", async (_name, make) => {
    const growth = await growthForTen((n) => splitText(make(n), 3_000), 50_000);
    expect(growth).toBeLessThan(LINEAR_FOR_TEN);
  });
});
