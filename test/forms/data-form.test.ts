import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DataForm, type DataFormType, type FieldType, type FormField } from "../../src/forms/data-form.js";
import { parseStanza } from "../support/fake-session.js";

const NS = "jabber:x:data";
const parse = (xml: string): DataForm | null => DataForm.parse(parseStanza(xml));

/** The form as it is after it has been on the wire. */
const overTheWire = (form: DataForm): DataForm | null => parse(form.toElement().toString());

const TYPES: readonly FieldType[] = [
  "boolean",
  "fixed",
  "hidden",
  "jid-multi",
  "jid-single",
  "list-multi",
  "list-single",
  "text-multi",
  "text-private",
  "text-single",
];

/** Text that XML can carry. */
const text = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((any) => any.replaceAll(/[\p{Cc}\p{Cs}\p{Cn}\uFFFE\uFFFF]/gu, ""));
const field: fc.Arbitrary<FormField> = fc.record({
  var: fc.option(text),
  type: fc.option(fc.constantFrom(...TYPES)),
  label: fc.option(text),
  values: fc.array(text, { maxLength: 4 }),
});
const form = fc
  .record({
    type: fc.constantFrom<DataFormType>("form", "submit", "cancel", "result"),
    title: fc.option(text),
    fields: fc.array(field, { maxLength: 8 }),
  })
  .map((init) => new DataForm(init));

describe("a data form (XEP-0004)", () => {
  it("is the same after it was sent: every field in its order, whatever it is called", () => {
    fc.assert(
      fc.property(form, (each) => {
        expect(overTheWire(each)).toEqual(each);
      }),
      { numRuns: 500 },
    );
    expect.hasAssertions();
  });

  it("keeps fields that nobody knows, as they came", () => {
    const xml =
      `<x xmlns="${NS}" type="submit"><field var="FORM_TYPE" type="hidden"><value>urn:x</value></field>` +
      `<field var="{http://vendor.example}thing" label="Thing"><value>1</value><value/></field><field type="fixed"><value>text</value></field></x>`;
    expect(parse(xml)?.toElement().toString()).toBe(xml);
  });

  it("finds a field by its name, the first of several", () => {
    const each = parse(
      `<x xmlns="${NS}" type="form"><field var="a"><value>1</value></field><field var="a"><value>2</value></field></x>`,
    );
    expect([each?.get("a")?.values, each?.get("b"), each?.get("toString")]).toEqual([["1"], null, null]);
  });

  it("tells what it is about (XEP-0068)", () => {
    const about = (content: string): string | null | undefined =>
      parse(`<x xmlns="${NS}" type="form">${content}</x>`)?.formType;
    expect(about(`<field var="FORM_TYPE" type="hidden"><value>urn:x</value></field>`)).toBe("urn:x");
    expect(about(`<field var="FORM_TYPE" type="hidden"/>`)).toBeNull();
    expect(about("")).toBeNull();
  });

  it.each([
    ["in another namespace", `<x xmlns="urn:other" type="form"/>`],
    ["of another name", `<y xmlns="${NS}" type="form"/>`],
    ["without a type", `<x xmlns="${NS}"/>`],
    ["of an unknown type", `<x xmlns="${NS}" type="nonsense"/>`],
    ["of a type that every object has", `<x xmlns="${NS}" type="constructor"/>`],
  ])("%s is none", (_what, xml) => {
    expect(parse(xml)).toBeNull();
  });

  it("reads what it can of malformed fields", () => {
    const each = parse(
      `<x xmlns="${NS}" type="form">text<title/><field/><field var="" type="nonsense" label=""><value/></field>` +
        `<field var="a" type="list-single"><value><b/>x</value><option label="X"><value>x</value></option></field></x>`,
    );
    expect(each).toMatchObject({
      title: "",
      fields: [
        { var: null, type: null, label: null, values: [] },
        { var: "", type: null, label: "", values: [""] },
        { var: "a", type: "list-single", values: ["x"] },
      ],
    });
  });

  it("has only the fields of its own namespace", () => {
    const each = parse(
      `<x xmlns="${NS}" type="form"><title xmlns="urn:o">no</title><field xmlns="urn:o" var="a"/>` +
        `<field var="b"><value xmlns="urn:o">no</value></field></x>`,
    );
    expect([each?.title, each?.fields.map(({ var: name, values }) => [name, values])]).toEqual([
      null,
      [["b", []]],
    ]);
  });

  it("cannot be changed through the list it was made of", () => {
    const fields: FormField[] = [];
    const each = new DataForm({ type: "submit", fields });
    fields.push({ var: "a", type: null, label: null, values: [] });
    expect(each.fields).toEqual([]);
  });

  it("of markup carries text", () => {
    const each = new DataForm({
      type: "submit",
      title: "<b>",
      fields: [{ var: `a"'<&>`, type: null, label: "]]>", values: ["</value></field>"] }],
    });
    expect(overTheWire(each)).toEqual(each);
  });

  it("never throws, whatever it is read from", () => {
    const name = fc.constantFrom("x", "field", "value", "title", "option");
    const attrs = fc.dictionary(
      fc.constantFrom("type", "var", "label"),
      fc.constantFrom("form", "", "hidden", "x"),
    );
    const { node: tree } = fc.letrec<{ node: string; element: string }>((tie) => ({
      node: fc.oneof({ maxDepth: 4 }, fc.constantFrom("", "text"), tie("element")),
      element: fc
        .tuple(name, attrs, fc.array(tie("node"), { maxLength: 3 }))
        .map(([tag, values, children]) => {
          const written = Object.entries(values).map(([key, value]) => ` ${key}="${value}"`);
          return `<${tag}${written.join("")}>${children.join("")}</${tag}>`;
        }),
    }));
    fc.assert(
      fc.property(tree, (content) => {
        expect(() => parse(`<x xmlns="${NS}" type="form">${content}</x>`)?.formType).not.toThrow();
      }),
    );
    expect.hasAssertions();
  });
});
