import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";
import { DataForm } from "../../src/forms/data-form.js";
import type { FieldType } from "../../src/forms/field-type.js";
import type { FormInput } from "../../src/forms/field-value.js";
import type { FieldInit } from "../../src/forms/form-field.js";
import { thrownBy } from "./support/hostile.js";
import { NAMES, received, Sample, valuesOf } from "./support/sample-form.js";

describe("a form that came", () => {
  it("has each property as what it is declared to be", () => {
    const form = received(
      { var: "x#flag", type: "boolean", values: ["1"] },
      { var: "x#admins", type: "jid-multi", values: ["A@b.example", ""] },
      { var: "x#owner", type: "jid-single", values: ["o@b.example/r"] },
      { var: "x#roles", type: "list-multi", values: ["a", "b"] },
      { var: "x#size", type: "list-single", values: ["5"] },
      { var: "x#notes", type: "text-multi", values: ["one", "two"] },
      { var: "x#code", type: "text-private", values: ["1234"] },
      { var: "x#name", type: "text-single", values: [""] },
    );
    expect(NAMES.map((name) => form.get(name))).toEqual([
      form.flag,
      form.admins,
      form.owner,
      form.roles,
      form.size,
      form.notes,
      form.code,
      form.name,
    ]);
    expect([form.flag, form.admins.map(String), form.owner?.toString()]).toEqual([
      true,
      ["a@b.example"],
      "o@b.example/r",
    ]);
    expect([form.roles, form.size, form.notes, form.code, form.name]).toEqual([
      ["a", "b"],
      "5",
      ["one", "two"],
      "1234",
      "",
    ]);
  });

  it("has null and empty lists for what it does not have", () => {
    const form = received();
    expect([form.flag, form.owner, form.size, form.code, form.name]).toEqual([null, null, null, null, null]);
    expect([form.admins, form.roles, form.notes]).toEqual([[], [], []]);
    expect(form.get("else")).toBeNull();
  });

  it.each([
    ["1", true],
    ["true", true],
    ["0", false],
    ["false", false],
    ["", false],
  ])("reads the boolean %j as %j", (value, flag) => {
    expect(received({ var: "x#flag", type: "boolean", values: [value] }).flag).toBe(flag);
  });

  it("reads a boolean without a value as false (XEP-0004 §3.3)", () => {
    expect(received({ var: "x#flag", type: "boolean" }).flag).toBe(false);
  });

  it("reads the first value of a single one, and keeps the others until it is set", () => {
    const form = received({ var: "x#name", values: ["a", "b"] });
    expect([form.name, form.render().get("x#name")?.values]).toEqual(["a", ["a", "b"]]);
    form.name = "c";
    expect(form.render().get("x#name")?.values).toEqual(["c"]);
  });

  it.each<[string, FieldType | null, FieldType]>([
    ["x#flag", "text-single", "boolean"],
    ["x#owner", "text-single", "jid-single"],
    ["x#size", "text-single", "list-single"],
    ["x#code", "text-single", "text-private"],
    ["x#code", "hidden", "text-private"],
    ["x#roles", "text-multi", "text-multi"],
    ["x#name", "list-single", "list-single"],
    ["x#name", "hidden", "hidden"],
    ["x#name", null, "text-single"],
    ["x#admins", null, "jid-multi"],
  ])("reads %s from a field of type %s, and sends it as %s", (name, type, sent) => {
    const form = received({ var: name, type });
    expect(form.render().get(name)?.type).toBe(sent);
  });

  it.each<[string, FieldType]>([
    ["x#flag", "list-single"],
    ["x#flag", "text-multi"],
    ["x#owner", "jid-multi"],
    ["x#size", "boolean"],
    ["x#size", "list-multi"],
    ["x#code", "list-single"],
    ["x#name", "text-multi"],
    ["x#name", "fixed"],
    ["x#admins", "jid-single"],
  ])("does not read %s from a field of type %s, and says which field that is", (name, type) => {
    expect(() => received({ var: name, type, label: "Label" })).toThrow(ArgumentError);
    expect(() => received({ var: name, type, label: "Label" })).toThrow(
      `The field "${name}" ("Label") is of type ${type}, which cannot be read as`,
    );
  });

  it.each([
    ["x#flag", "maybe", 'The field "x#flag" takes true or false, which "maybe" is not'],
    ["x#owner", "@", 'The field "x#owner" takes a JID, which "@" is not'],
    ["x#admins", "a b@c", 'The field "x#admins" takes a JID, which "a b@c" is not'],
  ])("does not read %s of the value %j", (name, value, message) => {
    expect(() => received({ var: name, values: [value] })).toThrow(new ArgumentError(message));
  });

  it("is of its own FORM_TYPE, or of none", () => {
    const about = (...values: string[]): FieldInit => ({ var: "FORM_TYPE", type: "hidden", values });
    expect(received(about("urn:x")).get("FORM_TYPE")).toBe("urn:x");
    expect(received(about()).flag).toBeNull();
    expect(() => received(about("urn:y"))).toThrow(
      new ArgumentError('This form is about "urn:y", not urn:x'),
    );
  });

  it("may be of any type, and is read from its element", () => {
    const element = new DataForm({ type: "result", fields: [{ var: "x#name", values: ["n"] }] }).toElement();
    expect(Sample.parse(element).name).toBe("n");
    expect(() => Sample.parse(element.children[0] as typeof element)).toThrow(
      new ArgumentError("This is no data form"),
    );
  });
});

describe("setting", () => {
  it("by property and by name reaches the same field", () => {
    const form = received({ var: "x#flag" }, { var: "x#admins" }, { var: "x#name" });
    form.flag = true;
    form.set("x#admins", ["a@b.example", JID.parse("c@d.example")]);
    form.set("x#name", "n");
    expect([form.get("x#flag"), form.admins.map(String), form.name]).toEqual([
      true,
      ["a@b.example", "c@d.example"],
      "n",
    ]);
    expect(valuesOf(form.render().fields)).toEqual([
      ["x#flag", ["true"]],
      ["x#admins", ["a@b.example", "c@d.example"]],
      ["x#name", ["n"]],
    ]);
    form.set("x#name", null);
    form.admins = [];
    expect([form.name, form.admins]).toEqual([null, []]);
  });

  it("a field that the form does not offer is refused, declared or not", () => {
    const form = received({ var: "x#flag" });
    expect(() => (form.name = "n")).toThrow(
      new ArgumentError('The form has no field "x#name": it is not offered'),
    );
    expect(() => form.set("else", "n")).toThrow(ArgumentError);
    expect(valuesOf(form.render().fields)).toEqual([["x#flag", []]]);
  });

  it.each<[string, unknown, string]>([
    ["x#flag", "true", "takes a boolean, not a string"],
    ["x#flag", undefined, "takes a boolean, not undefined"],
    ["x#flag", null, "takes a boolean, not null"],
    ["x#name", 5, "takes a string or null, not a number"],
    ["x#name", ["a"], "takes a string or null, not a list"],
    ["x#roles", "a", "takes a list, not a string"],
    ["x#roles", null, "takes a list, not null"],
    ["x#notes", [1], "takes strings, not a number"],
    ["x#owner", {}, "takes a JID, not an object"],
    ["x#owner", "@", 'takes a JID, which "@" is not'],
    ["x#admins", [null], "takes a JID, not null"],
    ["x#name", "a\nb", "takes a text of one line"],
  ])("%s to %j is refused", (name, value, problem) => {
    for (const form of [new Sample(), received({ var: name }), received({ var: name, type: "hidden" })]) {
      const error = thrownBy(() => form.set(name, value as FormInput));
      if (form.data.get(name)?.type === "hidden" && problem.includes("line")) continue;
      expect(error).toEqual(new ArgumentError(`The field "${name}" ${problem}`));
    }
  });

  it("a list to what it does not offer is refused, and leaves the form as it was", () => {
    const options = [{ label: "Five", value: "5" }];
    const form = received({ var: "x#size", type: "list-single", values: ["5"], options });
    expect(() => (form.size = "6")).toThrow(
      new ArgumentError('The field "x#size" does not offer "6", but "5"'),
    );
    expect([form.size, form.options("x#size"), form.options("else")]).toEqual(["5", options, []]);
  });

  it("fields that nobody declared takes what their type takes", () => {
    const form = received(
      { var: "vendor", type: "boolean" },
      { var: "jids", type: "jid-multi" },
      { var: "any" },
      { var: "bad", type: "boolean", values: ["?"] },
    );
    form.set("vendor", true);
    form.set("jids", ["a@b.example"]);
    form.set("any", "text");
    expect([form.get("vendor"), String(form.get("jids")), form.get("any")]).toEqual([
      true,
      "a@b.example",
      "text",
    ]);
    expect(() => form.set("vendor", "true")).toThrow(ArgumentError);
    expect(() => form.get("bad")).toThrow(ArgumentError);
  });
});

describe("a blank form", () => {
  it("is submitted with what was set, in that order, behind what it is about", () => {
    const form = new Sample();
    form.size = "7";
    form.flag = false;
    form.set("vendor", ["a\nb"]);
    form.admins = [];
    expect(form.render()).toEqual(
      new DataForm({
        type: "submit",
        fields: [
          { var: "FORM_TYPE", type: "hidden", values: ["urn:x"] },
          { var: "x#size", type: "list-single", values: ["7"] },
          { var: "x#flag", type: "boolean", values: ["false"] },
          { var: "vendor", type: "text-multi", values: ["a", "b"] },
          { var: "x#admins", type: "jid-multi" },
        ],
      }),
    );
  });

  it("as a form asks for all that is declared", () => {
    const form = new Sample();
    form.name = "n";
    const asked = form.render("form").fields.map((field) => field.var);
    expect(asked).toEqual(["FORM_TYPE", "x#name", ...NAMES.filter((name) => name !== "x#name")]);
  });

  it.each<[FormInput, FieldType]>([
    [true, "boolean"],
    ["text", "text-single"],
    [null, "text-single"],
    [JID.parse("a@b.example"), "jid-single"],
    [["text"], "text-multi"],
    [[JID.parse("a@b.example")], "jid-multi"],
  ])("takes %j for a field that nobody declared, of type %s", (value, type) => {
    const form = new Sample();
    form.set("vendor", value);
    expect(form.data.get("vendor")?.type).toBe(type);
  });

  it("takes no other FORM_TYPE", () => {
    expect(() => new Sample().set("FORM_TYPE", "urn:y")).toThrow(ArgumentError);
  });
});
