import type { Element } from "../base/element.js";
import type { FormField } from "./form-field.js";

const NS_VALIDATE = "http://jabber.org/protocol/xdata-validate";
/** Longer ones are no numbers that anybody means, and cost time to read. */
const INTEGER = /^[+-]?\d{1,100}$/;

function validateOf(field: FormField): Element | undefined {
  return field.extensions.find((extension) => extension.is("validate", NS_VALIDATE));
}

/** Whether a list takes other values than those it offers (XEP-0122 §4.2). */
export function isOpen(field: FormField): boolean {
  return validateOf(field)?.getChild("open", NS_VALIDATE) !== undefined;
}

/** What is wrong with a value where whole numbers are asked for (XEP-0122 §4.2); null where nothing is. */
export function integerProblem(field: FormField, value: string): string | null {
  const validate = validateOf(field);
  if (validate?.attrs["datatype"] !== "xs:integer") return null;
  if (!INTEGER.test(value)) return "takes a whole number";
  const { min, max } = validate.getChild("range", NS_VALIDATE)?.attrs ?? {};
  if (isBound(min) && BigInt(value) < BigInt(min)) return `takes no number below ${min}`;
  if (isBound(max) && BigInt(value) > BigInt(max)) return `takes no number above ${max}`;
  return null;
}

/** A bound that is no number bounds nothing. */
function isBound(bound: string | undefined): bound is string {
  return bound !== undefined && INTEGER.test(bound);
}
