import { inspect } from "node:util";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";
import { DataForm } from "../../src/forms/data-form.js";
import { hostileForms, parseForm, thrownBy } from "./support/hostile.js";
import { NAMES, Sample, valuesOf } from "./support/sample-form.js";

describe("any form", () => {
  it("is read with an ArgumentError or none, and then submits what it came with", () => {
    fc.assert(
      fc.property(hostileForms(NAMES), (data) => {
        const error = thrownBy(() => Sample.parse(data ?? new DataForm({ type: "form" })));
        expect(error ?? new ArgumentError("none")).toBeInstanceOf(ArgumentError);
        if (error !== null || data === null) return;
        const form = Sample.parse(data);
        expect(() => inspect(form) + JSON.stringify(form)).not.toThrow();
        const kept = data.fields.filter((field) => field.type !== "fixed");
        const lacks = kept.some((field) => field.required && field.values.every((value) => value === ""));
        const sent = thrownBy(() => form.render()) === null ? valuesOf(form.render().fields) : "refused";
        expect(sent).toEqual(lacks ? "refused" : valuesOf(kept));
      }),
      { numRuns: 300 },
    );
    expect.hasAssertions();
  });

  it("is the same form after it was sent and read again, with what was set", () => {
    const text = fc
      .string({ maxLength: 10 })
      .map((any) => any.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ""));
    const jid = fc.constantFrom("a@b.example", "c.example", "d@e.example/f").map((each) => JID.parse(each));
    fc.assert(
      fc.property(
        fc.record({
          flag: fc.boolean(),
          admins: fc.array(jid, { maxLength: 3 }),
          owner: fc.option(jid),
          roles: fc.array(text, { maxLength: 3 }),
          size: fc.option(text),
          notes: fc.array(text, { maxLength: 3 }),
          code: fc.option(text),
          name: fc.option(text),
        }),
        (values) => {
          const form = Object.assign(new Sample(), values);
          const again = parseForm(form.render().toElement().toString());
          if (again === null) throw new Error("no form");
          expect(NAMES.map((name) => Sample.parse(again).get(name))).toEqual(Object.values(values));
        },
      ),
    );
    expect.hasAssertions();
  });
});
