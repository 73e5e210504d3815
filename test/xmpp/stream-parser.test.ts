import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Element, xml } from "../../src/base/element.js";
import {
  DEFAULT_PARSER_LIMITS,
  OversizeElement,
  StreamParser,
  XmlStreamError,
  type ParserOptions,
} from "../../src/xmpp/stream-parser.js";

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

/** The condition that reading ends with. */
function refusal(text: string, options?: ParserOptions): string {
  try {
    read(text, options);
  } catch (error) {
    if (error instanceof XmlStreamError) return error.condition;
    throw error;
  }
  return "none";
}

const limits = (some: Partial<typeof DEFAULT_PARSER_LIMITS>): ParserOptions => ({
  limits: { ...DEFAULT_PARSER_LIMITS, ...some },
});

describe("a stream", () => {
  it("is reported by its start, its elements and its end", () => {
    const reading = read("<message to='a'/><presence><show>dnd</show></presence></stream:stream>");
    expect(
      reading.starts.map((start) => [
        start.is("stream", "http://etherx.jabber.org/streams"),
        start.attrs["id"],
      ]),
    ).toEqual([[true, "s1"]]);
    expect(reading.texts).toEqual(['<message to="a"/>', "<presence><show>dnd</show></presence>"]);
    expect(reading.ends).toBe(1);
  });

  it("is over after its end: what follows is not read", () => {
    const reading = read("</stream:stream><message/>");
    reading.parser.write("<message/> and text & that is no XML");
    expect([reading.elements, reading.ends]).toEqual([[], 1]);
  });

  it("may have blanks between stanzas, which are kept nowhere", () => {
    const reading = read(" \n<message/>\t \r\n<message/> ");
    for (let i = 0; i < 5_000_000; i += 50_000) reading.parser.write(" ".repeat(50_000));
    reading.parser.write("<presence/>");
    expect(reading.texts).toEqual(["<message/>", "<message/>", "<presence/>"]);
  });

  it("is refused as soon as there is text instead of XML, however little it is", () => {
    for (const answer of ["HTTP/1.1 400 Bad Request\r\n\r\n", "x", "220 mail ESMTP"])
      expect(() => new Reading().parser.write(answer)).toThrow(
        expect.objectContaining({ condition: "not-well-formed" }) as Error,
      );
    expect(refusal("<message/>text")).toBe("not-well-formed");
  });

  it("of frames has no start, and each element counts (RFC 7395)", () => {
    const reading = new Reading({ framed: true });
    reading.parser.write("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
    reading.parser.write("<message xmlns='jabber:client'><body>hi</body></message>");
    expect(reading.starts).toEqual([]);
    expect(reading.elements.map(({ name, xmlns }) => [name, xmlns])).toEqual([
      ["open", "urn:ietf:params:xml:ns:xmpp-framing"],
      ["message", "jabber:client"],
    ]);
  });
});

describe("an element", () => {
  it("has its text, with entities and CDATA resolved and joined", () => {
    const [element] = read(
      "<a>1 &lt; 2 &amp;&#x26;&#65;<![CDATA[<b>&amp;]]]]><![CDATA[>]]> end</a>",
    ).elements;
    expect(element?.children).toEqual(["1 < 2 &&A<b>&amp;]]> end"]);
  });

  it("has its attributes, in either quotes, with entities resolved", () => {
    const [element] = read(`<a b='1"2' c="3'4>5" d = "&quot;&#10;" xml:lang='de'\n e=""/>`).elements;
    expect({ ...element?.attrs }).toEqual({ b: '1"2', c: "3'4>5", d: '"\n', "xml:lang": "de", e: "" });
  });

  it("has the namespace that holds where it stands", () => {
    const [a] = read("<a><b xmlns='urn:b'><c/></b><d/></a>").elements;
    expect([
      a?.xmlns,
      a?.getChild("b")?.xmlns,
      a?.getChild("b")?.getChild("c")?.xmlns,
      a?.getChild("d")?.xmlns,
    ]).toEqual(["jabber:client", "urn:b", "urn:b", "jabber:client"]);
  });

  it("has its prefix resolved, and prints without one", () => {
    const [a] = read(
      "<p:a xmlns:p='urn:p' xmlns='urn:default'><b/><p:c/><q:d xmlns:q='urn:q'/></p:a>",
    ).elements;
    expect(a?.is("a", "urn:p")).toBe(true);
    expect(a?.getChildElements().map(({ name, xmlns }) => [name, xmlns])).toEqual([
      ["b", "urn:default"],
      ["c", "urn:p"],
      ["d", "urn:q"],
    ]);
    expect(String(a)).toBe(
      '<a xmlns="urn:p"><b xmlns="urn:default"/><c xmlns="urn:p"/><d xmlns="urn:q"/></a>',
    );
  });

  it("does not hand its prefixes to what comes after it", () => {
    expect(refusal("<a xmlns:p='urn:p'/><p:b/>")).toBe("not-well-formed");
  });

  it("of the stream's own namespace is told from a stanza", () => {
    expect(read("<stream:error/>").elements[0]?.is("error", "http://etherx.jabber.org/streams")).toBe(true);
  });

  it.each(["__proto__", "constructor", "hasOwnProperty", "toString"])(
    "may be named %s, and so may its attributes",
    (name) => {
      const [element] = read(`<${name} ${name}='1'><${name}/></${name}>`).elements;
      expect([element?.name, element?.attrs[name]]).toEqual([name, "1"]);
      expect(element?.getChild(name)?.attrs[name]).toBeUndefined();
      expect(String(element)).toBe(`<${name} ${name}="1"><${name}/></${name}>`);
      expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
    },
  );

  it("may have a name beyond ASCII", () => {
    expect(read("<größe maß='1'/>").texts).toEqual(['<größe maß="1"/>']);
  });
});

describe("what XMPP does not allow (RFC 6120 §11)", () => {
  it.each([
    ["a comment", "<!-- x -->", "restricted-xml"],
    ["a comment in a stanza", "<a><!-- x --></a>", "restricted-xml"],
    ["a DTD", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "restricted-xml"],
    ["a processing instruction", "<?php x ?>", "restricted-xml"],
    ["a second XML declaration", "<?xml version='1.0'?>", "restricted-xml"],
    ["an unknown entity", "<a>&nbsp;</a>", "not-well-formed"],
    ["an unknown entity in an attribute", "<a b='&x;'/>", "not-well-formed"],
    ["a forbidden character reference", "<a>&#0;</a>", "not-well-formed"],
    ["a bare ampersand", "<a>1 & 2</a>", "not-well-formed"],
    ["an end tag that fits no start tag", "<a></b>", "not-well-formed"],
    ["an end tag of the same name with another prefix", "<a xmlns:p='urn:p'></p:a>", "not-well-formed"],
    ["an attribute without a value", "<a b/>", "not-well-formed"],
    ["an attribute without a name", "<a ='1'/>", "not-well-formed"],
    ["an attribute without quotes", "<a b=1/>", "not-well-formed"],
    ["an attribute given twice", "<a b='1' b='2'/>", "not-well-formed"],
    ["two words before the equals sign", "<a b c='1'/>", "not-well-formed"],
    ["markup in the name of an attribute", "<a b<c='1'/>", "not-well-formed"],
    ["markup in the name of an element", "<a<b/>", "not-well-formed"],
    ["a quotation mark in a name", `<a"b"/>`, "not-well-formed"],
    ["a name that begins with a digit", "<1/>", "not-well-formed"],
    ["a tag without a name", "< a/>", "not-well-formed"],
    ["an empty tag", "<>", "not-well-formed"],
    ["a prefix that was never declared", "<p:a/>", "not-well-formed"],
    ["a name with two prefixes", "<p:a:b xmlns:p='urn:p'/>", "not-well-formed"],
    ["nothing behind a prefix", "<p: xmlns:p='urn:p'/>", "not-well-formed"],
  ])("is refused: %s", (_name, text, condition) => {
    expect(refusal(text)).toBe(condition);
  });

  it("is refused: a stream that is empty", () => {
    expect(() => new Reading().parser.write("<stream/>")).toThrow(XmlStreamError);
  });

  it("ends the parsing: nothing is read any more", () => {
    const reading = new Reading();
    expect(() => reading.parser.write(`${HEADER}<a>&x;</a><b/>`)).toThrow(XmlStreamError);
    reading.parser.write("<c/>");
    expect(reading.elements).toEqual([]);
  });
});

describe("limits", () => {
  const deep = (levels: number): string => "<a>".repeat(levels) + "</a>".repeat(levels);
  const many = (count: number): string =>
    `<a ${Array.from({ length: count }, (_, at) => `b${at}='1'`).join(" ")}/>`;

  it("hold for the depth, the stream itself included", () => {
    expect(refusal(deep(9), limits({ depth: 10 }))).toBe("none");
    expect(refusal(deep(10), limits({ depth: 10 }))).toBe("policy-violation");
  });

  it("hold for the attributes of one element", () => {
    expect(refusal(many(5), limits({ attributes: 5 }))).toBe("none");
    expect(refusal(many(6), limits({ attributes: 5 }))).toBe("policy-violation");
  });

  it("hold for the characters of one stanza, and not for all stanzas together", () => {
    const stanza = `<a>${"x".repeat(93)}</a>`;
    expect(stanza).toHaveLength(100);
    expect(refusal(stanza.repeat(50), limits({ stanzaChars: 100 }))).toBe("none");
    expect(refusal(stanza, limits({ stanzaChars: 99 }))).toBe("policy-violation");
  });

  it.each(["<a>", "<a b='", "<a><![CDATA[", "<a "])(
    "hold for a stanza whose end never comes: %s",
    (start) => {
      const reading = read(start, limits({ stanzaChars: 10_000 }));
      expect(() => {
        for (let i = 0; i < 11; i++) reading.parser.write("x".repeat(1000));
      }).toThrow(expect.objectContaining({ condition: "policy-violation" }) as Error);
    },
  );

  it("hold for the header of the stream", () => {
    const reading = new Reading({ ...limits({ stanzaChars: 1000 }), oversize: "report" });
    expect(() => reading.parser.write(`<stream a='${"x".repeat(1000)}'>`)).toThrow(XmlStreamError);
  });

  it("cannot be got around by many declarations of prefixes", () => {
    const level = (at: number): string =>
      `<a ${Array.from({ length: 100 }, (_, i) => `xmlns:p${at}x${i}='u'`).join(" ")}>`;
    const text = Array.from({ length: 200 }, (_, at) => level(at)).join("") + "</a>".repeat(200);
    const startMs = performance.now();
    expect(read(text).elements).toHaveLength(1);
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
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
  ])("of 16 MB of %s take time that grows with their length only", (_name, start, chunk, end) => {
    const reading = new Reading(limits({ stanzaChars: 64 << 20 }));
    const startMs = process.cpuUsage().user;
    reading.parser.write(HEADER + start);
    for (let i = 0; i < 1024; i++) reading.parser.write(chunk);
    reading.parser.write(end);
    expect(reading.elements).toHaveLength(1);
    expect((process.cpuUsage().user - startMs) / 1000).toBeLessThan(1_500);
  });
});
