import { describe, expect, it } from "vitest";

import { record, Stage, turn } from "../support/stage.js";
import { presence, R, refusal, subject, T, unavailable } from "../support/stanzas.js";

describe("many rooms", () => {
  const jids = Array.from({ length: 60 }, (_, n) => `room${n}@chat.shakespeare.lit`);
  const joins = (stage: Stage): number => stage.session.sentOf("presence").length;

  it("join at a limited rate, and all of them do", async () => {
    const stage = new Stage({ state: "connecting" });
    for (const jid of jids) stage.client.join(jid, T);
    await turn();
    stage.session.establish();
    expect(joins(stage)).toBe(20);
    for (const most of [20, 40, 60]) {
      stage.clock.advance(1_000);
      expect(joins(stage)).toBeLessThanOrEqual(most);
      expect(joins(stage)).toBeGreaterThan(most - 5);
    }
    stage.clock.advance(200);
    expect(joins(stage)).toBe(60);
    expect(new Set(stage.session.sentOf("presence").map(({ attrs }) => attrs["to"])).size).toBe(60);
  });

  it("that went together do not come back together", async () => {
    const stage = new Stage();
    for (const jid of jids) stage.client.join(jid, T);
    await turn();
    stage.clock.advance(4_000);
    for (const jid of jids)
      stage.receive(presence(T, { codes: [110], room: jid }), subject().replaceAll(R, jid));
    stage.clock.advance(60_000);
    for (const jid of jids) stage.receive(unavailable(T, { codes: [110, 332], room: jid }));
    stage.session.sent.length = 0;
    stage.clock.advance(500);
    // The shortest delay is half a second, for one in four: what is due then goes out at the same rate.
    expect(joins(stage)).toBeLessThanOrEqual(20);
    stage.clock.advance(20_000);
    expect(joins(stage)).toBe(60);
  });

  it("joins under another nick go out at the same rate, before rooms that have not asked yet", async () => {
    const stage = new Stage({ state: "connecting", joinsPerSecond: 10 });
    for (const jid of jids) stage.client.join(jid, T, { nickConflict: "suffix" });
    await turn();
    stage.session.establish();
    expect(joins(stage)).toBe(10);
    for (const jid of jids.slice(0, 10)) stage.receive(refusal("conflict", { nick: T, room: jid }));
    stage.clock.advance(1_000);
    expect(joins(stage)).toBe(10);
    stage.clock.advance(1_000);
    const second = stage.session.sentOf("presence").slice(10);
    expect(second.length).toBeGreaterThan(7);
    expect(second.filter(({ attrs: { to = "" } }) => !to.endsWith("-2"))).toEqual([]);
    stage.clock.advance(10_000);
    expect(joins(stage)).toBe(70);
  });

  it("another nick whose turn comes too late is not asked for", async () => {
    const stage = new Stage({ joinsPerSecond: 1 });
    const { room } = await stage.join({ nickConflict: "suffix" });
    stage.receive(refusal("conflict", { nick: T }));
    await room.leave();
    stage.session.sent.length = 0;
    stage.clock.advance(10_000);
    expect(stage.session.sent).toEqual([]);
  });

  it("that fall silent together are not all asked at once; a room that is heard of meanwhile is not asked", async () => {
    const stage = new Stage();
    for (const jid of jids) stage.client.join(jid, T);
    await turn();
    stage.clock.advance(4_000);
    for (const jid of jids)
      stage.receive(presence(T, { codes: [110], room: jid }), subject().replaceAll(R, jid));
    const asked = (): number =>
      stage.session.sentOf("iq").filter((iq) => iq.getChild("ping", "urn:xmpp:ping") !== undefined).length;
    stage.clock.advance(780_000);
    await turn();
    expect(asked()).toBe(20);
    stage.receive(presence("somebody", { room: jids[59] ?? "" }));
    stage.clock.advance(1_000);
    await turn();
    expect(asked()).toBe(20);
    stage.clock.advance(4_000);
    await turn();
    expect(asked()).toBe(59);
  });

  it("a session that is lost meanwhile starts anew, and no room joins twice", async () => {
    const stage = new Stage({ state: "connecting" });
    for (const jid of jids) stage.client.join(jid, T);
    await turn();
    stage.session.establish();
    stage.session.lose();
    stage.session.sent.length = 0;
    stage.clock.advance(10_000);
    expect(joins(stage)).toBe(0);
    stage.session.establish();
    stage.clock.advance(10_000);
    expect(joins(stage)).toBe(60);
  });

  it("one that is left before its turn does not join", async () => {
    const stage = new Stage({ state: "connecting" });
    for (const jid of jids) stage.client.join(jid, T);
    await turn();
    stage.session.establish();
    await stage.client.getRoom(jids[59] ?? "")?.leave();
    stage.clock.advance(10_000);
    expect(joins(stage)).toBe(59);
  });

  it("a room that fails affects no other", async () => {
    const stage = new Stage();
    const [first, second] = await Promise.all(["a@b.lit", "c@d.lit"].map((jid) => stage.join({}, T, jid)));
    stage.receive(refusal("forbidden", { room: "a@b.lit" }), presence(T, { codes: [110], room: "c@d.lit" }));
    expect([first?.room.state, second?.room.state]).toEqual(["left", "history"]);
    expect(record(second?.room ?? stage.client.join(R, T).room)).toEqual([]);
  });
});
