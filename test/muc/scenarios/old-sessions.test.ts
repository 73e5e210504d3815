// Sessions of our own account that were in the room before us, and are not quite gone.
import { describe, expect, it } from "vitest";

import { only, settled, Stage, types } from "../support/stage.js";
import { F, own, presence, subject, T, unavailable } from "../support/stanzas.js";

const OWN = "bot@shakespeare.lit/cave";
const OLD = "bot@shakespeare.lit/heath";
const mine = { affiliation: "member", role: "participant", jid: OWN };
const theirs = { affiliation: "none", role: "visitor", jid: OLD };

describe("an old session of ours with the same nick", () => {
  it.each([
    ["first", [theirs, mine]],
    ["last", [mine, theirs]],
  ])("is in the same presence (%s): the item with our own address counts", async (_what, items) => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(F), presence(T, { items, codes: [110] }), subject());
    expect([room.active, room.me?.affiliation, room.me?.role]).toEqual([true, "member", "participant"]);
    expect(room.me?.realJid?.toString()).toBe("bot@shakespeare.lit");
    events.length = 0;
    stage.receive(presence(T, { items, codes: [110] }));
    expect(types(events)).toEqual(["presence"]);
  });

  it("ends: Prosody tells of it with another available presence, which is no entry, and no history", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(T, { items: [mine, theirs], codes: [110] }));
    const { me, occupants } = room;
    events.length = 0;
    stage.receive(own({ item: mine }));
    expect(types(events)).toEqual(["presence"]);
    expect([room.state, room.me, room.occupants]).toEqual(["active", me, occupants]);
  });

  it("ends, and a presence of type error comes from our own account: that is nobody's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive('<presence from="bot@shakespeare.lit" type="error"><error type="cancel"/></presence>');
    expect([room.active, events]).toEqual([true, []]);
  });
});

describe("the farewell of an old session of ours", () => {
  // ejabberd sends it to whoever has the address now
  const farewells: readonly (readonly [string, string])[] = [
    ["with 110", unavailable(T, { codes: [110] })],
    ["with 110 and our address", unavailable(T, { codes: [110], item: { ...mine, role: "none" } })],
    ["without 110", unavailable(T)],
    ["with a code, and the address of that session", unavailable(T, { codes: [110, 333], item: theirs })],
    ["with 307, and the address of that session", unavailable(T, { codes: [110, 307], item: theirs })],
  ];

  it.each(farewells)("during a first join is the past: %s", async (_what, farewell) => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join();
    stage.receive(farewell);
    expect([room.state, await settled(entered), events]).toEqual(["joining", "pending", []]);
    stage.receive(presence(F), own(), subject());
    await entered;
    expect([room.active, room.occupants.map(({ nick }) => nick)]).toEqual([true, [T, F]]);
  });

  it.each(farewells)("during a rejoin is the past: %s", async (_what, farewell) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const { me } = room;
    stage.session.lose();
    stage.session.establish();
    stage.receive(farewell);
    expect([room.state, room.outage?.cause]).toEqual(["joining", "streamLost"]);
    stage.receive(presence(F), own(), subject());
    expect(types(events)).toEqual(["suspend", "resume", "enter", "subject", "caughtUp"]);
    expect([room.active, room.me === me, room.occupants.length]).toEqual([true, true, 2]);
  });

  it.each(farewells)("before the join goes out is the past: %s", async (_what, farewell) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.session.lose();
    stage.receive(farewell);
    expect([room.state, types(events)]).toEqual(["suspended", ["suspend"]]);
    stage.session.establish();
    stage.receive(presence(F), own(), subject());
    expect(room.active).toBe(true);
  });

  it("is ours once we are in, whichever session it names: services end all of one nick together", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 333], item: theirs }));
    expect([room.state, only(events, "suspend").cause]).toEqual(["waiting", "technicalRemoval"]);
  });

  it("our own removal during a join is no past: it says why", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.session.lose();
    stage.session.establish();
    stage.receive(unavailable(T, { codes: [110, 301], item: { ...mine, role: "none" } }));
    expect(room.state).toBe("left");
  });
});
