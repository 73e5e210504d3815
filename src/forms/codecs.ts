import { JID } from "../base/jid.js";
import { fieldError, quoteValue } from "./field-error.js";
import type { FieldKind, FieldValues } from "./field-value.js";
import type { FormField } from "./form-field.js";

/** Both ways between a field and its value; each throws an error that names the field. */
interface Codec<Value> {
  read(field: FormField): Value;
  write(field: FormField, value: unknown): readonly string[];
}

const text: Codec<string | null> = {
  read: (field) => field.value,
  write: (field, value) => {
    if (value === null) return [];
    if (typeof value !== "string") throw fieldError(field, `takes a string or null, not ${nameOf(value)}`);
    return [value];
  },
};

const texts: Codec<readonly string[]> = {
  read: (field) => field.values,
  write: (field, value) =>
    listOf(field, value).map((each) => {
      if (typeof each !== "string") throw fieldError(field, `takes strings, not ${nameOf(each)}`);
      return each;
    }),
};

const flag: Codec<boolean | null> = {
  // without a value it is false (XEP-0004 §3.3): Prosody sends what is off like that
  read: (field) => {
    const value = field.value ?? "";
    if (value === "1" || value === "true") return true;
    if (value === "0" || value === "false" || value === "") return false;
    throw fieldError(field, `takes true or false, which ${quoteValue(field, value)} is not`);
  },
  // no value would be read as false, and is refused by ejabberd: who means false says so
  write: (field, value) => {
    if (typeof value !== "boolean") throw fieldError(field, `takes a boolean, not ${nameOf(value)}`);
    return [String(value)];
  },
};

const address: Codec<JID | null> = {
  read: (field) => (field.value === null || field.value === "" ? null : readJid(field, field.value)),
  write: (field, value) => (value === null ? [] : [writeJid(field, value)]),
};

const addresses: Codec<readonly JID[]> = {
  read: (field) => field.values.filter((value) => value !== "").map((value) => readJid(field, value)),
  write: (field, value) => listOf(field, value).map((each) => writeJid(field, each)),
};

const CODECS: { readonly [K in FieldKind]: Codec<FieldValues[K]> } = {
  boolean: flag,
  "jid-multi": addresses,
  "jid-single": address,
  "list-multi": texts,
  "list-single": text,
  "text-multi": texts,
  "text-private": text,
  "text-single": text,
};

function readJid(field: FormField, value: string): JID {
  const jid = JID.tryParse(value);
  if (jid === null) throw fieldError(field, `takes a JID, which ${quoteValue(field, value)} is not`);
  return jid;
}

function writeJid(field: FormField, value: unknown): string {
  if (value instanceof JID) return value.toString();
  if (typeof value === "string") return readJid(field, value).toString();
  throw fieldError(field, `takes a JID, not ${nameOf(value)}`);
}

function listOf(field: FormField, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw fieldError(field, `takes a list, not ${nameOf(value)}`);
}

/** What something is, without what it holds. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `a ${typeof value}`;
}

/** What the field holds. Throws where that cannot be read as the kind. */
export function readValue<K extends FieldKind>(field: FormField, kind: K): FieldValues[K] {
  return CODECS[kind].read(field);
}

/** The values to send, not yet checked against what the field takes. Throws for a value of another type. */
export function writeValue(field: FormField, kind: FieldKind, value: unknown): readonly string[] {
  return CODECS[kind].write(field, value);
}
