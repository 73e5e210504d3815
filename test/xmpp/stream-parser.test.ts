import { describe, expect, it } from "vitest";

import { Element } from "../../src/base/element.js";
import {
  DEFAULT_PARSER_LIMITS,
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
    // Of CPU time, which others take nothing away of. It is a third of a second.
    const before = process.cpuUsage();
    expect(read(text).elements).toHaveLength(1);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
  });
});
