import { JID } from "../base/jid.js";
import { integerProblem, isOpen } from "./datatype.js";
import { fieldError, quote, quoteValue } from "./field-error.js";
import { isMulti } from "./field-type.js";
import type { FormField } from "./form-field.js";

/** An error is a line for people. */
const MAX_LISTED = 20;
const BOOLEAN = /^(?:0|1|true|false)$/;
const LINE_BREAK = /\r\n|\r|\n/;

/**
 * The values as the field is to have them: a `text-multi` has one for each line (XEP-0004 §3.3). Throws
 * {@link ArgumentError} for what it cannot take. What it holds already is never refused: it came from who asks.
 */
export function checkValues(field: FormField, values: readonly string[]): readonly string[] {
  if (field.type === "fixed") throw fieldError(field, "is a text to be read: it takes no value");
  const lines = field.type === "text-multi" ? values.flatMap((value) => value.split(LINE_BREAK)) : values;
  if (lines.length > 1 && !isMulti(field.type))
    throw fieldError(field, `takes one value, and ${lines.length} were given`);
  for (const value of lines) {
    const problem = field.values.includes(value) ? null : problemOf(field, value);
    if (problem !== null) throw fieldError(field, problem);
  }
  return lines;
}

function problemOf(field: FormField, value: string): string | null {
  switch (field.type) {
    case "boolean":
      return BOOLEAN.test(value) ? null : `takes true or false, not ${quoteValue(field, value)}`;
    case "jid-multi":
    case "jid-single":
      return JID.tryParse(value) === null ? `takes a JID, which ${quoteValue(field, value)} is not` : null;
    case "list-multi":
    case "list-single":
      return offerProblem(field, value);
    case "text-private":
    case "text-single":
    case null:
      return LINE_BREAK.test(value) ? "takes a text of one line" : integerProblem(field, value);
    default:
      return null;
  }
}

/** A list that shows no options says nothing about what it takes: submissions and results leave them out. */
function offerProblem(field: FormField, value: string): string | null {
  const { options } = field;
  if (options.length === 0 || options.some((option) => option.value === value)) return null;
  if (isOpen(field)) return integerProblem(field, value);
  const offered = options.slice(0, MAX_LISTED).map((option) => quote(option.value));
  const more = options.length > MAX_LISTED ? ", …" : "";
  return `does not offer ${quoteValue(field, value)}, but ${offered.join(", ")}${more}`;
}

/** What a submission must not be sent with (XEP-0004 §3.2). */
export function checkRequired(field: FormField): void {
  if (field.required && field.type !== "fixed" && field.values.every((value) => value === ""))
    throw fieldError(field, "is required, and has no value");
}
