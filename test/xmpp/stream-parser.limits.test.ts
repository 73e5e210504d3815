import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Element, xml } from "../../src/base/element.js";
import {
  DEFAULT_PARSER_LIMITS,
  OversizeElement,
  StreamParser,
  type ParserOptions,
} from "../../src/xmpp/stream-parser.js";
import { growthForTen, LINEAR_FOR_TEN } from "../support/growth.js";

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='s1'>";

class Reading {
  readonly elements: Element[] = [];
  readonly starts: Element[] = [];
  ends = 0;
  readonly parser: StreamParser;

  constructor(options?: ParserOptions) {
    this.parser = new StreamParser(
      {
        onStart: (stream) => this.starts.push(stream),
        onElement: (element) => this.elements.push(element),
        onEnd: () => this.ends++,
      },
      options,
    );
  }

  get texts(): string[] {
    return this.elements.map(String);
  }
}

/** What is read of a stream that carries this, in one piece. */
function read(text: string, options?: ParserOptions): Reading {
  const reading = new Reading(options);
  reading.parser.write(HEADER + text);
  return reading;
}

const limits = (some: Partial<typeof DEFAULT_PARSER_LIMITS>): ParserOptions => ({
  limits: { ...DEFAULT_PARSER_LIMITS, ...some },
});

describe("what is too large, where that is reported", () => {
  const options = (some: Partial<typeof DEFAULT_PARSER_LIMITS>): ParserOptions => ({
    ...limits(some),
    oversize: "report",
  });
  const chunks = (text: string, size: number): string[] =>
    text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];

  it.each<[string, string, ParserOptions]>([
    [
      "depth",
      `<message from='a@b'>${"<x>".repeat(300)}&${"</x>".repeat(300)}</message>`,
      options({ depth: 256 }),
    ],
    ["depth, of empty elements", `<message from='a@b'><x><y/></x></message>`, options({ depth: 3 })],
    [
      "attributes",
      `<message from='a@b'><x a='1' b='2' c='3' d='4' e='5'><y/></x></message>`,
      options({ attributes: 4 }),
    ],
    [
      "text",
      `<message from='a@b'><body>${"x".repeat(5000)}</body><x/>&nonsense;</message>`,
      options({ stanzaChars: 1000 }),
    ],
    [
      "an attribute",
      `<message from='a@b'><x y='${"/>".repeat(2000)}'>z</x></message>`,
      options({ stanzaChars: 1000 }),
    ],
    [
      "the attribute of an empty element",
      `<message from='a@b'><x y='${"/>".repeat(2000)}'/></message>`,
      options({ stanzaChars: 1000 }),
    ],
    [
      "CDATA",
      `<message from='a@b'><![CDATA[${"]>".repeat(2000)}]]></message>`,
      options({ stanzaChars: 1000 }),
    ],
    [
      "many elements",
      `<message from='a@b'>${"<x><y/></x>".repeat(1000)}</message>`,
      options({ stanzaChars: 1000 }),
    ],
  ])(
    "is one element that keeps only its start (%s), and the stream goes on",
    (_name, text, parserOptions) => {
      for (const size of [1, 7, 1000, 100_000]) {
        const reading = new Reading(parserOptions);
        for (const chunk of chunks(`${HEADER}<before/>${text}<after>ok</after>`, size))
          reading.parser.write(chunk);
        expect(reading.texts).toEqual(["<before/>", '<message from="a@b"/>', "<after>ok</after>"]);
        expect(reading.elements.map((each) => each instanceof OversizeElement)).toEqual([false, true, false]);
        expect(reading.elements[1]?.xmlns).toBe("jabber:client");
      }
    },
  );

  it.each([
    ["the start tag of a stanza", `<message a='${"x".repeat(5000)}'><b>c</b></message>`],
    ["the start tag of an empty stanza", `<message a='${"x".repeat(5000)}'/>`],
  ])("keeps the name alone when it is %s", (_name, text) => {
    for (const size of [1, 100, 100_000]) {
      const reading = new Reading(options({ stanzaChars: 1000 }));
      for (const chunk of chunks(`${HEADER}${text}<after/>`, size)) reading.parser.write(chunk);
      expect(reading.texts).toEqual(["<message/>", "<after/>"]);
    }
  });

  it("says which limit it broke", () => {
    const reading = read(`<a>${"<b>".repeat(9)}${"</b>".repeat(9)}</a>`, options({ depth: 5 }));
    expect((reading.elements[0] as OversizeElement).why).toContain("5 levels");
  });

  it("is not kept in memory, however long it is", () => {
    const reading = read("<message><body>", options({ stanzaChars: 10_000 }));
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2_000; i++) reading.parser.write("x".repeat(16_384 + (i % 2)));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(24 << 20);
    reading.parser.write("</body></message><after/>");
    expect(reading.texts).toEqual(["<message/>", "<after/>"]);
  });
});

describe("a callback that throws", () => {
  it("is told by write, and costs nothing of what stands behind it in the chunk", () => {
    const seen: string[] = [];
    const parser = new StreamParser({
      onStart: () => {},
      onElement: (element) => {
        seen.push(element.name);
        if (element.name.startsWith("bad")) throw new Error(element.name);
      },
      onEnd: () => {},
    });
    expect(() => parser.write(`${HEADER}<a/><bad1/><b/><bad2/><c>half`)).toThrow("bad1");
    parser.write("</c>");
    expect(seen).toEqual(["a", "bad1", "b", "bad2", "c"]);
  });
});

describe("stop()", () => {
  it("ends reading at once, also from a callback in the middle of a chunk", () => {
    const seen: string[] = [];
    const parser: StreamParser = new StreamParser({
      onStart: () => {},
      onElement: (element) => {
        seen.push(element.name);
        if (element.name === "b") parser.stop();
      },
      onEnd: () => seen.push("end"),
    });
    parser.write(`${HEADER}<a/><b/><c/></stream:stream>`);
    parser.write("<d/>");
    expect(seen).toEqual(["a", "b"]);
  });
});

describe("chunks", () => {
  const name = fc.constantFrom("a", "body", "x-1", "größe", "__proto__", "constructor");
  const value = fc.string({
    unit: fc.constantFrom(
      "<",
      ">",
      "&",
      '"',
      "'",
      "]",
      "[",
      "!",
      "-",
      "?",
      "/",
      "=",
      "ä",
      "x",
      " ",
      "\n",
      "\u{1F600}",
    ),
    maxLength: 12,
  });
  const node = fc.letrec<{ element: string; content: string }>((tie) => ({
    element: fc
      .tuple(
        name,
        fc.dictionary(fc.constantFrom("id", "to", "xml:lang", "__proto__"), value),
        fc.option(fc.constantFrom("urn:a", "urn:b")),
        fc.array(tie("content"), { maxLength: 4 }),
      )
      .map(([tag, attrs, xmlns, content]) => {
        const all = Object.entries({ ...attrs, ...(xmlns === null ? {} : { xmlns }) });
        const quoted = all.map(
          ([key, text]) =>
            ` ${key}='${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&apos;")}'`,
        );
        return `<${tag}${quoted.join("")}${content.length === 0 ? "/>" : `>${content.join("")}</${tag}>`}`;
      }),
    content: fc.oneof(
      { maxDepth: 4 },
      value.map((text) => text.replaceAll("&", "&#38;").replaceAll("<", "&lt;")),
      value.map((text) => `<![CDATA[${text.replaceAll("]]>", "")}]]>`),
      tie("element"),
    ),
  })).element;

  it("give the same elements, however the text is cut", () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(400), { maxLength: 30 }),
        (elements, cuts) => {
          const text = `${HEADER}${elements.join(" ")}</stream:stream>`;
          const whole = new Reading();
          whole.parser.write(text);
          const cut = new Reading();
          const at = [0, ...cuts.filter((each) => each < text.length).sort((a, b) => a - b), text.length];
          for (let i = 1; i < at.length; i++) cut.parser.write(text.slice(at[i - 1], at[i]));
          expect(whole.elements).toHaveLength(elements.length);
          expect(cut.texts).toEqual(whole.texts);
          expect(cut.ends).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of one character give the same elements", () => {
    const text = "<a b='1'>x &amp; y<![CDATA[<z>]]><c xmlns='urn:c'/></a> <d/>";
    const reading = new Reading();
    for (const char of HEADER + text) reading.parser.write(char);
    expect(reading.texts).toEqual(read(text).texts);
  });

  it("read back what we print", () => {
    const tree = fc.letrec<{ element: Element }>((tie) => ({
      element: fc
        .tuple(
          fc.constantFrom("a", "b", "c"),
          fc.dictionary(fc.constantFrom("x", "y", "xmlns"), fc.string({ unit: "grapheme", minLength: 1 })),
          fc.array(fc.oneof({ maxDepth: 4 }, fc.string({ unit: "grapheme" }), tie("element"))),
        )
        .map(([tag, attrs, children]) => xml(tag, attrs, children)),
    })).element;
    fc.assert(
      fc.property(tree, (element) => {
        const text = element.toString();
        const [back] = read(text).elements;
        // a text may come in two pieces and go out as one, so what is compared is the text
        expect(back?.toString().replaceAll(' xmlns="jabber:client"', "")).toBe(
          text.replaceAll(' xmlns="jabber:client"', ""),
        );
        expect(back?.text()).toBe(element.text());
      }),
    );
  });

  it.each([
    ["text", "<a>", "x".repeat(16_384), "</a>"],
    ["an attribute", "<a b='", "x".repeat(16_384), "'/>"],
    ["CDATA", "<a><![CDATA[", "x>".repeat(8_192), "]]></a>"],
    ["entities", "<a>", "&lt;abcdefghijkl".repeat(1024), "</a>"],
  ])("of 16 MB of %s take time that grows with their length only", async (_name, start, chunk, end) => {
    const growth = await growthForTen((chunks) => {
      const reading = new Reading(limits({ stanzaChars: 64 << 20 }));
      reading.parser.write(HEADER + start);
      for (let i = 0; i < chunks; i++) reading.parser.write(chunk);
      reading.parser.write(end);
      expect(reading.elements).toHaveLength(1);
    }, 102);
    // more than elsewhere: of pieces by the hundred thousand the garbage has its cost, too
    expect(growth).toBeLessThan(2 * LINEAR_FOR_TEN);
  });
});
