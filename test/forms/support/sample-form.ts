// A form with a field of each kind.
import { DataForm } from "../../../src/forms/data-form.js";
import { defineForm } from "../../../src/forms/define-form.js";
import type { FieldInit, FormField } from "../../../src/forms/form-field.js";

const Base = defineForm("urn:x", {
  flag: ["x#flag", "boolean"],
  admins: ["x#admins", "jid-multi"],
  owner: ["x#owner", "jid-single"],
  roles: ["x#roles", "list-multi"],
  size: ["x#size", "list-single"],
  notes: ["x#notes", "text-multi"],
  code: ["x#code", "text-private"],
  name: ["x#name", "text-single"],
});

/** The form. */
export class Sample extends Base {}

/** The names of its fields. */
export const NAMES = ["flag", "admins", "owner", "roles", "size", "notes", "code", "name"].map(
  (each) => `x#${each}`,
);

/** What came, with these fields. */
export function received(...fields: FieldInit[]): Sample {
  return Sample.parse(new DataForm({ type: "form", fields }));
}

/** What each field holds. */
export function valuesOf(fields: readonly FormField[]): unknown[] {
  return fields.map((field) => [field.var, field.values]);
}
