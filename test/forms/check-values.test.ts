import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { DataForm } from "../../src/forms/data-form.js";
import { parseForm, thrownBy } from "./support/hostile.js";

const NS_VALIDATE = "http://jabber.org/protocol/xdata-validate";
const OPTIONS = `<option label="One"><value>1</value></option><option><value>2</value></option>`;

/** A form with one field `a` of that type and content. */
function formWith(type: string, content = ""): DataForm {
  const form = parseForm(
    `<x xmlns="jabber:x:data" type="form"><field var="a" type="${type}" label="L">${content}</field></x>`,
  );
  if (form === null) throw new Error("no form");
  return form;
}

/** The values that the field then has, or why it refuses them. */
function given(form: DataForm, ...values: string[]): readonly string[] | string {
  const error = thrownBy(() => form.with("a", values));
  if (error instanceof ArgumentError) return error.message.replace('The field "a" ("L") ', "");
  return error === null ? (form.with("a", values).get("a")?.values ?? []) : "another error";
}

describe("a field takes what its type allows (XEP-0004 §3.3)", () => {
  it.each([
    ["boolean", ["1"], ["1"]],
    ["boolean", ["false"], ["false"]],
    ["boolean", ["yes"], 'takes true or false, not "yes"'],
    ["jid-single", ["a@b.example/c"], ["a@b.example/c"]],
    ["jid-single", ["@"], 'takes a JID, which "@" is not'],
    ["jid-multi", ["a@b.example", "c.example"], ["a@b.example", "c.example"]],
    ["jid-multi", ["a@b.example", ""], 'takes a JID, which "" is not'],
    ["text-single", ["one"], ["one"]],
    ["text-single", ["one\ntwo"], "takes a text of one line"],
    ["text-private", ["one\rtwo"], "takes a text of one line"],
    ["text-single", ["one", "two"], "takes one value, and 2 were given"],
    ["nonsense", ["one", "two"], "takes one value, and 2 were given"],
    ["text-multi", ["one\r\ntwo", "three\n"], ["one", "two", "three", ""]],
    ["text-multi", [], []],
    ["list-multi", ["any", "thing"], ["any", "thing"]],
    ["hidden", ["a\nb", "c"], ["a\nb", "c"]],
    ["fixed", ["a"], "is a text to be read: it takes no value"],
  ])("%s, given %j: %j", (type, values, outcome) => {
    expect(given(formWith(type), ...values)).toEqual(outcome);
  });

  it.each(["list-single", "list-multi"])("a %s takes what it offers", (type) => {
    expect(given(formWith(type, OPTIONS), "2")).toEqual(["2"]);
    expect(given(formWith(type, OPTIONS), "3")).toBe('does not offer "3", but "1", "2"');
  });

  it("a list takes what it does not offer where it says so (XEP-0122 §4.2)", () => {
    const open = `<validate xmlns="${NS_VALIDATE}" datatype="xs:string"><open/></validate>`;
    expect(given(formWith("list-single", OPTIONS + open), "3")).toEqual(["3"]);
  });

  it("what the field holds is never refused, though it is not on offer", () => {
    expect(given(formWith("list-single", `${OPTIONS}<value>7</value>`), "7")).toEqual(["7"]);
  });

  it("an error lists the first of many options, and cuts what is long", () => {
    const many = Array.from({ length: 500 }, (_, index) => `<option><value>${index}</value></option>`);
    const said = given(formWith("list-single", many.join("")), "x".repeat(10_000));
    expect(said).toMatch(/^does not offer "x{80}…", but "0", .*"19", …$/);
  });
});

describe("whole numbers (XEP-0122)", () => {
  const range = (bounds: string): DataForm =>
    formWith("text-single", `<validate xmlns="${NS_VALIDATE}" datatype="xs:integer">${bounds}</validate>`);

  it.each([
    ["", "+12", ["+12"]],
    ["", "twelve", "takes a whole number"],
    ["", "1.5", "takes a whole number"],
    ["", "", "takes a whole number"],
    ["", "9".repeat(5000), "takes a whole number"],
    ['<range min="1" max="100"/>', "1", ["1"]],
    ['<range min="1" max="100"/>', "0", "takes no number below 1"],
    ['<range min="1" max="100"/>', "101", "takes no number above 100"],
    ['<range min="9007199254740993"/>', "9007199254740992", "takes no number below 9007199254740993"],
    ['<range min="many" max=""/>', "5", ["5"]],
  ])("%s, given %s: %j", (bounds, value, outcome) => {
    expect(given(range(bounds), value)).toEqual(outcome);
  });

  it("are asked for in open lists, too; and other datatypes are not looked at", () => {
    const open = (datatype: string): DataForm =>
      formWith(
        "list-single",
        `${OPTIONS}<validate xmlns="${NS_VALIDATE}" datatype="${datatype}"><open/></validate>`,
      );
    expect(given(open("xs:integer"), "many")).toBe("takes a whole number");
    expect(given(open("xs:date"), "many")).toEqual(["many"]);
  });
});

describe("what is private", () => {
  const secret = "s3cret\nline";

  it.each([
    ["by its type", "text-private", "a"],
    ["by its name", "boolean", "muc#roomconfig_roomsecret"],
    ["by its name", "boolean", "password"],
  ])("%s is in no error", (_why, type, name) => {
    const form = new DataForm({ type: "form", fields: [{ var: name, type: type as "boolean" }] });
    const error = thrownBy(() => form.with(name, [secret]));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain("s3cret");
  });
});
