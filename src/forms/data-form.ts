import { xml, type Element } from "../base/element.js";

/** The namespace of data forms (XEP-0004). */
export const NS_DATA = "jabber:x:data";

/** What a form is for (XEP-0004 §3.1). */
export type DataFormType = "form" | "submit" | "cancel" | "result";

/** What a field holds (XEP-0004 §3.3). */
export type FieldType =
  | "boolean"
  | "fixed"
  | "hidden"
  | "jid-multi"
  | "jid-single"
  | "list-multi"
  | "list-single"
  | "text-multi"
  | "text-private"
  | "text-single";

const FORM_TYPES: ReadonlySet<string> = new Set(["form", "submit", "cancel", "result"]);
const FIELD_TYPES: ReadonlySet<string> = new Set([
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
]);

/** One field of a form. */
export interface FormField {
  /** Its name; null for a `fixed` one that is only a text. */
  readonly var: string | null;
  /** Null where the sender did not say; it counts as `text-single` then. */
  readonly type: FieldType | null;
  readonly label: string | null;
  readonly values: readonly string[];
}

/** A data form: its fields in order, as they came or as they are to be sent. Immutable. */
export class DataForm {
  readonly type: DataFormType;
  readonly title: string | null;
  readonly fields: readonly FormField[];

  constructor(form: {
    readonly type: DataFormType;
    readonly title?: string | null;
    readonly fields?: readonly FormField[];
  }) {
    this.type = form.type;
    this.title = form.title ?? null;
    this.fields = [...(form.fields ?? [])];
  }

  /** Reads an `<x/>`; null for what is no form. A field of an unknown type is kept, as of none. */
  static parse(element: Element): DataForm | null {
    const type = element.attrs["type"] ?? "";
    if (!element.is("x", NS_DATA) || !FORM_TYPES.has(type)) return null;
    return new DataForm({
      type: type as DataFormType,
      title: element.getChildText("title", NS_DATA),
      fields: element.getChildren("field", NS_DATA).map(readField),
    });
  }

  /** What the form is about: the value of its `FORM_TYPE` (XEP-0068), null where it has none. */
  get formType(): string | null {
    return this.get("FORM_TYPE")?.values[0] ?? null;
  }

  /** The first field of that name. */
  get(name: string): FormField | null {
    return this.fields.find((field) => field.var === name) ?? null;
  }

  /** The `<x/>` to send. */
  toElement(): Element {
    return xml(
      "x",
      { xmlns: NS_DATA, type: this.type },
      this.title === null ? null : xml("title", null, this.title),
      this.fields.map((field) =>
        xml(
          "field",
          { var: field.var, type: field.type, label: field.label },
          field.values.map((value) => xml("value", null, value)),
        ),
      ),
    );
  }
}

function readField(field: Element): FormField {
  const type = field.attrs["type"] ?? "";
  return {
    var: field.attrs["var"] ?? null,
    type: FIELD_TYPES.has(type) ? (type as FieldType) : null,
    label: field.attrs["label"] ?? null,
    values: field.getChildren("value", NS_DATA).map((value) => value.text()),
  };
}
