// Scenarios N (administration) and O (forms), and what surrounds them: what goes out, and what is refused before.
import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError, RequestTimeoutError } from "../../../src/base/errors.js";
import { ConfigurationForm } from "../../../src/muc/forms/configuration-form.js";
import { settled, Stage, turn } from "../support/stage.js";
import { F, OWNER, presence, R, S, unavailable } from "../support/stanzas.js";

const ADMIN = "http://jabber.org/protocol/muc#admin";
const ITEMS = "http://jabber.org/protocol/disco#items";
const FORM = `<query xmlns="${OWNER}"><x xmlns="jabber:x:data" type="form">
  <field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#roomconfig</value></field>
  <field var="muc#roomconfig_roomname" type="text-single"><value>Coven</value></field>
  <field var="muc#roomconfig_whois" type="list-single"><option><value>anyone</value></option><option><value>moderators</value></option><value>moderators</value></field>
  <field var="vendor#field" type="text-single"><value>kept</value></field></x></query>`;

/** The item of the only request that was sent. */
function sentItem(stage: Stage): Record<string, unknown> {
  const [iq, ...others] = stage.session.sentOf("iq");
  expect(others).toEqual([]);
  const items = iq?.getChild("query", ADMIN)?.getChildren("item") ?? [];
  expect(items).toHaveLength(1);
  const [item] = items;
  return {
    type: iq?.attrs["type"],
    to: iq?.attrs["to"],
    ...item?.attrs,
    reason: item?.getChildText("reason"),
  };
}

/** Whether all are refused, and nothing was sent for them. */
async function refusedUnsent(stage: Stage, ...acts: readonly (() => Promise<unknown>)[]): Promise<boolean> {
  for (const act of acts) await expect(act()).rejects.toBeInstanceOf(ArgumentError);
  return stage.session.sent.length === 0;
}

describe("administration", () => {
  it("N229 a role is set by nick, with a reason, in one item (XEP-0045 §8.4)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const done = room.setRole(F, "participant", { reason: "well said" });
    expect(sentItem(stage)).toEqual({
      type: "set",
      to: R,
      nick: F,
      role: "participant",
      reason: "well said",
    });
    expect(await settled(done)).toBe("pending");
    stage.session.answer(ADMIN);
    await done;
  });

  it("N230 no role, no nick, a blank nick or one of more than 1,023 bytes: refused, nothing sent", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    expect(
      await refusedUnsent(
        stage,
        () => room.setRole(F, "king" as never),
        () => room.setRole(F, null as never),
        () => room.setRole("", "visitor"),
        () => room.kick(" "),
        () => room.kick("é".repeat(512)),
        () => room.setNick(""),
        () => room.setNick("x".repeat(1024)),
        () => room.register({ nick: "\t" }),
        () => room.setAffiliation("hag@x.lit", "member", { nick: " " }),
      ),
    ).toBe(true);
  });

  it("N232 an affiliation is set by bare address, without a nick (XEP-0045 §9.3)", async () => {
    const stage = new Stage();
    const done = stage.client.setAffiliation(R, "wiccarocks@shakespeare.lit/laptop", "owner", {
      reason: "so",
    });
    const item = { type: "set", to: R, affiliation: "owner", jid: "wiccarocks@shakespeare.lit" };
    expect(sentItem(stage)).toEqual({ ...item, reason: "so" });
    stage.session.answer(ADMIN);
    await done;
  });

  it("N233 N239 no affiliation, no address, an address in the room, a full JID where a room is wanted: refused, nothing sent", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const { client } = stage;
    expect(
      await refusedUnsent(
        stage,
        () => client.setAffiliation(R, "a@b", null as never),
        () => client.setAffiliation(R, "", "member"),
        () => client.setAffiliation(`${R}/${F}`, "a@b", "member"),
        () => client.setAffiliation("chat.shakespeare.lit", "a@b", "member"),
        () => room.setAffiliation(`${R}/${F}`, "member"),
        () => room.ban(F),
        () => client.getRoomConfig(`${R}/${F}`),
        () => client.setRoomConfig(`${R}/${F}`, new ConfigurationForm()),
        () => client.getRoomInfo(`${R}/${F}`),
        () => client.getAffiliated(`${R}/${F}`, "member"),
        () => client.destroyRoom(`${R}/${F}`),
        () => client.listRooms(R),
        () => room.destroy({ alternative: `${R}/${F}` }),
        () => room.destroy({ alternative: R }),
        () => room.getAffiliated("friend" as never),
      ),
    ).toBe(true);
    await expect(
      room.setAffiliations([
        { jid: "a@b", affiliation: "member" },
        { jid: "", affiliation: "member" },
      ]),
    ).rejects.toBeInstanceOf(ArgumentError);
    expect(stage.session.sent).toEqual([]);
  });

  it("N235 a list of affiliations: the item asks for nothing else; what is no address is named (XEP-0045 §9.5)", async () => {
    const stage = new Stage();
    const asked = stage.client.getAffiliated(R, "admin");
    expect(sentItem(stage)).toEqual({ type: "get", to: R, affiliation: "admin", reason: null });
    stage.session.answer(ADMIN, {
      payload: `<query xmlns="${ADMIN}"><item affiliation="admin" jid="a@x.lit" nick="A"/><item affiliation="admin" jid="b@x.lit"><reason>so</reason></item><item jid="@"/><item affiliation="admin" jid="x.lit"/></query>`,
    });
    expect((await asked).map(({ jid, ...rest }) => ({ jid: jid.toString(), ...rest }))).toEqual([
      { jid: "a@x.lit", affiliation: "admin", nick: "A", reason: null },
      { jid: "b@x.lit", affiliation: "admin", nick: null, reason: "so" },
      { jid: "x.lit", affiliation: "admin", nick: null, reason: null },
    ]);
    expect(stage.diagnostics).toEqual(["bad-jid"]);
  });

  it("N236 kick is the role none by nick, ban the affiliation outcast by real address (XEP-0045 §8.2, §9.1)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    void room.kick(F, { reason: "out" }).catch(() => {});
    expect(sentItem(stage)).toEqual({ type: "set", to: R, nick: F, role: "none", reason: "out" });
    stage.session.sent.length = 0;
    const first = room.getOccupant(F);
    expect(await refusedUnsent(stage, () => room.ban(first ?? ""))).toBe(true);
    stage.receive(
      presence(F, { item: { jid: "first@x.lit/cave", affiliation: "none", role: "participant" } }),
    );
    void room.ban(first ?? "").catch(() => {});
    expect(sentItem(stage)).toMatchObject({ affiliation: "outcast", jid: "first@x.lit" });
  });

  it("an occupant whose nick has changed hands is not kicked: somebody else has it", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const first = room.getOccupant(F);
    stage.receive(unavailable(F), presence(F));
    expect(
      await refusedUnsent(
        stage,
        () => room.kick(first ?? ""),
        () => room.setRole(first ?? "", "visitor"),
      ),
    ).toBe(true);
    // After a change of nick it is the same person still.
    const second = room.getOccupant(F);
    stage.receive(presence(F, { type: "unavailable", codes: [303], item: { nick: S } }), presence(S));
    void room.kick(second ?? "").catch(() => {});
    expect(sentItem(stage)).toMatchObject({ nick: S, role: "none" });
  });

  it("roles and nicks need us to be in; affiliations and the configuration do not", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    stage.session.sent.length = 0;
    await expect(room.kick(F)).rejects.toBeInstanceOf(NotJoinedError);
    await expect(room.setNick(S)).rejects.toBeInstanceOf(NotJoinedError);
    await expect(room.setPresence({ show: "away" })).rejects.toBeInstanceOf(NotJoinedError);
    await expect(room.requestVoice()).rejects.toBeInstanceOf(NotJoinedError);
    expect(stage.session.sent).toEqual([]);
    void room.setAffiliation("a@b", "member").catch(() => {});
    expect(sentItem(stage)).toMatchObject({ jid: "a@b" });
  });

  it("N238 several changes go out at once, an item each, and each has its result", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const done = room.setAffiliations(
      ["a@x", "b@x", "c@x"].map((jid) => ({ jid, affiliation: "member" as const })),
    );
    expect(stage.session.sentOf("iq")).toHaveLength(3);
    stage.session.answer(ADMIN);
    stage.session.answer(ADMIN, { error: "not-allowed" });
    stage.session.answer(ADMIN);
    expect((await done).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("N239 O241 O245 the configuration: what was changed is submitted with all that came; an option not on offer is refused, nothing sent (XEP-0045 §10.2)", async () => {
    const stage = new Stage();
    const asked = stage.client.getRoomConfig(R);
    const query = stage.session.sentOf("iq")[0]?.getChild("query", OWNER);
    expect([stage.session.sentOf("iq")[0]?.attrs["type"], query?.children]).toEqual(["get", []]);
    stage.session.answer(OWNER, { payload: FORM });
    const form = await asked;
    expect(() => (form.whois = "martians")).toThrow(ArgumentError);
    expect(() => (form.roomDesc = "not offered")).toThrow(ArgumentError);
    expect(() => (form.membersOnly = "yes" as never)).toThrow(ArgumentError);
    form.whois = "anyone";
    void stage.client.setRoomConfig(R, form).catch(() => {});
    const fields =
      stage.session.sentOf("iq")[0]?.getChild("query", OWNER)?.getChild("x")?.getChildren("field") ?? [];
    expect(fields.map((field) => [field.attrs["var"], field.getChildText("value")])).toEqual([
      ["FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"],
      ["muc#roomconfig_roomname", "Coven"],
      ["muc#roomconfig_whois", "anyone"],
      ["vendor#field", "kept"],
    ]);
    await expect(stage.client.setRoomConfig(R, {} as never)).rejects.toBeInstanceOf(ArgumentError);
  });

  it("a blank configuration is held against what is on offer before it is submitted", async () => {
    const stage = new Stage();
    const form = new ConfigurationForm();
    form.whois = "martians";
    const done = stage.client.setRoomConfig(R, form);
    stage.session.answer(OWNER, { payload: FORM });
    await expect(done).rejects.toBeInstanceOf(ArgumentError);
    expect(stage.session.sent).toEqual([]);
  });

  it("a room that answers without a form, or not at all", async () => {
    const stage = new Stage();
    const empty = stage.client.getRoomConfig(R);
    stage.session.answer(OWNER, { payload: `<query xmlns="${OWNER}"/>` });
    await expect(empty).rejects.toMatchObject({ code: "xmpp", condition: "undefined-condition" });
    const silent = stage.client.getRoomConfig(R);
    stage.clock.advance(60_000);
    await expect(silent).rejects.toBeInstanceOf(RequestTimeoutError);
  });

  it("a listing ends where a service goes round in circles, and at the limit (XEP-0059 §2)", async () => {
    const stage = new Stage();
    const page = (last: string, ...names: string[]): string =>
      `<query xmlns="${ITEMS}">${names.map((name) => `<item jid="${name}@x.lit" name="${name}"/>`).join("")}<set xmlns="http://jabber.org/protocol/rsm"><last>${last}</last></set></query>`;
    const circle = stage.client.listRooms("x.lit", { pageSize: 1 });
    for (const name of ["a", "b", "a"]) {
      stage.session.answer(ITEMS, { payload: page(name, name) });
      await turn();
    }
    expect((await circle).map(({ name }) => name)).toEqual(["a", "b"]);
    const limited = stage.client.listRooms("x.lit", { limit: 2 });
    stage.session.answer(ITEMS, { payload: page("c", "a", "b", "c") });
    expect(await limited).toHaveLength(2);
    expect(await refusedUnsent(stage, () => stage.client.listRooms("x.lit", { limit: 0 }))).toBe(true);
  });
});
