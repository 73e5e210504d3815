import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { redact } from "../../src/base/logger.js";
import { received, type Sample } from "./support/sample-form.js";

describe("printing", () => {
  const secrets = (): Sample =>
    received(
      { var: "FORM_TYPE", type: "hidden", values: ["urn:x"] },
      { var: "x#code", type: "text-single", values: ["s3cret"] },
      { var: "vendor", type: "text-private", values: ["s3cret"] },
      { var: "x#roomsecret", values: ["s3cret"] },
      { var: "x#name", values: ["N"] },
      { var: "else", values: ["e"] },
      { type: "fixed", values: ["f"] },
    );

  it("tells what the form holds, but nothing that is private", () => {
    expect(secrets().toJSON()).toEqual({
      code: "[redacted]",
      vendor: "[redacted]",
      "x#roomsecret": "[redacted]",
      name: "N",
      else: ["e"],
    });
    expect(received({ var: "x#code" }).toJSON()).toEqual({ code: null });
  });

  it("shows no secret, however it is done", () => {
    const form = secrets();
    const things = [
      form,
      form.data,
      form.data.fields,
      form.render(),
      form.render().get("x#code"),
      [{ form }],
    ];
    for (const thing of things) {
      const printed = inspect(thing, { depth: 9, showHidden: true }) + JSON.stringify([thing, redact(thing)]);
      expect(printed).toContain("[redacted]");
      expect(printed).not.toContain("s3cret");
    }
    expect([form.code, form.render().toElement().toString()]).toEqual([
      "s3cret",
      expect.stringContaining("s3cret"),
    ]);
  });

  it("a form sets nothing on any object, whatever its fields are called", () => {
    const form = received({ var: "__proto__", values: ["polluted"] });
    expect(Object.keys(form.toJSON())).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(form.toJSON())).toBe(Object.prototype);
  });
});
