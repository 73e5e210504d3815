import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { makeAttributes } from "../../src/base/element.js";
import { readStartTag, type OpenElement, type WrittenTag } from "../../src/xmpp/start-tag.js";
import { TagPatterns } from "../../src/xmpp/tag-patterns.js";
import { XmlStreamError } from "../../src/xmpp/xml-stream-error.js";

const LIMIT = 4;

const ABOVE: OpenElement = {
  name: "stream",
  tag: "stream:stream",
  xmlns: "urn:stream",
  inherited: "jabber:client",
  attrs: makeAttributes(),
  prefixes: new Map([["p", "urn:p"]]),
  children: [],
};

/** A tag amid others, as a scanner finds it: up to the first `>`. */
function writtenAs(tag: string): WrittenTag {
  const source = `<a><${tag}><b c='d'>`;
  return { source, from: 4, end: source.indexOf(">", 4), escaped: source.includes("&") };
}

/** What comes of reading a tag, the order of attributes included. */
function outcome(read: () => OpenElement | string): unknown {
  try {
    const open = read();
    return typeof open === "string" ? open : { ...open, attrs: Object.entries(open.attrs) };
  } catch (error) {
    if (error instanceof XmlStreamError) return error.message;
    throw error;
  }
}

/** What these tags are read as, one after another, and what each of them is where nothing was read before. */
function readBoth(tags: readonly string[], above: OpenElement | undefined): [unknown[], unknown[]] {
  const patterns = new TagPatterns(LIMIT);
  return [
    tags.map((tag) => outcome(() => patterns.read(writtenAs(tag), above))),
    tags.map((tag) => outcome(() => readStartTag(writtenAs(tag), above, LIMIT))),
  ];
}

const pick = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const attribute = fc
  .tuple(
    pick(" ", " ", " ", "  ", "", "\n"),
    pick("id", "to", "xmlns", "xmlns", "xml:lang", "xmlns:p", "p:a", "__proto__", ""),
    pick("=", "=", "=", " = "),
    pick("'", "'", '"'),
    pick("a", "b", "", "a&amp;b", "a&bad;", "a>b", "a'b", "urn:x", "jabber:client", "x".repeat(300)),
    pick("'", "'", '"'),
  )
  .map((parts) => parts.join(""));
const tag = fc
  .tuple(
    pick("a", "a", "message", "p:x", "q:x", ""),
    fc.array(attribute, { maxLength: 5 }),
    pick("", "", " ", "'"),
  )
  .map(([name, attributes, after]) => name + attributes.join("") + after);

describe("tags that are like those before them", () => {
  it("are read as if they were the first", () => {
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 6 }), fc.constantFrom(ABOVE, undefined), (tags, above) => {
        const [patterned, plain] = readBoth([...tags, ...tags], above);
        expect(patterned).toEqual(plain);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["other values", ["m id='1' to='a'", "m id='22' to='bb'"]],
    ["other quotation marks", ["m id='1'", 'm id="1"', `m id="'"`]],
    ["another order", ["m id='1' to='a'", "m to='a' id='1'"]],
    ["one attribute more, or less", ["m id='1'", "m id='1' to='a'", "m", "m id='2'"]],
    ["another namespace", ["m xmlns='urn:a' id='1'", "m xmlns='urn:b' id='1'", "m id='1'"]],
    [
      "an entity in a value, and in the namespace",
      ["m id='&lt;'", "m id='&gt;'", "m xmlns='&amp;'", "m xmlns='&lt;'"],
    ],
    ["a `>` in a value", ["m id='1' to='2'", "m id='1' to='>2'", "m id='>' to='2'"]],
    ["a longer name", ["m", "mm", "m id='1'", "mm id='1'"]],
    ["too many attributes", ["m a='' b='' c='' d=''", "m a='' b='' c='' d='' e=''"]],
  ])("but for %s differ in just that", (_, tags) => {
    const [patterned, plain] = readBoth([...tags, ...tags.toReversed(), ...tags], ABOVE);
    expect(patterned).toEqual(plain);
  });

  it("take what holds where they stand, and not where the first stood", () => {
    const patterns = new TagPatterns(LIMIT);
    const inside = (xmlns: string): OpenElement => ({ ...ABOVE, inherited: xmlns, prefixes: null });
    const read = ["urn:a", "urn:b"].map((xmlns) => patterns.read(writtenAs("m id='1'"), inside(xmlns)));
    expect(read).toMatchObject([{ xmlns: "urn:a" }, { xmlns: "urn:b", inherited: "urn:b", prefixes: null }]);
  });

  it("are as many kinds as anybody likes", () => {
    const tags = Array.from({ length: 500 }, (_, at) => `n${at % 25} a${at}='1'`);
    const [patterned, plain] = readBoth([...tags, ...tags], ABOVE);
    expect(patterned).toEqual(plain);
  });
});
