import { JID } from "../base/jid.js";
import { readValue } from "./codecs.js";
import { fieldError } from "./field-error.js";
import type { FieldType } from "./field-type.js";
import type { FieldKind, FormInput, FormValue } from "./field-value.js";
import type { FormField } from "./form-field.js";

/** The types, beside its own, that a kind can be read from. A `hidden` field can hold anything. */
const ALSO_READ_FROM: Readonly<Record<FieldKind, readonly FieldType[]>> = {
  boolean: ["text-single"],
  "jid-multi": ["text-multi"],
  "jid-single": ["text-single"],
  "list-multi": ["text-multi"],
  "list-single": ["text-single"],
  "text-multi": [],
  "text-private": ["text-single"],
  "text-single": ["list-single", "jid-single"],
};

/** The field as one of that kind. Throws where its type or a value of it cannot be read so. */
export function asKind(field: FormField, kind: FieldKind): FormField {
  const { type } = field;
  if (type !== null && type !== "hidden" && type !== kind && !ALSO_READ_FROM[kind].includes(type))
    throw fieldError(field, `is of type ${type}, which cannot be read as ${kind}`);
  readValue(field, kind);
  // what is private stays so, and what may have been meant so is; a list still says what it offers
  const keeps = type === "hidden" ? kind !== "text-private" : type !== null && type !== "text-single";
  return keeps ? field : field.with({ type: kind });
}

/** The kind of a field that nobody declared. */
export function kindOf(field: FormField): FieldKind {
  const { type } = field;
  return type === null || type === "fixed" || type === "hidden" ? "text-single" : type;
}

/** The kind of a field that is made for a value. */
export function kindFor(value: FormInput): FieldKind {
  if (typeof value === "boolean") return "boolean";
  if (value instanceof JID) return "jid-single";
  if (!Array.isArray(value)) return "text-single";
  return value.some((each) => each instanceof JID) ? "jid-multi" : "text-multi";
}

/** What a field that is not there is read as. */
export function absentValue(kind: FieldKind): FormValue {
  return kind.endsWith("-multi") ? [] : null;
}
