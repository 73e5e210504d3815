// Forms as nobody sends them, and what becomes of those who read them.
import fc from "fast-check";

import { DataForm } from "../../../src/forms/data-form.js";
import { NS_DATA } from "../../../src/forms/field-type.js";
import { parseStanza } from "../../support/fake-session.js";

/** Reads a form as it is on the wire. */
export function parseForm(xml: string): DataForm | null {
  return DataForm.parse(parseStanza(xml));
}

/** What `action` throws, null where it throws nothing. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return null;
  } catch (error) {
    return error;
  }
}

const NAMES = ["x", "field", "value", "title", "option", "reported", "item", "required", "desc", "validate"];
const VALUES = ["form", "", "hidden", "__proto__", "FORM_TYPE", "list-single", "jid-multi", "boolean", "-1"];

/** Forms of elements of all kinds, in any order, with the given names of fields among others. */
export function hostileForms(names: readonly string[] = []): fc.Arbitrary<DataForm | null> {
  const attrs = fc.record(
    {
      type: fc.constantFrom(...VALUES, "text-private", "text-single", "list-multi"),
      var: fc.constantFrom(...VALUES, ...names),
      label: fc.constantFrom(...VALUES),
      xmlns: fc.constantFrom(NS_DATA, "", "http://jabber.org/protocol/xdata-validate"),
      datatype: fc.constantFrom("xs:integer", "xs:string"),
      min: fc.constantFrom("9".repeat(50), "-1", "1e9", ""),
    },
    { requiredKeys: [] },
  );
  const { node } = fc.letrec<{ node: string; element: string }>((tie) => ({
    node: fc.oneof({ maxDepth: 4 }, fc.constantFrom("", "text", "\n", "1", "a@b.example"), tie("element")),
    element: fc
      .tuple(fc.constantFrom(...NAMES), attrs, fc.array(tie("node"), { maxLength: 4 }))
      .map(([tag, values, children]) => {
        const written = Object.entries(values).map(([key, value]) => ` ${key}="${value}"`);
        return `<${tag}${written.join("")}>${children.join("")}</${tag}>`;
      }),
  }));
  return fc
    .array(node, { maxLength: 6 })
    .map((content) => parseForm(`<x xmlns="${NS_DATA}" type="form">${content.join("")}</x>`));
}
