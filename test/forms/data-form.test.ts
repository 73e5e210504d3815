import { inspect } from "node:util";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { DataForm, type DataFormType } from "../../src/forms/data-form.js";
import { xml } from "../../src/base/element.js";
import type { FieldType } from "../../src/forms/field-type.js";
import type { FieldInit } from "../../src/forms/form-field.js";
import { hostileForms, parseForm as parse, thrownBy } from "./support/hostile.js";

const NS = "jabber:x:data";

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
const extension = fc.tuple(text, text).map(([a, inner]) => xml("other", { xmlns: "urn:other", a }, inner));
const field = fc.record({
  var: fc.option(text),
  type: fc.option(fc.constantFrom(...TYPES)),
  label: fc.option(text),
  desc: fc.option(text),
  required: fc.boolean(),
  values: fc.array(text, { maxLength: 4 }),
  options: fc.array(fc.record({ label: fc.option(text), value: text }), { maxLength: 3 }),
  extensions: fc.array(extension, { maxLength: 2 }),
});
const fields = fc.array(field, { maxLength: 6 });
const form = fc
  .record({
    type: fc.constantFrom<DataFormType>("form", "submit", "cancel", "result"),
    title: fc.option(text),
    instructions: fc.array(text, { maxLength: 2 }),
    fields,
    reported: fc.option(fields),
    items: fc.array(fields, { maxLength: 2 }),
    extensions: fc.array(extension, { maxLength: 2 }),
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
    const fields: FieldInit[] = [];
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

  it("keeps all that a field can hold", () => {
    const xml =
      `<x xmlns="${NS}" type="form"><title>T</title><instructions>one</instructions><instructions>two</instructions>` +
      `<field var="a" type="list-single" label="A"><desc>what for</desc><required/><value>1</value>` +
      `<option label="One"><value>1</value></option><option><value>2</value></option>` +
      `<media xmlns="urn:xmpp:media-element"><uri type="image/png">cid:x</uri></media></field>` +
      `<page xmlns="http://jabber.org/protocol/xdata-layout" label="P"/></x>`;
    expect(parse(xml)?.toElement().toString()).toBe(xml);
  });

  it("of results has a table, whose fields are of the type of their column (XEP-0004 §3.4)", () => {
    const xml =
      `<x xmlns="${NS}" type="result"><reported><field var="name" label="Name"/><field var="jid" type="jid-single"/></reported>` +
      `<item><field var="name"><value>Alice</value></field><field var="jid"><value>a@b.example</value></field></item>` +
      `<item><field var="else"><value>x</value></field></item></x>`;
    const table = parse(xml);
    expect(table?.items.map((row) => row.map((each) => [each.var, each.type, each.value]))).toEqual([
      [
        ["name", null, "Alice"],
        ["jid", "jid-single", "a@b.example"],
      ],
      [["else", null, "x"]],
    ]);
    expect(table?.toElement().toString()).toBe(xml);
  });
});

describe("a form that is filled in", () => {
  const received = new DataForm({
    type: "form",
    title: "Title",
    instructions: ["Do it"],
    fields: [
      { var: "FORM_TYPE", type: "hidden", values: ["urn:x"] },
      { type: "fixed", values: ["Heading"] },
      { var: "note", type: "fixed", values: ["Text"] },
      { var: "token", type: "hidden", values: ["t"] },
      { var: "a", type: "text-single", label: "A", values: ["old"] },
      { var: "must", type: "text-single", label: "Needed", required: true },
      { var: "a", type: "text-single", values: ["other"] },
    ],
    extensions: [xml("page", { xmlns: "urn:page" })],
  });

  it("is submitted with all its fields in order, but without fixed ones and what is for people", () => {
    const { title, instructions, extensions, fields } = received.with("must", ["x"]).as("submit");
    expect([title, instructions, extensions]).toEqual([null, [], []]);
    expect(fields.map((each) => [each.var, each.values])).toEqual([
      ["FORM_TYPE", ["urn:x"]],
      ["token", ["t"]],
      ["a", ["old"]],
      ["must", ["x"]],
      ["a", ["other"]],
    ]);
  });

  it("has what was set once, where a name came twice", () => {
    const changed = received.with("a", ["new"]);
    expect(changed.fields.filter((each) => each.var === "a").map((each) => each.values)).toEqual([["new"]]);
    expect(received.get("a")?.value).toBe("old");
  });

  it.each([[[]], [[""]]])("is not submitted while a required field has the values %j", (values) => {
    expect(() => received.with("must", values).as("submit")).toThrow(
      new ArgumentError('The field "must" ("Needed") is required, and has no value'),
    );
  });

  it("is cancelled with nothing in it, and without what is required", () => {
    expect(received.as("cancel").toElement().toString()).toBe(`<x xmlns="${NS}" type="cancel"/>`);
  });

  it("is otherwise as it was, of another type", () => {
    expect(received.as("result")).toEqual(received.copy({ type: "result" }));
  });

  it("takes no value for what it does not have, and keeps what it is about", () => {
    expect(() => received.with("b", ["x"])).toThrow(
      new ArgumentError('The form has no field "b": it is not offered'),
    );
    expect(() => received.with("FORM_TYPE", ["urn:y"])).toThrow(ArgumentError);
    expect(() => received.with("note", ["x"])).toThrow(ArgumentError);
  });
});

describe("a hostile form", () => {
  it("is read, printed and sent on, whatever is in it", () => {
    fc.assert(
      fc.property(hostileForms(), (each) => {
        expect(each && overTheWire(each)).toStrictEqual(each);
        expect(() => inspect(each) + JSON.stringify(each)).not.toThrow();
      }),
      { numRuns: 500 },
    );
    expect.hasAssertions();
  });

  it("throws nothing but an ArgumentError when it is filled in", () => {
    fc.assert(
      fc.property(hostileForms(), fc.array(fc.string(), { maxLength: 3 }), (each, values) => {
        for (const name of ["", "__proto__", "FORM_TYPE", "boolean", "form"])
          expect(
            thrownBy(() => each?.with(name, values).as("submit")) ?? new ArgumentError("none"),
          ).toBeInstanceOf(ArgumentError);
      }),
      { numRuns: 500 },
    );
    expect.hasAssertions();
  });

  it("of ten thousand fields is read and filled in at once", () => {
    const many = `<field var="a" type="list-multi"><value>1</value></field>`.repeat(10_000);
    const each = parse(`<x xmlns="${NS}" type="form">${many}</x>`);
    expect(each?.with("a", ["1"]).fields).toHaveLength(1);
  });
});
