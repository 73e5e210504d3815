import { describe, expect, expectTypeOf, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import type { JID } from "../../../src/base/jid.js";
import { DataForm, type DataFormType } from "../../../src/forms/data-form.js";
import { VoiceRequestForm } from "../../../src/muc/forms/voice-request-form.js";
import { parseStanza } from "../../support/fake-session.js";
import { recorded } from "./support/recorded.js";

const FORM_TYPE = {
  var: "FORM_TYPE",
  type: "hidden",
  values: ["http://jabber.org/protocol/muc#request"],
} as const;

describe("a voice request", () => {
  it("is asked for with two fields (XEP-0045 §7.13)", () => {
    const form = new VoiceRequestForm();
    form.role = "participant";
    expect(form.render().toElement().toString()).toBe(
      '<x xmlns="jabber:x:data" type="submit">' +
        '<field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#request</value></field>' +
        '<field var="muc#role" type="list-single"><value>participant</value></field></x>',
    );
  });

  it.each([
    ["prosody", "bob@localhost/lab", "Bob"],
    ["ejabberd", "bob@localhost/lab", "Bob"],
  ] as const)("is read as %s sends it, and approved with all its fields in order", (server, jid, nick) => {
    const form = VoiceRequestForm.parse(recorded(server, "voice-request"));
    expect([form.role, form.jid?.toString(), form.roomNick, form.requestAllow]).toEqual([
      "participant",
      jid,
      nick,
      false,
    ]);
    expectTypeOf(form.jid).toEqualTypeOf<JID | null>();
    expectTypeOf(form.role).toEqualTypeOf<string | null>();
    expectTypeOf(form.requestAllow).toEqualTypeOf<boolean | null>();
    form.requestAllow = true;
    const submitted = DataForm.parse(parseStanza(form.render().toElement().toString()));
    expect(submitted?.fields.map((field) => field.var)).toEqual(form.data.fields.map((field) => field.var));
    expect(submitted?.get("muc#jid")?.values).toEqual([jid]);
    expect(submitted?.get("muc#request_allow")?.values).toEqual(["true"]);
  });

  it("is read with fields of other types, by their names", () => {
    const form = VoiceRequestForm.parse(
      new DataForm({
        type: "form",
        fields: [
          FORM_TYPE,
          { var: "muc#role", type: "text-single", values: ["participant"] },
          { var: "muc#jid", type: "text-single", values: ["hag66@shakespeare.lit/pda"] },
          { var: "muc#roomnick", type: "hidden", values: ["thirdwitch"] },
          { var: "muc#request_allow", values: ["1"] },
        ],
      }),
    );
    expect([form.role, form.jid?.resource, form.roomNick, form.requestAllow]).toEqual([
      "participant",
      "pda",
      "thirdwitch",
      true,
    ]);
  });

  it("of no JID is refused with an error that names the field", () => {
    const odd = new DataForm({ type: "form", fields: [FORM_TYPE, { var: "muc#jid", values: ["@"] }] });
    expect(() => VoiceRequestForm.parse(odd)).toThrow(
      new ArgumentError('The field "muc#jid" takes a JID, which "@" is not'),
    );
  });

  it.each<DataFormType>(["submit", "result", "cancel"])("may come as %s: who reads it decides", (type) => {
    expect(VoiceRequestForm.parse(new DataForm({ type, fields: [FORM_TYPE] })).data.type).toBe(type);
  });
});
