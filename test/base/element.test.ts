import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Element, xml } from "../../src/base/element.js";
import { ArgumentError } from "../../src/base/errors.js";
import { escapeXml, serialize } from "../../src/base/serialize.js";
import { unescapeXml } from "../../src/xmpp/unescape.js";

/** Text with all that is difficult: markup, control characters, halves of surrogate pairs, astral characters. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from("&<>\"'\t\n\r;#x")),
      fc.integer({ min: 0, max: 0x10ffff }).map((c) => String.fromCodePoint(c)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

/** XML 1.0 §2.2, written as the production is. */
function isXmlChar(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x9 || code === 0xa || code === 0xd) return true;
  return (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

const allowed = (text: string): string => Array.from(text).filter(isXmlChar).join("");

describe("escaping", () => {
  it("escapes markup in text and in attributes", () => {
    const element = xml("a", { b: `<"'&>` }, `</a><evil x='1' y="2"/>&amp;`);
    expect(element.toString()).toBe(
      '<a b="&lt;&quot;&apos;&amp;&gt;">&lt;/a&gt;&lt;evil x=&apos;1&apos; y=&quot;2&quot;/&gt;&amp;amp;</a>',
    );
  });

  it.each([
    ["NUL", "\0"],
    ["the bell", "\u0007"],
    ["a vertical tab", "\u000B"],
    ["a form feed", "\u000C"],
    ["escape", "\u001B"],
    ["half of a surrogate pair", "\uD83D"],
    ["the other half", "\uDE00"],
    ["U+FFFE", "\uFFFE"],
    ["U+FFFF", "\uFFFF"],
  ])("removes %s, which would end the stream, from text and attributes", (_name, char) => {
    expect(xml("a", { b: `1${char}2` }, `3${char}4`).toString()).toBe('<a b="12">34</a>');
  });

  it("keeps tab, line feed, DEL, C1, bidi and astral characters", () => {
    const text = "\t\n\u007F\u0085\u2028\u202E\u{1F600}\u{10FFFF}";
    expect(xml("a", null, text).toString()).toBe(`<a>${text}</a>`);
  });

  it("keeps white space in attributes, which a parser would turn into blanks (XML 1.0 §3.3.3)", () => {
    expect(xml("a", { b: "1\t2\n3\r4" }).toString()).toBe('<a b="1&#9;2&#10;3&#13;4"/>');
  });

  it("is undone by unescaping, but for the forbidden characters", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescapeXml(escapeXml(text))).toBe(allowed(text));
      }),
    );
  });

  it("leaves nothing behind that is markup or forbidden", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeXml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        expect(escaped.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, "")).not.toContain("&");
        expect(allowed(escaped)).toBe(escaped);
      }),
    );
  });
});

describe("unescaping", () => {
  it.each([
    ["&amp;&lt;&gt;&quot;&apos;", `&<>"'`],
    ["&#65;&#x42;&#x1F600;", "AB\u{1F600}"],
    ["&amp;lt;", "&lt;"],
    ["&#9;&#10;&#13;", "\t\n\r"],
  ])("resolves %s", (escaped, plain) => {
    expect(unescapeXml(escaped)).toBe(plain);
  });

  it.each([
    "&nbsp;",
    "&",
    "&;",
    "& amp;",
    "&#0;",
    "&#x1F;",
    "&#xD800;",
    "&#xFFFE;",
    "&#1114112;",
    "&#x;",
    "&#;",
    "&#-1;",
    "&#x110000;",
    "&constructor;",
    "&__proto__;",
    "&amp",
  ])("knows no %s", (text) => {
    expect(unescapeXml(text)).toBeNull();
  });
});

describe("xml()", () => {
  it("leaves out what is null or undefined, and children that are false or empty", () => {
    const element = xml(
      "a",
      { b: null, c: undefined, d: 0, e: false, f: "" },
      null,
      undefined,
      false,
      "",
      0,
      "x",
    );
    expect(element.attrs).toEqual({ d: "0", e: "false", f: "" });
    expect(element.children).toEqual(["0", "x"]);
  });

  it("flattens lists of children", () => {
    const element = xml("a", null, ["1", [xml("b"), [null, "2"]]], "3");
    expect(element.toString()).toBe("<a>1<b/>23</a>");
  });

  it("takes frozen attributes and leaves them as they are", () => {
    const attrs = Object.freeze({ to: "a@b", count: 1, none: null });
    const element = xml("a", attrs);
    expect(attrs).toEqual({ to: "a@b", count: 1, none: null });
    expect(element.attrs).not.toBe(attrs);
    expect(element.toString()).toBe('<a to="a@b" count="1"/>');
  });

  it.each(["", "a b", "a>", "a/", "<a", "1a", "-a", "a:b", 'a"', "é", "a\n", "xmlns:x"])(
    "refuses the element name %j",
    (name) => {
      expect(() => xml(name)).toThrow(ArgumentError);
    },
  );

  it.each(["", "a b", "a=", 'a"', "a>", "1a", "xmlns:evil", "a:b", "xml:a b", "a\n"])(
    "refuses the attribute name %j",
    (name) => {
      expect(() => xml("a", { [name]: "1" })).toThrow(ArgumentError);
    },
  );

  it("takes xml:lang", () => {
    expect(xml("a", { "xml:lang": "de" }).toString()).toBe('<a xml:lang="de"/>');
  });

  it("takes names that objects have, as nothing but names", () => {
    const element = xml(
      "constructor",
      JSON.parse('{"__proto__":"1","hasOwnProperty":"2"}') as Record<string, string>,
    );
    expect(element.toString()).toBe('<constructor __proto__="1" hasOwnProperty="2"/>');
    expect(element.attrs["toString"]).toBeUndefined();
    expect(element.attrs["constructor"]).toBeUndefined();
    expect(xml("a").attrs["__proto__"]).toBeUndefined();
  });
});

describe("namespaces", () => {
  it("gives children without one that of their parent", () => {
    const query = xml("query", { xmlns: "urn:q" }, xml("item", null, xml("deep")));
    expect(query.getChild("item")?.xmlns).toBe("urn:q");
    expect(query.getChild("item", "urn:q")?.getChild("deep", "urn:q")?.name).toBe("deep");
    expect(query.toString()).toBe('<query xmlns="urn:q"><item><deep/></item></query>');
  });

  it("does so for children that were built before their parent, at any depth", () => {
    const deep = xml("deep");
    const item = xml("item", null, deep);
    expect(deep.xmlns).toBeNull();
    const outer = xml("outer", { xmlns: "urn:o" }, [item]);
    expect([item.xmlns, deep.xmlns]).toEqual(["urn:o", "urn:o"]);
    expect(outer.toString()).toBe('<outer xmlns="urn:o"><item><deep/></item></outer>');
  });

  it("leaves children alone that have their own, and what is in them", () => {
    const inner = xml("inner", { xmlns: "urn:i" }, xml("leaf"));
    xml("outer", { xmlns: "urn:o" }, inner);
    expect([inner.xmlns, inner.getChild("leaf")?.xmlns]).toEqual(["urn:i", "urn:i"]);
  });

  it("counts what has none as a stanza's", () => {
    const message = xml("message", null, xml("body", null, "hi"));
    expect(message.is("message", "jabber:client")).toBe(true);
    expect(message.getChildText("body", "jabber:client")).toBe("hi");
    expect(message.is("message", "urn:other")).toBe(false);
  });

  it("are printed where they change and nowhere else", () => {
    const leaf = new Element("leaf", "jabber:client", {}, []);
    const x = new Element("x", "urn:x", {}, [leaf, new Element("same", "urn:x", {}, [])]);
    expect(new Element("message", "jabber:client", {}, [x]).toString()).toBe(
      '<message><x xmlns="urn:x"><leaf xmlns="jabber:client"/><same/></x></message>',
    );
  });

  it("leave no prefixed attribute behind, whose declaration is gone", () => {
    const element = new Element("a", "urn:a", { "xmlns:p": "urn:p", "p:b": "1", "xml:lang": "en" }, []);
    expect(element.toString()).toBe('<a xmlns="urn:a" xml:lang="en"/>');
  });
});

describe("finding", () => {
  const message = xml(
    "message",
    null,
    "before",
    xml("body", { xmlns: "urn:other" }, "not this"),
    xml("body", null, "one", xml("b", null, "bold"), "two"),
    xml("body", null, "second"),
    xml("empty"),
    "after",
  );

  it("goes by name, and by namespace where one is given", () => {
    expect(message.getChild("body")?.text()).toBe("not this");
    expect(message.getChild("body", "jabber:client")?.text()).toBe("onetwo");
    expect(message.getChild("body", "urn:none")).toBeUndefined();
    expect(message.getChild("none")).toBeUndefined();
  });

  it("gives all of them in order", () => {
    expect(message.getChildren("body").map((each) => each.text())).toEqual(["not this", "onetwo", "second"]);
    expect(message.getChildren("body", "jabber:client")).toHaveLength(2);
    expect(message.getChildElements().map((each) => each.name)).toEqual(["body", "body", "body", "empty"]);
  });

  it("does not look deeper", () => {
    expect(message.getChild("b")).toBeUndefined();
  });

  it("gives the text directly inside, without that of children", () => {
    expect(message.text()).toBe("beforeafter");
    expect(xml("a", null, xml("b", null, "x")).text()).toBe("");
    expect(xml("a").text()).toBe("");
    expect(xml("a", null, "x").text()).toBe("x");
  });

  it("tells an empty child from none", () => {
    expect(message.getChildText("empty")).toBe("");
    expect(message.getChildText("none")).toBeNull();
  });
});

describe("printing", () => {
  it("prints 100,000 levels", () => {
    const depth = 100_000;
    let element = xml("a");
    for (let level = 1; level < depth; level++) element = xml("a", null, element);
    const text = element.toString();
    expect(text).toHaveLength((depth - 1) * "<a></a>".length + "<a/>".length);
    expect(text.slice(0, 6)).toBe("<a><a>");
    expect(text.slice(-8)).toBe("</a></a>");
  });

  it("gives a namespace to 100,000 levels", () => {
    const leaf = xml("leaf");
    let element = leaf;
    for (let level = 1; level < 100_000; level++) element = xml("a", null, element);
    xml("root", { xmlns: "urn:r" }, element);
    expect(leaf.xmlns).toBe("urn:r");
  });

  it("is what JSON takes", () => {
    expect(JSON.stringify({ stanza: xml("a", { b: "1" }) })).toBe('{"stanza":"<a b=\\"1\\"/>"}');
  });

  it("prints elements of other libraries, whose values may be anything", () => {
    const foreign = {
      name: "a",
      attrs: { n: 1, yes: true, no: null, gone: undefined },
      children: [1, null, undefined, "<"],
    };
    expect(serialize(foreign, "jabber:client")).toBe('<a n="1" yes="true">1&lt;</a>');
  });
});
