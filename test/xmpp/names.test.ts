import { describe, expect, it } from "vitest";

import { readName, readNamespace } from "../../src/xmpp/names.js";

/** The name that stands at the third character. */
const nameIn = (text: string): string => readName(`<<${text}`, 2, 2 + text.length);

const namespaceIn = (text: string): string => readNamespace(`='${text}'`, 2, 2 + text.length);

describe("a name", () => {
  it.each([
    ["from='a'", "from"],
    ["xml:lang='a'", "xml:lang"],
    ["origin-id", "origin-id"],
    ["größe maß", "größe"],
    ["a/", "a"],
    ["1a", ""],
    ["='a'", ""],
    ["", ""],
    ["__proto__='1'", "__proto__"],
    ["x".repeat(100), "x".repeat(100)],
  ])("of %s is %s, whether or not it was read before", (text, name) => {
    expect([nameIn(text), nameIn(text)]).toEqual([name, name]);
  });

  it("ends where it has to, even within a longer one that was read before", () => {
    expect([nameIn("message"), readName("message", 0, 4)]).toEqual(["message", "mess"]);
  });

  it("is never taken for another one that falls on the same place", () => {
    const names = Array.from({ length: 5_000 }, (_, at) => `n${at.toString(36)}`);
    expect([...names, ...names].filter((name) => nameIn(name) !== name)).toEqual([]);
  });
});

describe("a namespace", () => {
  it("is read as it is written, and never taken for another one", () => {
    const all = Array.from({ length: 5_000 }, (_, at) => `urn:xmpp:${at % 7}:${at}`);
    all.push("", "1", "__proto__", "a&amp;b", "x".repeat(100));
    expect([...all, ...all].filter((text) => namespaceIn(text) !== text)).toEqual([]);
  });
});
