import { describe, expect, expectTypeOf, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import type { JID } from "../../src/base/jid.js";
import type { FormValue } from "../../src/forms/field-value.js";
import { Sample } from "./support/sample-form.js";

describe("the types of a form", () => {
  it("are those of its declaration", () => {
    const form = new Sample();
    expectTypeOf(form.flag).toEqualTypeOf<boolean | null>();
    expectTypeOf(form.admins).toEqualTypeOf<readonly JID[]>();
    expectTypeOf(form.owner).toEqualTypeOf<JID | null>();
    expectTypeOf(form.roles).toEqualTypeOf<readonly string[]>();
    expectTypeOf(form.size).toEqualTypeOf<string | null>();
    expectTypeOf(form.get("x#flag")).toEqualTypeOf<boolean | null>();
    expectTypeOf(form.get("x#owner")).toEqualTypeOf<JID | null>();
    expectTypeOf(form.get("vendor")).toEqualTypeOf<FormValue>();
    expectTypeOf(form.get("x#flag" as string)).toEqualTypeOf<FormValue>();
    expectTypeOf(form.get("x#flag" as "x#flag" | "else")).toEqualTypeOf<FormValue>();
    expectTypeOf(Sample.parse(form.data)).toEqualTypeOf<Sample>();
    expectTypeOf(Sample.formType).toEqualTypeOf<string>();
  });

  it("refuse what a field does not take", () => {
    const form = new Sample();
    // @ts-expect-error -- a text, not a boolean
    expect(() => (form.flag = "true")).toThrow(ArgumentError);
    // @ts-expect-error -- a boolean, not a text
    expect(() => form.set("x#name", true)).toThrow(ArgumentError);
    // @ts-expect-error -- one address, not a list
    expect(() => form.set("x#owner", [])).toThrow(ArgumentError);
    // @ts-expect-error -- no such property
    expect(form.nothing).toBeUndefined();
  });
});
