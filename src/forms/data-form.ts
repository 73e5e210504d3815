import { xml, type Element } from "../base/element.js";
import { ArgumentError } from "../base/errors.js";
import { checkRequired, checkValues } from "./check-values.js";
import { quote } from "./field-error.js";
import { NS_DATA } from "./field-type.js";
import { FormField, type FieldInit } from "./form-field.js";

/** What a form is for (XEP-0004 §3.1). */
export type DataFormType = "form" | "submit" | "cancel" | "result";

const FORM_TYPES: ReadonlySet<string> = new Set<DataFormType>(["form", "submit", "cancel", "result"]);
const OWN_CHILDREN: ReadonlySet<string> = new Set(["title", "instructions", "field", "reported", "item"]);

/** What a {@link DataForm} is made of. All but the type may be left out. */
export interface DataFormInit {
  readonly type: DataFormType;
  readonly title?: string | null;
  readonly instructions?: readonly string[];
  readonly fields?: readonly FieldInit[];
  readonly reported?: readonly FieldInit[] | null;
  readonly items?: readonly (readonly FieldInit[])[];
  readonly extensions?: readonly Element[];
}

/** A data form (XEP-0004): its fields in order, as they came or as they are to be sent. Immutable. */
export class DataForm {
  /** What it is for. */
  readonly type: DataFormType;
  /** What it is called, for people. */
  readonly title: string | null;
  /** What to do with it, for people. */
  readonly instructions: readonly string[];
  /** Several may have one name; the first counts then. */
  readonly fields: readonly FormField[];
  /** The columns of a table of results (XEP-0004 §3.4), null where there is none. */
  readonly reported: readonly FormField[] | null;
  /** The rows of the table; a field has the type of its column. */
  readonly items: readonly (readonly FormField[])[];
  /** What else the form holds: a layout (XEP-0141), … */
  readonly extensions: readonly Element[];

  constructor(init: DataFormInit) {
    this.type = init.type;
    this.title = init.title ?? null;
    this.instructions = [...(init.instructions ?? [])];
    this.fields = fieldsOf(init.fields ?? []);
    this.reported = init.reported ? fieldsOf(init.reported) : null;
    const types = new Map((this.reported ?? []).map((column) => [column.var, column.type]));
    this.items = (init.items ?? []).map((row) =>
      fieldsOf(row).map((field) => field.with({ type: types.get(field.var) ?? null })),
    );
    this.extensions = [...(init.extensions ?? [])];
  }

  /** Reads an `<x/>`; null for what is no form. A field of an unknown type is kept, as of none. */
  static parse(element: Element): DataForm | null {
    const type = element.attrs["type"] ?? "";
    if (!element.is("x", NS_DATA) || !FORM_TYPES.has(type)) return null;
    const reported = element.getChild("reported", NS_DATA);
    return new DataForm({
      type: type as DataFormType,
      title: element.getChildText("title", NS_DATA),
      instructions: element.getChildren("instructions", NS_DATA).map((each) => each.text()),
      fields: parseFields(element),
      reported: reported === undefined ? null : parseFields(reported),
      items: element.getChildren("item", NS_DATA).map(parseFields),
      extensions: element
        .getChildElements()
        .filter((child) => child.xmlns !== NS_DATA || !OWN_CHILDREN.has(child.name)),
    });
  }

  /** What the form is about: the value of its `FORM_TYPE` (XEP-0068), null where it has none. */
  get formType(): string | null {
    return this.get("FORM_TYPE")?.value ?? null;
  }

  /** The first field of that name. */
  get(name: string): FormField | null {
    return this.fields.find((field) => field.var === name) ?? null;
  }

  /**
   * The form with these values in the field of that name. Throws {@link ArgumentError} where there is no such
   * field, and for what it does not take: services refuse such a submission as a whole, or never answer it.
   */
  with(name: string, values: readonly string[]): DataForm {
    const field = this.get(name);
    if (field === null) throw new ArgumentError(`The form has no field ${quote(name)}: it is not offered`);
    if (name === "FORM_TYPE") throw new ArgumentError("FORM_TYPE says what the form is about: it stays");
    const changed = field.with({ values: checkValues(field, values) });
    const fields = this.fields.flatMap((each) =>
      each === field ? [changed] : each.var === name ? [] : [each],
    );
    return this.copy({ fields });
  }

  /** The same with some of it replaced. What is given is not checked, other than by {@link DataForm.with}. */
  copy(changes: Partial<DataFormInit>): DataForm {
    return new DataForm(Object.assign({}, this, changes));
  }

  /**
   * The form for another purpose. As `submit` it has all fields but the fixed ones, hidden and unknown ones
   * included, so that what was not changed stays as it is (XEP-0045 §10.2); throws {@link ArgumentError} where
   * one that is required has no value. As `cancel` it has nothing (XEP-0004 §3.1).
   */
  as(type: DataFormType): DataForm {
    if (type === "cancel") return new DataForm({ type });
    if (type !== "submit") return this.copy({ type });
    const fields = this.fields.filter((field) => field.type !== "fixed");
    for (const field of fields) checkRequired(field);
    return new DataForm({ type, fields });
  }

  /** The `<x/>` to send. */
  toElement(): Element {
    return xml(
      "x",
      { xmlns: NS_DATA, type: this.type },
      this.title === null ? null : xml("title", null, this.title),
      this.instructions.map((each) => xml("instructions", null, each)),
      renderFields(this.fields),
      this.reported === null ? null : xml("reported", null, renderFields(this.reported)),
      this.items.map((row) =>
        xml("item", null, renderFields(row.map((field) => field.with({ type: null })))),
      ),
      this.extensions,
    );
  }
}

function fieldsOf(fields: readonly FieldInit[]): readonly FormField[] {
  return fields.map((field) => (field instanceof FormField ? field : new FormField(field)));
}

function parseFields(parent: Element): readonly FormField[] {
  return parent.getChildren("field", NS_DATA).map((field) => FormField.parse(field));
}

function renderFields(fields: readonly FormField[]): readonly Element[] {
  return fields.map((field) => field.toElement());
}
