import { describe, expect, it } from "vitest";

import { only, Stage, types } from "../support/stage.js";
import { F, message, presence, R, S, T, unavailable } from "../support/stanzas.js";

const MEMBER = { affiliation: "member", role: "participant" };

/** F is there as a member and participant. */
async function withMember(stage: Stage) {
  const joined = await stage.active();
  stage.receive(presence(F, { item: MEMBER }));
  joined.events.length = 0;
  const occupant = joined.room.getOccupant(F);
  if (occupant === null) throw new Error("nobody");
  return { ...joined, occupant };
}

describe("what is known of an occupant", () => {
  it("103: without an item, the least that somebody present can have; the status is kept (XEP-0045 §5.1, §5.2)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(presence(S, { item: null, more: "<status>brewing</status>" }));
    const occupant = room.getOccupant(S);
    expect([occupant?.role, occupant?.affiliation, occupant?.realJid]).toEqual(["visitor", "none", null]);
    expect(occupant?.status.toString()).toBe("brewing");
  });

  it("104: of a departure without an item: no role, and the affiliation that it was", async () => {
    const stage = new Stage();
    const { occupant } = await withMember(stage);
    stage.receive(unavailable(F, { item: null }));
    expect([occupant.role, occupant.affiliation, occupant.presence.available]).toEqual([
      "none",
      "member",
      false,
    ]);
  });

  it("106: without a real address an opaque uid, the same over later presences", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(S));
    const occupant = room.getOccupant(S);
    const uid = occupant?.uid;
    expect(uid).toMatch(/^urn:uuid:/);
    stage.receive(presence(S, { item: MEMBER }), presence(S, { item: null }));
    expect(occupant?.uid).toBe(uid);
    expect(types(events)).not.toContain("uid");
  });

  it("107: when the address becomes known the uid follows, of the same object, and is told", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const occupant = room.getOccupant(F);
    const uid = occupant?.uid;
    stage.receive(presence(F, { item: { ...MEMBER, jid: "f@x/res" } }));
    expect(room.getOccupant(F)).toBe(occupant);
    expect([occupant?.uid, occupant?.realJid?.toString()]).toEqual(["xmpp:f@x", "f@x"]);
    expect(only(events, "uid")).toMatchObject({ occupant, oldUid: uid });
    expect(room.findByRealJid("f@x/other")).toEqual([occupant]);
  });

  it("109: when the address changes the uid follows, and is told", async () => {
    const stage = new Stage();
    const { occupant, events } = await withMember(stage);
    stage.receive(
      presence(F, { item: { ...MEMBER, jid: "a@x/r" } }),
      presence(F, { item: { ...MEMBER, jid: "b@x/r" } }),
    );
    expect([occupant.uid, occupant.realJid?.toString()]).toEqual(["xmpp:b@x", "b@x"]);
    expect(events.flatMap((event) => (event.type === "uid" ? [event.oldUid] : [])).at(-1)).toBe("xmpp:a@x");
  });

  it("what a later presence leaves out is as it was", async () => {
    const stage = new Stage();
    const { occupant, events } = await withMember(stage);
    stage.receive(presence(F, { item: { ...MEMBER, jid: "a@x/r" } }));
    events.length = 0;
    stage.receive(presence(F, { item: { role: "participant" } }));
    expect([occupant.affiliation, occupant.realJid?.toString()]).toEqual(["member", "a@x"]);
    expect(types(events)).toEqual(["presence"]);
  });

  it("112: a real address is bare", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(presence(S, { item: { ...MEMBER, jid: "S@X/heath" } }));
    expect(room.getOccupant(S)?.realJid?.toString()).toBe("s@x");
  });

  it("113: the room itself as a sender", async () => {
    const stage = new Stage();
    const { service } = (await stage.active()).room;
    expect(service).toMatchObject({
      nick: null,
      role: null,
      affiliation: null,
      isSelf: false,
      occupantId: null,
    });
    expect([service.jid.toString(), service.realJid.toString()]).toEqual([R, R]);
    expect(service.presence).toEqual({ available: false, show: null });
    expect([service.status.size, service.uid]).toEqual([0, service.uid]);
  });

  it("of several items the first counts, of our own the one with our address", async () => {
    const stage = new Stage({ jid: "bot@shakespeare.lit/cave" });
    const { room } = await stage.join();
    const items = [
      { affiliation: "none", role: "visitor", jid: "bot@shakespeare.lit/elsewhere" },
      { affiliation: "owner", role: "moderator", jid: "bot@shakespeare.lit/cave" },
    ];
    stage.receive(presence(F, { items }), presence(T, { items, codes: [110] }));
    expect([room.getOccupant(F)?.role, room.me?.role]).toEqual(["visitor", "moderator"]);
  });

  it("ranks that there are none of read as the least, and are noticed", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(presence(S, { item: { role: "archmage", affiliation: "sovereign" } }));
    const occupant = room.getOccupant(S);
    expect([occupant?.role, occupant?.affiliation]).toEqual(["visitor", "none"]);
    expect(stage.diagnostics).toEqual(["unknown-rank"]);
  });

  it("a show that there is none of reads as none", async () => {
    const stage = new Stage();
    const { occupant } = await withMember(stage);
    stage.receive(presence(F, { more: "<show>asleep</show>" }));
    expect(occupant.presence).toEqual({ available: true, show: null });
  });
});

describe("who comes, goes and changes", () => {
  it("115: presence of the bare room is nobody's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(null), unavailable(null), unavailable(null, { codes: [110, 301] }));
    expect([events, room.occupants.length, room.active]).toEqual([[], 2, true]);
  });

  it("116: unavailable of somebody unknown is nothing", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(unavailable("foo"));
    expect(events).toEqual([]);
  });

  it("118: presence of somebody known (XEP-0045 §7.7)", async () => {
    const stage = new Stage();
    const { occupant, room, events } = await withMember(stage);
    stage.receive(presence(F, { item: MEMBER, more: "<show>away</show><status>stirring</status>" }));
    expect(types(events)).toEqual(["presence"]);
    expect(only(events, "presence").occupant).toBe(occupant);
    expect(room.getOccupant(F)).toBe(occupant);
    expect([occupant.presence, occupant.status.toString()]).toEqual([
      { available: true, show: "away" },
      "stirring",
    ]);
  });

  it("119: presence, then role, then affiliation; the occupant is up to date in the first (XEP-0045 §8.3, §9.3)", async () => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    const seen: unknown[] = [];
    room.on("presence", ({ occupant: who }) => seen.push(who.role, who.affiliation, who.presence.show));
    stage.receive(
      presence(F, {
        item: { affiliation: "owner", role: "moderator", reason: "foobar" },
        more: "<show>away</show>",
      }),
    );
    expect(types(events)).toEqual(["presence", "role", "affiliation"]);
    expect(seen).toEqual(["moderator", "owner", "away"]);
    expect(only(events, "role")).toMatchObject({
      occupant,
      oldRole: "participant",
      newRole: "moderator",
      actor: null,
      reason: "foobar",
    });
    expect(only(events, "affiliation")).toMatchObject({
      occupant,
      realJid: null,
      oldAffiliation: "member",
      newAffiliation: "owner",
      reason: "foobar",
    });
  });

  it("121: a kick (XEP-0045 §8.2)", async () => {
    const stage = new Stage();
    const { occupant, events } = await withMember(stage);
    stage.receive(
      unavailable(F, { codes: [307], item: { role: "none", reason: "avaunt", actor: "hecate" } }),
    );
    expect(types(events)).toEqual(["role", "leave"]);
    const left = only(events, "leave");
    expect(left).toMatchObject({ occupant, mode: "kicked", reason: "avaunt", statusCodes: new Set([307]) });
    expect([left.actor?.nick, left.actor?.jid]).toEqual(["hecate", null]);
    expect([occupant.role, occupant.affiliation]).toEqual(["none", "member"]);
  });

  it.each<[string, readonly number[], object, string, string[]]>([
    ["122", [307, 333], { role: "none" }, "error", ["role", "leave"]],
    ["123", [332], { role: "none" }, "systemShutdown", ["role", "leave"]],
    ["123", [301], { role: "none", affiliation: "outcast" }, "banned", ["role", "affiliation", "leave"]],
    [
      "124",
      [321],
      { role: "none", affiliation: "none" },
      "affiliationChange",
      ["role", "affiliation", "leave"],
    ],
    ["125", [322], { role: "none" }, "moderationChange", ["role", "leave"]],
    ["126", [], { role: "none" }, "normal", ["role", "leave"]],
    ["126", [999], { role: "none" }, "normal", ["role", "leave"]],
  ])("%s: with the codes %j it is a leave of mode %s", async (_n, codes, item, mode, told) => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    stage.receive(unavailable(F, { codes, item }));
    expect(types(events)).toEqual(told);
    expect(only(events, "leave").mode).toBe(mode);
    expect(only(events, "leave").statusCodes).toEqual(new Set(codes));
  });

  it("124: destroyed with the room", async () => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    stage.receive(unavailable(F, { user: "<destroy/>", codes: [332] }));
    expect(only(events, "leave").mode).toBe("destroyed");
  });

  it("127: a departure that says nothing changes no affiliation", async () => {
    const stage = new Stage();
    const { occupant, events } = await withMember(stage);
    stage.receive(unavailable(F, { item: null }));
    expect(types(events)).toEqual(["role", "leave"]);
    expect(only(events, "role").actor).toBeNull();
    expect([occupant.role, occupant.affiliation]).toEqual(["none", "member"]);
  });

  it("128: presence that says nothing changes nothing else", async () => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    stage.receive(presence(F, { item: null }), presence(F, { item: null }));
    expect(types(events)).toEqual(["presence", "presence"]);
  });

  it("130: the last words of a leaver", async () => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    stage.receive(unavailable(F, { more: "<status>bye</status>" }));
    expect(only(events, "leave").occupant.status.toString()).toBe("bye");
  });

  it("131: a leaver is gone from the list when it is told", async () => {
    const stage = new Stage();
    const { room, occupant } = await withMember(stage);
    const seen: unknown[] = [];
    room.on("leave", () => seen.push(room.occupants.includes(occupant), room.getOccupant(F)));
    stage.receive(unavailable(F));
    expect(seen).toEqual([false, null]);
  });

  it("131: whoever joins is in the list when it is told", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const seen: unknown[] = [];
    room.on("join", ({ occupant }) => seen.push(room.occupants.includes(occupant)));
    stage.receive(presence(S));
    expect(seen).toEqual([true]);
  });

  it.each([
    ["133", "without", `<presence from="${R}/${F}" type="error"><error><gone/></error></presence>`],
    ["134", "with", presence(F, { type: "error" })],
  ])(
    "%s: an error presence of an occupant, %s what the room adds, is noticed, and nothing else",
    async (_n, _w, stanza) => {
      const stage = new Stage();
      const { room, events } = await withMember(stage);
      stage.receive(stanza);
      expect([events, stage.diagnostics, room.occupants.length]).toEqual([[], ["stray-presence-error"], 2]);
    },
  );

  it("136: a second farewell of the same is nothing", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(unavailable(F), unavailable(F));
    expect(types(events)).toEqual(["role", "leave"]);
  });

  it("whoever comes back under the same nick is somebody else", async () => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    stage.receive(unavailable(F), presence(F, { item: MEMBER }), message(F));
    expect(room.getOccupant(F)).not.toBe(occupant);
    expect(only(events, "message").occupant).toBe(room.getOccupant(F));
    expect(occupant.presence.available).toBe(false);
  });

  it("unavailable is leaving, whatever role it names: of two sessions under one nick the other's is told", async () => {
    const stage = new Stage();
    const { occupant, events } = await withMember(stage);
    stage.receive(unavailable(F, { item: { affiliation: "member", role: "participant" } }));
    expect(types(events)).toEqual(["role", "leave"]);
    expect(occupant.role).toBe("none");
  });

  it("presence of a type that is no presence of an occupant is ignored", async () => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    for (const type of ["subscribe", "subscribed", "unsubscribe", "probe", "nonsense"])
      stage.receive(presence(F, { type }));
    expect(events).toEqual([]);
  });
});
