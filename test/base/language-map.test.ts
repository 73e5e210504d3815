import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LanguageMap } from "../../src/base/language-map.js";

const greetings = new LanguageMap([
  ["en", "hello"],
  ["", "hi"],
  ["de-AT", "servus"],
  ["pt-BR", "oi"],
]);

describe("a map of languages", () => {
  it("keeps the first of two texts of one language", () => {
    const map = new LanguageMap([
      ["en", "first"],
      ["en", "second"],
    ]);
    expect([...map]).toEqual([["en", "first"]]);
  });

  it("keeps tags as they were sent, in their order", () => {
    expect([...greetings.keys()]).toEqual(["en", "", "de-AT", "pt-BR"]);
    expect([...greetings.values()]).toEqual(["hello", "hi", "servus", "oi"]);
    expect([...greetings.entries()]).toEqual([...greetings]);
    expect(greetings.get("de-AT")).toBe("servus");
    expect(greetings.get("de-at")).toBeUndefined();
    expect([greetings.has("en"), greetings.has("EN"), greetings.size]).toEqual([true, false, 4]);
  });

  it("calls back with text, tag and itself", () => {
    const seen: unknown[] = [];
    greetings.forEach((...args) => seen.push(args));
    expect(seen[2]).toEqual(["servus", "de-AT", greetings]);
    expect(seen).toHaveLength(4);
  });

  it("is made of a text, of texts by tag, or is one already", () => {
    expect([...LanguageMap.from("x")]).toEqual([["", "x"]]);
    expect([...LanguageMap.from({ de: "y", "": "z" })]).toEqual([
      ["de", "y"],
      ["", "z"],
    ]);
    expect(LanguageMap.from(greetings)).toBe(greetings);
  });

  it("prints as what suits best without preferences, or as nothing", () => {
    expect(String(greetings)).toBe("hi");
    expect(String(new LanguageMap())).toBe("");
    expect(JSON.stringify(greetings)).toBe('{"en":"hello","":"hi","de-AT":"servus","pt-BR":"oi"}');
  });
});

describe("picking", () => {
  it.each<[string, string[], string]>([
    ["the language asked for", ["en"], "hello"],
    ["it, whatever its case", ["DE-at"], "servus"],
    ["a variant of it", ["pt"], "oi"],
    ["the language that a variant belongs to", ["en-GB"], "hello"],
    ["the first preference that is there", ["fr", "pt", "en"], "oi"],
    ["the text without language when none is", ["fr", "d"], "hi"],
    ["the text without language without preferences", [], "hi"],
    ["no language that only begins alike", ["e", "english"], "hi"],
    ["no other variant", ["de-CH"], "hi"],
  ])("gives %s", (_name, languages, text) => {
    expect(greetings.pick(languages)).toBe(text);
  });

  it("prefers the exact tag to a related one that came before", () => {
    const map = LanguageMap.from({ de: "hallo", "de-AT": "servus" });
    expect(map.pick(["de-AT"])).toBe("servus");
  });

  it("gives the first when there is none without language", () => {
    expect(LanguageMap.from({ de: "hallo", en: "hello" }).pick(["fr"])).toBe("hallo");
  });

  it("tells an empty text from none", () => {
    expect(LanguageMap.from("").pick()).toBe("");
    expect(new LanguageMap().pick(["en"])).toBeNull();
  });

  it("gives one of the texts, whatever is asked for", () => {
    const tag = fc.stringMatching(/^[a-z]{0,3}(-[a-z]{1,3})?$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tag, fc.string()), { minLength: 1 }),
        fc.array(tag),
        (entries, languages) => {
          const map = new LanguageMap(entries);
          expect([...map.values()]).toContain(map.pick(languages));
          for (const [language, text] of map)
            expect(map.pick([language, ...languages])).toBe(map.get(language) ?? text);
        },
      ),
    );
  });
});
