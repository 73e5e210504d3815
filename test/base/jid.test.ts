import { inspect } from "node:util";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";

const parts = (text: string): [string | null, string, string | null] => {
  const { local, domain, resource } = JID.parse(text);
  return [local, domain, resource];
};

describe("reading an address", () => {
  it.each<[string, [string | null, string, string | null]]>([
    ["a@b", ["a", "b", null]],
    ["b", [null, "b", null]],
    ["b/c", [null, "b", "c"]],
    ["a@b/c", ["a", "b", "c"]],
    // RFC 7622 §3.2: the first "/" ends the domain, whatever follows
    ["a@b/c@d/e", ["a", "b", "c@d/e"]],
    ["b/c@d", [null, "b", "c@d"]],
    ["room@rooms.example.org/ nick with blanks ", ["room", "rooms.example.org", " nick with blanks "]],
    ["a@127.0.0.1", ["a", "127.0.0.1", null]],
    ["a@[::1]/r", ["a", "[::1]", "r"]],
    ["a@example.org.", ["a", "example.org", null]],
    ["a@under_score.example", ["a", "under_score.example", null]],
  ])("splits %s", (text, wanted) => {
    expect(parts(text)).toEqual(wanted);
  });

  it.each([
    ["the local part to lower case", "JuliET@b", "juliet@b"],
    ["the domain to lower case", "a@Example.ORG", "a@example.org"],
    ["the domain to lower case, also where it looks like a number", "a@0X7F.1", "a@0x7f.1"],
    ["wide forms of the local part", "ＡＢ@b", "ab@b"],
    ["decomposed characters of the local part", "e\u0301@b", "\u00E9@b"],
    ["decomposed characters of the resource", "a@b/e\u0301", "a@b/\u00E9"],
    ["blanks of the resource", "a@b/x\u00A0y\u3000z", "a@b/x y z"],
    ["nothing in a symbol of the local part", "\u2615\u{1F600}@b", "\u2615\u{1F600}@b"],
    ["nothing in letters without case", "日本語한글ابج@b", "日本語한글ابج@b"],
    ["upper case outside ASCII", "ÄÖÜ@b", "äöü@b"],
    ["an A-label to the U-label (RFC 7622 §3.2)", "a@xn--mnchen-3ya.de", "a@münchen.de"],
    ["an upper-case U-label", "a@MÜNCHEN.de", "a@münchen.de"],
    ["ideographic full stops", "a@example。org", "a@example.org"],
    ["an IPv6 literal", "a@[2001:DB8::A]", "a@[2001:db8::a]"],
  ])("prepares %s", (_name, given, prepared) => {
    expect(JID.parse(given).toString()).toBe(prepared);
  });

  it("keeps the case of the resource", () => {
    expect(JID.parse("a@b/NiCk").resource).toBe("NiCk");
  });

  it.each([
    ["nothing", ""],
    ["an empty local part", "@b"],
    ["an empty domain", "a@"],
    ["an empty domain with a resource", "a@/r"],
    ["only a resource", "/r"],
    ["an empty resource", "a@b/"],
    ["two @ before the resource", "a@b@c"],
    ["a blank in the local part", "a b@c"],
    ["a quotation mark in the local part", 'a"b@c'],
    ["an ampersand in the local part", "a&b@c"],
    ["an apostrophe in the local part", "a'b@c"],
    ["a colon in the local part", "a:b@c"],
    ["an angle bracket in the local part", "a<b@c"],
    ["what only becomes an @ when it is prepared", "a\uFF20b@c"],
    ["what only becomes a / when it is prepared", "a\u2100b@c"],
    ["what only some servers fold: \u00DF", "stra\u00DFe@b"],
    ["what only some servers fold: final sigma", "\u03BB\u03CC\u03B3\u03BF\u03C2@b"],
    ["what only some servers fold: an upper-case letter of recent years", "\u023A@b"],
    ["what cannot be seen in the local part", "al\u00ADice@b"],
    ["what joins without being seen in the local part", "al\u200Dice@b"],
    ["a private character in the local part", "\uE000@b"],
    ["a control character in the local part", "a\u0001b@c"],
    ["a control character in the resource", "a@b/\u0007"],
    ["half of a surrogate pair in the resource", "a@b/\uD83D"],
    ["a blank in the domain", "a@b c"],
    ["an empty label", "a@b..c"],
    ["a leading dot", "a@.b"],
    ["a percent sign in the domain", "a@b%63"],
    ["a port", "a@b:5222"],
    ["an A-label that is none", "a@xn--\u00E9"],
    ["markup in the domain", "a@b<c"],
    ["what only becomes markup in the domain when it is prepared", "a@b\uFF06c"],
  ])("refuses %s", (_name, text) => {
    expect(() => JID.parse(text)).toThrow(ArgumentError);
    expect(JID.tryParse(text)).toBeNull();
  });

  it.each(["local", "domain", "resource"] as const)(
    "takes 1023 bytes of %s, and not one more (RFC 7622 §3)",
    (part) => {
      const make = (length: number): string => {
        const long = "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2);
        return {
          local: `${long}@b`,
          domain: "x.".repeat(500) + "x".repeat(length - 1000),
          resource: `a@b/${long}`,
        }[part];
      };
      expect(Buffer.byteLength(JID.parse(make(1023))[part] ?? "")).toBe(1023);
      expect(() => JID.parse(make(1024))).toThrow(ArgumentError);
    },
  );

  it("does not repeat a huge address in its error", () => {
    expect(() => JID.parse(`${"x".repeat(100_000)}@b`)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,200}$/s) as string }) as Error,
    );
  });

  it("gives null for what is not there", () => {
    expect([JID.tryParse(null), JID.tryParse(undefined)]).toEqual([null, null]);
  });
});

describe("comparing", () => {
  it("is of the prepared form, with an address or a text", () => {
    const jid = JID.parse("Juliet@Example.org/Balcony");
    expect(jid.equals("juliet@example.org/Balcony")).toBe(true);
    expect(jid.equals(JID.parse("JULIET@EXAMPLE.ORG/Balcony"))).toBe(true);
    expect(jid.equals("juliet@example.org/balcony")).toBe(false);
    expect(jid.equals("juliet@example.org")).toBe(false);
    expect(jid.equals(jid.bare())).toBe(false);
  });

  it("says no to a text that is no address", () => {
    expect(JID.parse("a@b").equals("a@")).toBe(false);
  });

  it("keeps resources apart that some servers keep apart: they may be two people", () => {
    expect(JID.parse("room@b/Admin").equals("room@b/\u{1F130}dmin")).toBe(false);
    expect(JID.parse("room@b/VIII").equals("room@b/\u2167")).toBe(false);
  });

  it("takes the two forms of an internationalised domain for the same", () => {
    expect(JID.parse("a@münchen.de").equals("a@XN--MNCHEN-3YA.de")).toBe(true);
  });
});

describe("deriving", () => {
  it("gives the bare address, the same object where it is bare", () => {
    const full = JID.parse("a@b/c");
    expect(full.bare().toString()).toBe("a@b");
    const bare = JID.parse("a@b");
    expect(bare.bare()).toBe(bare);
  });

  it("gives it another resource, prepared and checked", () => {
    expect(JID.parse("a@b/c").withResource("e\u0301/x").toString()).toBe("a@b/\u00E9/x");
    expect(() => JID.parse("a@b").withResource("")).toThrow(ArgumentError);
    expect(() => JID.parse("a@b").withResource("\n")).toThrow(ArgumentError);
    expect(() => JID.parse("a@b").withResource("x".repeat(1024))).toThrow(ArgumentError);
  });

  it("takes an address as it is", () => {
    const jid = JID.parse("a@b");
    expect(JID.from(jid)).toBe(jid);
    expect(JID.from("A@b").equals(jid)).toBe(true);
    expect(() => JID.from("a@")).toThrow(ArgumentError);
  });

  it("prints as its text", () => {
    const jid = JID.parse("a@b/c");
    expect([String(jid), JSON.stringify({ jid }), inspect(jid)]).toEqual([
      "a@b/c",
      '{"jid":"a@b/c"}',
      "JID(a@b/c)",
    ]);
  });
});

/** The address, or what was thrown instead. */
function parsed(text: string): unknown {
  try {
    return JID.parse(text);
  } catch (error) {
    return error;
  }
}

describe("any text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc
      .tuple(
        fc.option(fc.string({ unit: "grapheme", maxLength: 10 })),
        fc.oneof(
          fc.domain(),
          fc.string({ unit: "grapheme", maxLength: 10 }),
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        fc.option(fc.string({ unit: "binary", maxLength: 10 })),
      )
      .map(
        ([local, domain, resource]) =>
          (local === null ? "" : `${local}@`) + domain + (resource === null ? "" : `/${resource}`),
      ),
  );

  it("is refused where a full stop of another script leaves a label empty", () => {
    for (const text of ["\uff0e;", "\uff0eexample.org", "a\uff0e\u3002example.org"])
      expect(() => JID.parse(text)).toThrow(ArgumentError);
  });

  it("is refused with an ArgumentError, or an address that reads the same again", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const jid = parsed(text);
        expect(jid instanceof JID || jid instanceof ArgumentError).toBe(true);
        expect(JID.tryParse(text) === null).toBe(jid instanceof ArgumentError);
        if (!(jid instanceof JID)) return;
        const again = JID.parse(jid.toString());
        expect([again.local, again.domain, again.resource]).toEqual([jid.local, jid.domain, jid.resource]);
        expect(again.equals(jid) && jid.equals(text)).toBe(true);
        expect(jid.bare().resource).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});
