import type { Element } from "../base/element.js";
import { ArgumentError } from "../base/errors.js";
import { DataForm } from "./data-form.js";
import { TypedForm, type FormProperties, type FormSchema, type FormTemplate } from "./typed-form.js";

/** A class of forms, made by {@link defineForm}. */
export interface FormClass<T extends FormTemplate> {
  /** Blank, or of a form that came: see {@link FormClass.parse}. */
  new (form?: DataForm): TypedForm<T> & FormProperties<T>;
  /** What such forms are about (XEP-0068). */
  readonly formType: string;
  /**
   * Reads a form that came, of any type. Throws {@link ArgumentError} where it is about something else, or a
   * declared field cannot be read as what it is declared to be. One that does not say what it is about is read.
   */
  parse<Form>(this: new (form: DataForm) => Form, form: DataForm | Element): Form;
}

/** Finds the form; throws {@link ArgumentError} where there is none. */
function formOf(form: DataForm | Element): DataForm {
  const data = form instanceof DataForm ? form : DataForm.parse(form);
  if (data === null) throw new ArgumentError("This is no data form");
  return data;
}

/**
 * Makes a class of forms of one `FORM_TYPE` (XEP-0068): `defineForm("urn:x", { roomName: ["x#name", "text-single"] })`
 * has instances with a property `roomName` of type `string | null`.
 */
export function defineForm<const T extends FormTemplate>(formType: string, template: T): FormClass<T> {
  const schema: FormSchema = {
    formType,
    kinds: new Map(Object.values(template)),
    properties: new Map(Object.entries(template).map(([property, [name]]) => [name, property])),
  };
  class Form extends TypedForm<T> {
    static readonly formType = formType;

    constructor(form?: DataForm) {
      super(schema, form);
    }

    static parse<Typed>(this: new (form: DataForm) => Typed, form: DataForm | Element): Typed {
      return new this(formOf(form));
    }
  }
  for (const [property, [name]] of Object.entries(template))
    Object.defineProperty(Form.prototype, property, {
      get(this: Form) {
        return this.get(name);
      },
      set(this: Form, value: never) {
        this.set(name, value);
      },
      enumerable: true,
      configurable: true,
    });
  // the properties were just made
  return Form as unknown as FormClass<T>;
}
