import { describe, expect, it } from "vitest";

import type { Element } from "../../../src/base/element.js";
import { DataForm } from "../../../src/forms/data-form.js";
import { parseStanza } from "../../support/fake-session.js";
import { recorded, RECORDED } from "./support/recorded.js";

/** What an element says, whatever the order of attributes and of elements of different names. */
function content(element: Element): unknown {
  const children = element.getChildElements();
  const names = [...new Set(children.map((child) => child.name))].toSorted((a, b) => (a < b ? -1 : 1));
  return {
    name: element.name,
    xmlns: element.xmlns,
    attrs: { ...element.attrs, xmlns: undefined },
    text: children.length === 0 ? element.text() : "",
    children: names.map((name) => children.filter((child) => child.name === name).map(content)),
  };
}

describe.each(RECORDED)("what %s sends as its form of %s", (server, name) => {
  const element = recorded(server, name);
  const form = DataForm.parse(element);

  it("is read whole: written again, it says the same", () => {
    const written = form?.toElement().toString() ?? "";
    expect(content(parseStanza(written))).toEqual(content(element));
  });

  it("is submitted with every field that holds something, as it came", () => {
    const fillable = form?.copy({ fields: form.fields.map((field) => field.with({ required: false })) });
    const fields = fillable?.as("submit").fields ?? [];
    expect(fields).toEqual(fillable?.fields.filter((field) => field.type !== "fixed"));
    expect(fields.length).toBeGreaterThan(0);
  });
});
