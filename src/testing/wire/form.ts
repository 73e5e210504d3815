import { xml, type Element } from "../../base/element.js";
import { NS } from "./namespaces.js";

/** A field as it is offered (XEP-0004 §3.2). */
export interface OfferedField {
  readonly var: string;
  readonly type: string;
  readonly label?: string;
  readonly values: readonly string[];
  readonly options?: readonly string[];
}

/** The values of a submitted form by field, null where `element` is no form. Of two fields of one name the first counts. */
export function submittedValues(form: Element | undefined): ReadonlyMap<string, readonly string[]> | null {
  if (form === undefined || !form.is("x", NS.data)) return null;
  const values = new Map<string, readonly string[]>();
  for (const field of form.getChildren("field", NS.data)) {
    const name = field.attrs["var"];
    if (name === undefined || values.has(name)) continue;
    values.set(
      name,
      field.getChildren("value", NS.data).map((value) => value.text()),
    );
  }
  return values;
}

/** XEP-0004 §3.3: how a boolean is written. */
export function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}

/** A form with its `FORM_TYPE` (XEP-0068). */
export function formElement(
  type: "form" | "result" | "submit",
  formType: string,
  fields: readonly OfferedField[],
  title?: string,
): Element {
  return xml(
    "x",
    { xmlns: NS.data, type },
    title === undefined ? null : xml("title", null, title),
    fieldElement({ var: "FORM_TYPE", type: "hidden", values: [formType] }),
    fields.map(fieldElement),
  );
}

function fieldElement(field: OfferedField): Element {
  return xml(
    "field",
    { type: field.type, var: field.var, label: field.label },
    (field.options ?? []).map((option) => xml("option", { label: option }, xml("value", null, option))),
    field.values.map((value) => xml("value", null, value)),
  );
}
