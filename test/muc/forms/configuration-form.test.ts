import { inspect } from "node:util";

import { describe, expect, expectTypeOf, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import type { JID } from "../../../src/base/jid.js";
import { DataForm } from "../../../src/forms/data-form.js";
import { ConfigurationForm } from "../../../src/muc/forms/configuration-form.js";
import { recorded } from "./support/recorded.js";

const VENDOR = "{http://prosody.im/protocol/muc}roomconfig_allowmemberinvites";

describe("Prosody's configuration", () => {
  const form = (): ConfigurationForm => ConfigurationForm.parse(recorded("prosody", "configuration"));

  it("is read: what has no value is off, what is not there is null", () => {
    const { roomName, roomDesc, lang, persistentRoom, publicRoom, roomSecret, whois } = form();
    expect([roomName, roomDesc, lang, persistentRoom, publicRoom, roomSecret, whois]).toEqual([
      null,
      "",
      "en",
      false,
      true,
      "",
      "moderators",
    ]);
    const { presenceBroadcast, roomAdmins, passwordProtectedRoom, maxUsers } = form();
    expect([presenceBroadcast, roomAdmins, passwordProtectedRoom, maxUsers]).toEqual([
      ["participant", "moderator", "visitor"],
      [],
      null,
      null,
    ]);
    expect(form().get(VENDOR)).toBe(false);
  });

  it("is submitted with what was changed, and all else as it came", () => {
    const changed = form();
    changed.whois = "anyone";
    changed.persistentRoom = true;
    changed.set(VENDOR, true);
    const before = form().data.fields.filter((field) => field.type !== "fixed");
    const after = changed.render().fields;
    expect(after.map((field) => field.var)).toEqual(before.map((field) => field.var));
    expect(after.filter((field, index) => field.values.join() !== before[index]?.values.join())).toEqual([
      before.find((field) => field.var === "muc#roomconfig_persistentroom")?.with({ values: ["true"] }),
      before.find((field) => field.var === VENDOR)?.with({ values: ["true"] }),
      before.find((field) => field.var === "muc#roomconfig_whois")?.with({ values: ["anyone"] }),
    ]);
  });

  it("takes only what it offers: Prosody never answers another whois, and ignores fields it does not know", () => {
    expect(form().options("muc#roomconfig_whois")).toEqual([
      { label: "Moderators only", value: "moderators" },
      { label: "Anyone", value: "anyone" },
    ]);
    expect(() => (form().whois = "martians")).toThrow(
      new ArgumentError(
        'The field "muc#roomconfig_whois" ("Addresses (JIDs) of room occupants may be viewed by:") ' +
          'does not offer "martians", but "moderators", "anyone"',
      ),
    );
    expect(() => (form().maxUsers = "10")).toThrow(ArgumentError);
    expect(() => form().set("muc#roomconfig_historylength", "many")).toThrow("takes a whole number");
  });
});

describe("ejabberd's configuration", () => {
  const form = (): ConfigurationForm => ConfigurationForm.parse(recorded("ejabberd", "configuration"));

  it("is read, with fields of names of its own", () => {
    const { moderatedRoom, maxUsers, pubsub, allowInvites, allowPm } = form();
    expect([moderatedRoom, maxUsers, pubsub, allowInvites, allowPm]).toEqual([true, "200", "", false, null]);
    expect([form().get("mam"), form().get("voice_request_min_interval")]).toEqual([true, "1800"]);
  });

  it("is submitted whole, with what was changed", () => {
    const changed = form();
    changed.presenceBroadcast = ["moderator"];
    changed.set("allow_query_users", false);
    const submitted = changed.render();
    expect(submitted.fields).toHaveLength(28);
    expect(submitted.get("muc#roomconfig_presencebroadcast")?.values).toEqual(["moderator"]);
    expect(submitted.get("allow_query_users")?.values).toEqual(["false"]);
    expect(submitted.get("allow_voice_requests")?.values).toEqual(["1"]);
  });

  it("keeps a number of occupants that it does not offer itself", () => {
    const data = DataForm.parse(recorded("ejabberd", "configuration"));
    const odd = data?.copy({
      fields: data.fields.map((field) =>
        field.var === "muc#roomconfig_maxusers" ? field.with({ values: ["2"] }) : field,
      ),
    });
    const each = ConfigurationForm.parse(odd ?? new DataForm({ type: "form" }));
    each.maxUsers = "2";
    expect(each.render().get("muc#roomconfig_maxusers")?.values).toEqual(["2"]);
    expect(() => (each.maxUsers = "3")).toThrow(ArgumentError);
  });
});

describe.each(["prosody", "ejabberd"] as const)("the password in %s's configuration", (server) => {
  it("is read and sent back, but not printed", () => {
    const form = ConfigurationForm.parse(recorded(server, "configuration-with-password"));
    expect(form.roomSecret).toBe("s3cret");
    expect(form.render().get("muc#roomconfig_roomsecret")?.values).toEqual(["s3cret"]);
    const printed = [form, form.data, form.render()].map((each) => inspect(each, { depth: 9 }));
    expect(printed.join("") + JSON.stringify([form, form.data, form.render()])).not.toContain("s3cret");
    form.roomSecret = "new";
    expect(form.render().get("muc#roomconfig_roomsecret")?.values).toEqual(["new"]);
  });
});

describe("a blank configuration", () => {
  it("is submitted with what it is about and what was set, so that all else stays", () => {
    const form = new ConfigurationForm();
    form.membersOnly = true;
    form.set("muc#roomconfig_roomowners", ["Owner@example.org"]);
    expect(form.render().toElement().toString()).toBe(
      '<x xmlns="jabber:x:data" type="submit">' +
        '<field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#roomconfig</value></field>' +
        '<field var="muc#roomconfig_membersonly" type="boolean"><value>true</value></field>' +
        '<field var="muc#roomconfig_roomowners" type="jid-multi"><value>owner@example.org</value></field></x>',
    );
  });

  it("has these properties and no others", () => {
    type Flags =
      | ("allowInvites" | "changeSubject" | "enableLogging" | "membersOnly" | "moderatedRoom")
      | ("passwordProtectedRoom" | "persistentRoom" | "publicRoom");
    type Texts =
      | ("maxHistoryFetch" | "allowPm" | "lang" | "pubsub" | "maxUsers" | "roomDesc" | "roomName")
      | ("roomSecret" | "whois");
    type Expected = Record<Flags, boolean | null> &
      Record<Texts, string | null> &
      Record<"getMemberList" | "presenceBroadcast", readonly string[]> &
      Record<"roomAdmins" | "roomOwners", readonly JID[]>;
    type Actual = Omit<
      ConfigurationForm,
      "data" | "isBlank" | "get" | "set" | "options" | "render" | "toJSON"
    >;
    expectTypeOf<{ [K in keyof Actual]: Actual[K] }>().toExtend<Expected>();
    expectTypeOf<Exclude<keyof Actual, keyof Expected | symbol>>().toBeNever();
    expect(ConfigurationForm.formType).toBe("http://jabber.org/protocol/muc#roomconfig");
  });
});
