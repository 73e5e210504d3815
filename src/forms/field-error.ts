import { ArgumentError } from "../base/errors.js";
import type { FormField } from "./form-field.js";

/** An error is a line for people: what is longer is cut. */
const MAX_QUOTED = 80;

/** A text from a form in an error's text. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

/** The error that names the field, as the protocol and as people call it. */
export function fieldError(field: FormField, problem: string): ArgumentError {
  const name = field.var === null ? "A field without a name" : `The field ${quote(field.var)}`;
  const label = field.label === null || field.label === "" ? "" : ` (${quote(field.label)})`;
  return new ArgumentError(`${name}${label} ${problem}`);
}

/** A value in an error's text; one that is private is not printed. */
export function quoteValue(field: FormField, value: string): string {
  return field.isPrivate ? "this value" : quote(value);
}
