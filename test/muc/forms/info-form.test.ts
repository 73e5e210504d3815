import { describe, expect, expectTypeOf, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { JID } from "../../../src/base/jid.js";
import { DataForm } from "../../../src/forms/data-form.js";
import { InfoForm } from "../../../src/muc/forms/info-form.js";
import { recorded } from "./support/recorded.js";

describe("what a room tells of itself", () => {
  it.each([
    ["prosody", "", "2"],
    ["ejabberd", null, "2"],
  ] as const)("is read as %s sends it", (server, description, occupants) => {
    const form = InfoForm.parse(recorded(server, "info"));
    expect([form.description, form.occupants, form.lang]).toEqual([description, occupants, "en"]);
    expect([form.subjectMod, form.subject, form.contactJid]).toEqual([null, null, []]);
  });

  it("is read with the fields that a server adds", () => {
    const prosody = InfoForm.parse(recorded("prosody", "info"));
    const ejabberd = InfoForm.parse(recorded("ejabberd", "info"));
    expect([prosody.get("muc#roomconfig_changesubject"), prosody.get("muc#roomconfig_roomname")]).toEqual([
      false,
      null,
    ]);
    expect([ejabberd.get("muc#roominfo_changesubject"), ejabberd.get("muc#roomconfig_allowpm")]).toEqual([
      true,
      "anyone",
    ]);
  });

  it("is what XEP-0045 §6.4 shows", () => {
    const form = InfoForm.parse(
      new DataForm({
        type: "result",
        fields: [
          { var: "FORM_TYPE", type: "hidden", values: ["http://jabber.org/protocol/muc#roominfo"] },
          { var: "muc#maxhistoryfetch", values: ["50"] },
          { var: "muc#roominfo_contactjid", values: ["crone1@shakespeare.lit", "crone2@shakespeare.lit"] },
          { var: "muc#roominfo_ldapgroup", values: ["cn=witches"] },
          { var: "muc#roominfo_logs", values: ["http://www.shakespeare.lit/chatlogs/"] },
          { var: "muc#roominfo_subject", values: ["Spells"] },
          { var: "muc#roominfo_subjectmod", values: ["true"] },
        ],
      }),
    );
    expect([form.maxHistoryFetch, form.ldapGroup, form.subject, form.subjectMod]).toEqual([
      "50",
      "cn=witches",
      "Spells",
      true,
    ]);
    expect([form.contactJid.map(String), form.logs]).toEqual([
      ["crone1@shakespeare.lit", "crone2@shakespeare.lit"],
      "http://www.shakespeare.lit/chatlogs/",
    ]);
    expectTypeOf(form.contactJid).toEqualTypeOf<readonly JID[]>();
    expectTypeOf(form.subjectMod).toEqualTypeOf<boolean | null>();
    expectTypeOf(form.occupants).toEqualTypeOf<string | null>();
  });

  it("is no configuration", () => {
    expect(() => InfoForm.parse(recorded("prosody", "configuration"))).toThrow(ArgumentError);
  });
});
