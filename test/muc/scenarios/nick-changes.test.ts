import { describe, expect, it } from "vitest";

import { only, Stage, turn, types } from "../support/stage.js";
import { F, message, own, presence, R, refusal, S, T, unavailable } from "../support/stanzas.js";

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

describe("nick changes (XEP-0045 §7.6)", () => {
  const change = (from: string, nick: string | undefined, init: object = {}): string =>
    unavailable(from, {
      codes: [303],
      item: { role: "participant", ...(nick === undefined ? {} : { nick }) },
      ...init,
    });

  it("154: the same occupant under another nick; nobody leaves (XEP-0045 §7.6)", async () => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    stage.receive(change(F, "oldhag"));
    expect(types(events)).toEqual(["nick"]);
    expect(only(events, "nick")).toMatchObject({
      occupant,
      oldNick: F,
      newNick: "oldhag",
      statusCodes: new Set([303]),
    });
    expect(occupant.jid.toString()).toBe(`${R}/oldhag`);
    expect([room.getOccupant(F), room.getOccupant("oldhag")]).toEqual([null, occupant]);
  });

  it("155: the presence under the new nick is a presence, and there is still one of them", async () => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    stage.receive(change(F, "oldhag"), presence("oldhag", { item: MEMBER }));
    expect(types(events)).toEqual(["nick", "presence"]);
    expect(room.occupants).toEqual([room.me, occupant]);
  });

  it("157: our own, told with the new nick in place", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const seen: string[] = [];
    room.on("nick", ({ occupant }) => seen.push(occupant.nick, room.nick, room.occupants[0]?.nick ?? ""));
    stage.receive(change(T, "oldhag", { codes: [110, 303] }), presence("oldhag", { codes: [110] }));
    expect(seen).toEqual(["oldhag", "oldhag", "oldhag"]);
    expect(types(events)).toEqual(["nick", "presence"]);
    expect(room.me?.isSelf).toBe(true);
  });

  it("158: a role that changes with it is told with the presence under the new nick", async () => {
    const stage = new Stage();
    const { events } = await withMember(stage);
    const item = { affiliation: "member", role: "moderator" };
    stage.receive(unavailable(F, { codes: [303], item: { ...item, nick: "oldhag" } }));
    expect(types(events)).toEqual(["nick"]);
    stage.receive(presence("oldhag", { item }));
    expect(types(events)).toEqual(["nick", "presence", "role"]);
  });

  it.each([
    ["160", "without an item", unavailable(F, { codes: [303], item: null })],
    ["161", "without the new nick", change(F, undefined)],
    ["161", "to nothing", change(F, "")],
    ["161", "to what no nick can be", change(F, "a&#x85;b")],
  ])("%s: a change %s is ignored, and noticed", async (_n, _what, stanza) => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    stage.receive(stanza);
    expect([events, stage.diagnostics]).toEqual([[], ["nick-change-without-nick"]]);
    expect(room.getOccupant(F)).toBe(occupant);
    stage.receive(message(F));
    expect(only(events, "message").occupant).toBe(occupant);
  });

  it("160: our own without a nick does not take us out of the room; the next presence tells", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 303], item: null }));
    expect([room.state, events]).toEqual(["active", []]);
    stage.receive(presence("oldhag", { codes: [110] }));
    expect(types(events)).toEqual(["nick", "presence"]);
    expect([room.nick, room.occupants.length]).toEqual(["oldhag", 2]);
  });

  it("onto the nick of somebody present: that one leaves first", async () => {
    const stage = new Stage();
    const { room, occupant, events } = await withMember(stage);
    stage.receive(presence(S));
    const second = room.getOccupant(S);
    const seen: unknown[] = [];
    room.on("leave", () => seen.push(occupant.nick, room.occupants.includes(occupant), room.getOccupant(S)));
    stage.receive(change(F, S));
    expect(types(events)).toEqual(["join", "leave", "nick"]);
    expect(only(events, "leave")).toMatchObject({ occupant: second, mode: "unknown", stanza: null });
    expect(seen).toEqual([F, true, null]);
    expect(room.getOccupant(S)).toBe(occupant);
  });

  it("of somebody unknown is noticed", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(change("ghost", "oldhag"));
    expect([events, stage.diagnostics]).toEqual([[], ["unknown-occupant"]]);
  });

  it("our own nick is that of the next join, too", async () => {
    const stage = new Stage();
    await stage.active();
    stage.receive(change(T, "oldhag", { codes: [110, 303] }));
    stage.session.lose();
    stage.session.establish();
    await turn();
    expect(stage.session.sentOf("presence").at(-1)?.attrs["to"]).toBe(`${R}/oldhag`);
  });
});

describe("what of an occupant an event keeps", () => {
  it("who said it, frozen at receipt: nick and identity, though they change later", async () => {
    const stage = new Stage();
    const { events, occupant } = await withMember(stage);
    stage.receive(
      message(F),
      unavailable(F, { codes: [303], item: { nick: "oldhag" } }),
      presence("oldhag", { item: { ...MEMBER, jid: "f@x/r" } }),
    );
    const heard = only(events, "message");
    expect(heard).toMatchObject({ nick: F, realJid: null, occupant });
    expect(occupant.nick).toBe("oldhag");
  });

  it("an error for a presence that nobody waits for changes nothing", async () => {
    const stage = new Stage();
    const { room, events } = await withMember(stage);
    stage.receive(refusal("conflict"), own());
    expect([types(events), room.active]).toEqual([["presence"], true]);
  });
});
