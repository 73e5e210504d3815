import { xml, type Element } from "../base/element.js";
import { fieldTypeOf, NS_DATA, type FieldType } from "./field-type.js";

/** One of the values that a list offers (XEP-0004 §3.2). */
export interface FieldOption {
  /** For people; null where there is only the value. */
  readonly label: string | null;
  readonly value: string;
}

/** What a {@link FormField} is made of. All of it may be left out. */
export interface FieldInit {
  readonly var?: string | null;
  readonly type?: FieldType | null;
  readonly label?: string | null;
  readonly desc?: string | null;
  readonly required?: boolean;
  readonly values?: readonly string[];
  readonly options?: readonly FieldOption[];
  readonly extensions?: readonly Element[];
}

/** What stands in print for what is nobody's business. */
export const REDACTED = "[redacted]";
/** A submission may leave out that a field is private: its name still says so. */
const SECRET_NAME = /(?:secret|password|passwd)$/i;
const OWN_CHILDREN: ReadonlySet<string> = new Set(["desc", "required", "value", "option"]);

/** One field of a form (XEP-0004 §3.2), as it came or as it is to be sent. Immutable. */
export class FormField {
  /** Its name; null for a `fixed` one that is only a text. */
  readonly var: string | null;
  /** Null where the sender did not say; it counts as `text-single` then. */
  readonly type: FieldType | null;
  /** What it is called, for people. */
  readonly label: string | null;
  /** What it is for, at more length. */
  readonly desc: string | null;
  /** Whether a submission needs a value. */
  readonly required: boolean;
  /** As they were sent: of a `text-multi` one for each line. */
  readonly values: readonly string[];
  /** What a list offers, in its order. */
  readonly options: readonly FieldOption[];
  /** What else the field holds: a datatype (XEP-0122), media (XEP-0221), … */
  readonly extensions: readonly Element[];

  constructor(init: FieldInit) {
    this.var = init.var ?? null;
    this.type = init.type ?? null;
    this.label = init.label ?? null;
    this.desc = init.desc ?? null;
    this.required = init.required ?? false;
    this.values = [...(init.values ?? [])];
    this.options = [...(init.options ?? [])];
    this.extensions = [...(init.extensions ?? [])];
  }

  /** Reads a `<field/>`, whatever is in it. */
  static parse(field: Element): FormField {
    return new FormField({
      var: field.attrs["var"] ?? null,
      type: fieldTypeOf(field.attrs["type"]),
      label: field.attrs["label"] ?? null,
      desc: field.getChildText("desc", NS_DATA),
      required: field.getChild("required", NS_DATA) !== undefined,
      values: field.getChildren("value", NS_DATA).map((value) => value.text()),
      options: field.getChildren("option", NS_DATA).map((option) => ({
        label: option.attrs["label"] ?? null,
        value: option.getChildText("value", NS_DATA) ?? "",
      })),
      extensions: field
        .getChildElements()
        .filter((child) => child.xmlns !== NS_DATA || !OWN_CHILDREN.has(child.name)),
    });
  }

  /** The same with some of it replaced. */
  with(changes: FieldInit): FormField {
    return new FormField(Object.assign({}, this, changes));
  }

  /** The first value, which is the only one of most types. */
  get value(): string | null {
    return this.values[0] ?? null;
  }

  /** Whether its values are never printed. */
  get isPrivate(): boolean {
    return this.type === "text-private" || (this.var !== null && SECRET_NAME.test(this.var));
  }

  /** The `<field/>` to send. */
  toElement(): Element {
    return xml(
      "field",
      { var: this.var, type: this.type, label: this.label },
      this.desc === null ? null : xml("desc", null, this.desc),
      this.required && xml("required"),
      this.values.map((value) => xml("value", null, value)),
      this.options.map(({ label, value }) => xml("option", { label }, xml("value", null, value))),
      this.extensions,
    );
  }

  /** What is printed: values that are private are not. */
  toJSON(): object {
    const values = this.isPrivate ? this.values.map(() => REDACTED) : this.values;
    return { var: this.var, type: this.type, label: this.label, values };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}
