import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { xml, type Element } from "../../src/base/element.js";
import { MucwrightError } from "../../src/base/errors.js";
import { XmppError } from "../../src/xmpp/xmpp-error.js";

const NS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const stanza = (...children: Element[]): Element => xml("message", { type: "error" }, children);
const condition = (name: string): Element => xml(name, { xmlns: NS });
const text = (said: string): Element => xml("text", { xmlns: NS }, said);

const fields = (error: XmppError): unknown[] => [error.condition, error.type, error.text, error.by];

describe("an error that was answered (RFC 6120 §8.3)", () => {
  it("has its condition, type, text and who raised it", () => {
    const error = XmppError.fromStanza(
      stanza(
        xml("body"),
        xml(
          "error",
          { type: "auth", by: "b" },
          condition("forbidden"),
          text("Go away"),
          xml("own", { xmlns: "urn:o" }),
        ),
      ),
    );
    expect(fields(error)).toEqual(["forbidden", "auth", "Go away", "b"]);
    expect([error.code, error.name, error.message]).toEqual(["xmpp", "XmppError", "forbidden: Go away"]);
    expect(error).toBeInstanceOf(MucwrightError);
  });

  it("has its condition also where the text comes first, or something of the application's", () => {
    const error = xml(
      "error",
      { type: "wait" },
      text("Later"),
      xml("own", { xmlns: "urn:o" }),
      condition("resource-constraint"),
    );
    expect(fields(XmppError.fromStanza(stanza(error)))).toEqual([
      "resource-constraint",
      "wait",
      "Later",
      null,
    ]);
  });

  it.each<[string, Element, unknown[]]>([
    ["no <error/>", stanza(), ["undefined-condition", "cancel", null, null]],
    ["an empty <error/>", stanza(xml("error")), ["undefined-condition", "cancel", null, null]],
    [
      "an unknown type",
      stanza(xml("error", { type: "__proto__" }, condition("gone"))),
      ["gone", "cancel", null, null],
    ],
    [
      "only a text",
      stanza(xml("error", { type: "modify" }, text("x"))),
      ["undefined-condition", "modify", "x", null],
    ],
    ["an empty text", stanza(xml("error", null, condition("gone"), text(""))), ["gone", "cancel", "", null]],
    [
      "a condition without its namespace",
      stanza(xml("error", null, xml("gone"))),
      ["undefined-condition", "cancel", null, null],
    ],
    [
      "two conditions",
      stanza(xml("error", null, condition("gone"), condition("conflict"))),
      ["gone", "cancel", null, null],
    ],
  ])("is read of %s", (_name, malformed, wanted) => {
    expect(fields(XmppError.fromStanza(malformed))).toEqual(wanted);
  });

  it("is read of anything", () => {
    const child = fc.tuple(
      fc.constantFrom("error", "text", "gone", "x"),
      fc.constantFrom(NS, "urn:o", null),
      fc.option(fc.string()),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(child, fc.array(child))), (children) => {
        const made = children.map(([[name, xmlns, type], inner]) =>
          xml(
            name,
            { xmlns, type },
            inner.map(([deep, deepNs, said]) => xml(deep, { xmlns: deepNs }, said)),
          ),
        );
        const error = XmppError.fromStanza(xml("iq", null, made));
        expect(["auth", "cancel", "continue", "modify", "wait"]).toContain(error.type);
        expect(error.condition).toMatch(/^(?:undefined-condition|gone|x|error)$/);
      }),
    );
  });
});
