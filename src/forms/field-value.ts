import type { JID } from "../base/jid.js";

/** What a field of each kind is read as (XEP-0004 §3.3). */
export interface FieldValues {
  boolean: boolean | null;
  "jid-multi": readonly JID[];
  "jid-single": JID | null;
  "list-multi": readonly string[];
  "list-single": string | null;
  "text-multi": readonly string[];
  "text-private": string | null;
  "text-single": string | null;
}

/** The types that a field can be given values of. */
export type FieldKind = keyof FieldValues;

/** What a field is read as. */
export type FormValue = FieldValues[FieldKind];

/** What a field of each kind takes: what it is read as, and texts that are JIDs; a boolean is not taken away. */
export interface FieldInputs extends Omit<FieldValues, "boolean" | "jid-multi" | "jid-single"> {
  boolean: boolean;
  "jid-multi": readonly (JID | string)[];
  "jid-single": JID | string | null;
}

/** What a field takes. */
export type FormInput = FieldInputs[FieldKind];
