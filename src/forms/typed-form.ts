import { ArgumentError } from "../base/errors.js";
import { DataForm, type DataFormType } from "./data-form.js";
import { readValue, writeValue } from "./codecs.js";
import { quote } from "./field-error.js";
import { absentValue, asKind, kindFor, kindOf } from "./field-kind.js";
import type { FieldInputs, FieldKind, FieldValues, FormInput, FormValue } from "./field-value.js";
import { FormField, REDACTED, type FieldOption } from "./form-field.js";

/** The fields of a form by property: name on the wire and kind. */
export type FormTemplate = Readonly<Record<string, readonly [name: string, kind: FieldKind]>>;

type KindOf<T extends FormTemplate, N extends string> = Extract<T[keyof T], readonly [N, FieldKind]>[1];
type IfDeclared<T extends FormTemplate, N extends string, Yes, No> = N extends T[keyof T][0] ? Yes : No;

/** The properties of a form, each with the type of its kind. */
export type FormProperties<T extends FormTemplate> = { -readonly [P in keyof T]: FieldValues[T[P][1]] };

/** What a field is read as: exact for a declared one, anything for others. */
export type ValueOf<T extends FormTemplate, N extends string> = IfDeclared<
  T,
  N,
  FieldValues[KindOf<T, N>],
  FormValue
>;

/** What a field takes: exact for a declared one, anything for others. */
export type InputOf<T extends FormTemplate, N extends string> = IfDeclared<
  T,
  N,
  FieldInputs[KindOf<T, N>],
  FormInput
>;

/** What a class of forms knows of its fields. */
export interface FormSchema {
  readonly formType: string;
  readonly kinds: ReadonlyMap<string, FieldKind>;
  /** Properties by the name of their field. */
  readonly properties: ReadonlyMap<string, string>;
}

/** A data form with properties for the fields of one `FORM_TYPE`, and with all its other fields as they came. */
export abstract class TypedForm<T extends FormTemplate> {
  readonly #schema: FormSchema;
  /** What came offers certain fields and no others; a blank one takes all. */
  readonly #blank: boolean;
  #data: DataForm;

  /** For `defineForm`. */
  constructor(schema: FormSchema, form?: DataForm) {
    this.#schema = schema;
    this.#blank = form === undefined;
    this.#data = form === undefined ? blank(schema) : adopt(schema, form);
  }

  /** The form as it is now. */
  get data(): DataForm {
    return this.#data;
  }

  /** Whether it was made here: it knows nothing of what is on offer, and holds only what was set. */
  get isBlank(): boolean {
    return this.#blank;
  }

  /** What a field holds, declared or not; what is not there is null, or an empty list. */
  get<N extends string>(name: N): ValueOf<T, N>;
  get(name: string): FormValue {
    const field = this.#data.get(name);
    const declared = this.#schema.kinds.get(name);
    if (field === null) return absentValue(declared ?? "text-single");
    return readValue(field, declared ?? kindOf(field));
  }

  /**
   * Gives a field a value; null and an empty list take it away. A boolean is true or false. Throws {@link ArgumentError} for a field that a form
   * that came does not offer, a value of another type, and one that is not among those on offer.
   */
  set<N extends string>(name: N, value: InputOf<T, N>): void;
  set(name: string, value: FormInput): void {
    const declared = this.#schema.kinds.get(name);
    const data =
      this.#blank && this.#data.get(name) === null
        ? withFields(this.#data, [[name, declared ?? kindFor(value)]])
        : this.#data;
    const field = data.get(name);
    // a field that is not there is refused by the form itself
    const values = field === null ? [] : writeValue(field, declared ?? kindOf(field), value);
    this.#data = data.with(name, values);
  }

  /** What a field has on offer, in order; empty where it is no list. */
  options(name: string): readonly FieldOption[] {
    return this.#data.get(name)?.options ?? [];
  }

  /**
   * The form to send: see {@link DataForm.as}. A blank one is submitted with the fields that were set, so that
   * all others stay as they are; as `form` it asks for all that are declared.
   */
  render(type: DataFormType = "submit"): DataForm {
    const form = this.#data.as(type);
    if (!this.#blank || type !== "form") return form;
    return withFields(
      form,
      [...this.#schema.kinds].filter(([name]) => form.get(name) === null),
    );
  }

  /** What is printed: values by property, or by name where there is none; private ones are not. */
  toJSON(): object {
    const named = this.#data.fields.filter((field) => field.var !== null && field.var !== "FORM_TYPE");
    return Object.fromEntries(named.map((field) => this.#print(field)));
  }

  #print(field: FormField): readonly [string, unknown] {
    const name = field.var ?? "";
    const kind = this.#schema.kinds.get(name);
    const key = this.#schema.properties.get(name) ?? name;
    if (field.isPrivate) return [key, field.values.length === 0 ? null : REDACTED];
    return [key, kind === undefined ? field.values : readValue(field, kind)];
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}

function blank(schema: FormSchema): DataForm {
  const formType = { var: "FORM_TYPE", type: "hidden", values: [schema.formType] } as const;
  return new DataForm({ type: "form", fields: [formType] });
}

function adopt(schema: FormSchema, form: DataForm): DataForm {
  const { formType } = form;
  if (formType !== null && formType !== schema.formType)
    throw new ArgumentError(`This form is about ${quote(formType)}, not ${schema.formType}`);
  const fields = form.fields.map((field) => {
    const kind = schema.kinds.get(field.var ?? "");
    return kind === undefined ? field : asKind(field, kind);
  });
  return form.copy({ fields });
}

/** The form with more fields, which have no values yet. */
function withFields(form: DataForm, added: Iterable<readonly [name: string, kind: FieldKind]>): DataForm {
  const fields = Array.from(added, ([name, type]) => ({ var: name, type }));
  return form.copy({ fields: [...form.fields, ...fields] });
}
