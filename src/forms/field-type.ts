/** The namespace of data forms (XEP-0004). */
export const NS_DATA = "jabber:x:data";

/** What a field holds (XEP-0004 §3.3). */
export type FieldType =
  | "boolean"
  | "fixed"
  | "hidden"
  | "jid-multi"
  | "jid-single"
  | "list-multi"
  | "list-single"
  | "text-multi"
  | "text-private"
  | "text-single";

const FIELD_TYPES: ReadonlySet<string> = new Set<FieldType>([
  "boolean",
  "fixed",
  "hidden",
  "jid-multi",
  "jid-single",
  "list-multi",
  "list-single",
  "text-multi",
  "text-private",
  "text-single",
]);

/** Reads the attribute; null for none and for one that XEP-0004 does not know: both count as `text-single`. */
export function fieldTypeOf(text: string | undefined): FieldType | null {
  return text !== undefined && FIELD_TYPES.has(text) ? (text as FieldType) : null;
}

/** Whether a field of that type may have several values. `fixed` texts and `hidden` ones are as their sender likes. */
export function isMulti(type: FieldType | null): boolean {
  return type !== null && (type.endsWith("-multi") || type === "fixed" || type === "hidden");
}
