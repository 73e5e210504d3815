// What becomes of messages that were said before: corrections, retractions, removals, reactions.
import { describe, expect, it } from "vitest";

import { only, Stage, types } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  features,
  message,
  own,
  presence,
  R,
  S,
  subject,
  T,
  unavailable,
} from "../support/stanzas.js";

const OCCUPANT_ID = "urn:xmpp:occupant-id:0";
const replace = (id: string): string => `<replace xmlns="urn:xmpp:message-correct:0" id="${id}"/>`;
const retract = (id: string): string => `<retract xmlns="urn:xmpp:message-retract:1" id="${id}"/>`;
const retractV0 = (id: string): string =>
  `<apply-to xmlns="urn:xmpp:fasten:0" id="${id}"><retract xmlns="urn:xmpp:message-retract:0"/></apply-to>`;
const reactions = (id: string, ...texts: string[]): string =>
  `<reactions xmlns="urn:xmpp:reactions:0" id="${id}">${texts.map((text) => `<reaction>${text}</reaction>`).join("")}</reactions>`;
const stanzaId = (id: string, by = R): string => `<stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/>`;
const occupantId = (id: string): string => `<occupant-id xmlns="${OCCUPANT_ID}" id="${id}"/>`;
const fallback = (what: string, range = ""): string =>
  `<fallback xmlns="urn:xmpp:fallback:0" for="${what}">${range}</fallback>`;

async function stageWithLine() {
  const stage = new Stage();
  const joined = await stage.active();
  stage.receive(presence(S), message(F, { id: "m1", body: "helo", more: stanzaId("s1") }));
  joined.events.length = 0;
  return { stage, ...joined };
}

describe("68: a correction (XEP-0308)", () => {
  it("is a messageUpdate and no message; the author's own is proven", async () => {
    const { stage, room, events } = await stageWithLine();
    stage.receive(message(F, { id: "m2", body: "hello", more: replace("m1") }));
    const update = only(events, "messageUpdate");
    expect(types(events)).toEqual(["messageUpdate"]);
    expect(update).toMatchObject({
      kind: "correction",
      targetId: "m1",
      proven: true,
      body: "hello",
      id: "m2",
    });
    expect([update.occupant, update.source, update.isPrivate]).toEqual([room.getOccupant(F), "live", false]);
    expect([update.message?.replaces, update.message?.body, update.message?.type]).toEqual([
      "m1",
      "hello",
      "message",
    ]);
    expect(update.message).toBe(update.message);
  });

  it("of somebody else's message is not proven: servers do not check", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { body: "hacked", more: replace("m1") }));
    expect(only(events, "messageUpdate")).toMatchObject({ nick: S, proven: false });
  });

  it("of a message that nobody heard is not proven", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(F, { more: replace("m0") }));
    expect(only(events, "messageUpdate").proven).toBe(false);
  });

  it("goes by the author's id for the message, not by the room's", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(F, { more: replace("s1") }));
    expect(only(events, "messageUpdate").proven).toBe(false);
  });

  it("is proven after a change of nick, and not of whoever takes the old one", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(
      unavailable(F, { codes: [303], item: { nick: "oldhag" } }),
      presence("oldhag"),
      presence(F),
    );
    stage.receive(message(F, { more: replace("m1") }), message("oldhag", { more: replace("m1") }));
    expect(
      events.flatMap((event) => (event.type === "messageUpdate" ? [[event.nick, event.proven]] : [])),
    ).toEqual([
      [F, false],
      ["oldhag", true],
    ]);
  });

  it("is not proven of somebody who left and came again, unless an id that the room vouches for says so", async () => {
    for (const trusted of [[], [OCCUPANT_ID]]) {
      const stage = new Stage();
      const { events } = await stage.active({}, trusted);
      const again = presence(F, { more: occupantId("f") });
      stage.receive(again, message(F, { id: "m1" }), unavailable(F), again);
      stage.receive(message(F, { more: replace("m1") }));
      expect(only(events, "messageUpdate").proven).toBe(trusted.length > 0);
    }
  });

  it("is not certain where somebody else has used the same id", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { id: "m1", body: "mine" }), message(F, { more: replace("m1") }));
    expect(only(events, "messageUpdate").proven).toBe(false);
  });

  it("of our own is a reflection", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(T, { id: "b1" }), message(T, { more: replace("b1") }));
    expect(only(events, "messageUpdate")).toMatchObject({ source: "reflection", proven: true });
  });

  it("without an id of anything is a message", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(F, { more: `<replace xmlns="urn:xmpp:message-correct:0"/>` }));
    expect(types(events)).toEqual(["message"]);
  });

  it("among the history is a replay, proven by an id that the room vouches for only", async () => {
    for (const trusted of [[], [OCCUPANT_ID]]) {
      const stage = new Stage();
      const { events } = await stage.join();
      stage.session.answer(DISCO_INFO, { payload: features(...trusted) });
      stage.receive(presence(F, { more: occupantId("f") }), own());
      stage.receive(message(F, { id: "m1", delayed: true, more: occupantId("f") }));
      stage.receive(message(F, { delayed: true, more: replace("m1") + occupantId("f") }), subject());
      expect(only(events, "messageUpdate")).toMatchObject({ source: "replay", proven: trusted.length > 0 });
    }
  });

  it("remembers the last few hundred messages", async () => {
    const { stage, events } = await stageWithLine();
    for (let n = 0; n < 300; n++) stage.receive(message(F, { id: `x${n}` }));
    events.length = 0;
    stage.receive(message(F, { more: replace("m1") }), message(F, { more: replace("x299") }));
    expect(events.flatMap((event) => (event.type === "messageUpdate" ? [event.proven] : []))).toEqual([
      false,
      true,
    ]);
  });
});

describe("68: a retraction (XEP-0424)", () => {
  it.each([
    ["by the room's id", retract("s1"), true],
    ["by the author's id", retract("m1"), true],
    ["in the old form", retractV0("s1"), true],
    ["of another message", retract("s0"), false],
  ])("%s", async (_what, more, proven) => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(F, { body: null, more }));
    expect(only(events, "messageUpdate")).toMatchObject({ kind: "retraction", proven, moderator: null });
  });

  it("by somebody else is not proven, by whatever id", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { body: null, more: retract("s1") }));
    expect(only(events, "messageUpdate").proven).toBe(false);
  });

  it("the room's id for a message stays that message's, though somebody uses it for another", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { id: "s1" }));
    stage.receive(
      message(S, { body: null, more: retract("s1") }),
      message(F, { body: null, more: retract("s1") }),
    );
    expect(events.flatMap((event) => (event.type === "messageUpdate" ? [event.proven] : []))).toEqual([
      false,
      true,
    ]);
  });

  it("a text for clients that know no better is none; any other is a message too", async () => {
    const { stage, events } = await stageWithLine();
    const what = "urn:xmpp:message-retract:1";
    stage.receive(message(F, { body: "I attempted to retract", more: retract("m1") + fallback(what) }));
    expect(types(events)).toEqual(["messageUpdate"]);
    stage.receive(message(F, { body: "buy now!", more: retract("m1") }));
    expect(types(events)).toEqual(["messageUpdate", "messageUpdate", "message"]);
  });
});

describe("68: a removal by the room (XEP-0425)", () => {
  const v0 = (by: string): string =>
    `<apply-to xmlns="urn:xmpp:fasten:0" id="s1"><moderated by="${by}" xmlns="urn:xmpp:message-moderate:0">` +
    `<retract xmlns="urn:xmpp:message-retract:0"/><reason>rule 3</reason></moderated></apply-to>`;
  const v1 = (by: string): string =>
    `<retract xmlns="urn:xmpp:message-retract:1" id="s1"><moderated by="${by}" xmlns="urn:xmpp:message-moderate:1"/>` +
    `<reason>rule 3</reason></retract>`;

  it.each([
    ["the old form", v0],
    ["the new form", v1],
  ])("in %s is told with its author, who did it, and why", async (_what, form) => {
    const { stage, room, events } = await stageWithLine();
    stage.receive(message(null, { body: null, more: form(`${R}/${S}`) }));
    const update = only(events, "messageUpdate");
    expect(update).toMatchObject({ kind: "moderation", targetId: "s1", proven: true, reason: "rule 3" });
    expect([update.moderator, update.occupant]).toEqual([room.getOccupant(S), room.getOccupant(F)]);
    expect(stage.diagnostics).toEqual([]);
  });

  it.each([
    ["the old form", v0],
    ["the new form", v1],
  ])("in %s counts from the bare room only", async (_what, form) => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { body: null, more: form(`${R}/${S}`) }));
    expect([events, stage.diagnostics]).toEqual([[], ["forged-moderation"]]);
  });

  it("by nobody who is named, of what nobody heard, has neither", async () => {
    const { stage, room, events } = await stageWithLine();
    stage.receive(message(null, { body: null, more: v1("admin@evil.lit").replace(`"s1"`, `"s9"`) }));
    const { moderator, occupant, nick } = only(events, "messageUpdate");
    expect([moderator, nick, occupant.presence.available, occupant.jid]).toEqual([null, "", false, room.jid]);
  });
});

describe("68: a reaction (XEP-0444)", () => {
  it("is told with all of them, each once; of whoever is there it is proven", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(S, { body: null, more: reactions("s1", "👍", "🐸", "👍", "") }));
    expect(only(events, "messageUpdate")).toMatchObject({
      kind: "reaction",
      targetId: "s1",
      nick: S,
      reactions: ["👍", "🐸"],
      proven: true,
    });
  });

  it("of a stranger is not, and none are those that were taken back", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message("ghost", { body: null, more: reactions("s1") }));
    expect(only(events, "messageUpdate")).toMatchObject({ reactions: [], proven: false });
  });

  it("with a text for clients that know no better is no message", async () => {
    const { stage, events } = await stageWithLine();
    const more = reactions("s1", "👍") + fallback("urn:xmpp:reactions:0", "<body/>");
    stage.receive(message(S, { body: "> helo\n👍", more }));
    expect(types(events)).toEqual(["messageUpdate"]);
  });
});

describe("what a history keeps of a message that was removed", () => {
  it.each([
    `<moderated xmlns="urn:xmpp:message-moderate:0" by="${R}/${S}"><retracted xmlns="urn:xmpp:message-retract:0"/></moderated>`,
    `<retracted xmlns="urn:xmpp:message-retract:1" id="r1"/>`,
  ])("is noticed, and nothing that anybody said: %s", async (more) => {
    const stage = new Stage();
    const { events } = await stage.join();
    stage.receive(presence(F), own(), message(F, { body: null, delayed: true, more }), subject());
    expect(types(events)).toEqual(["join", "enter", "subject", "caughtUp"]);
    expect(stage.diagnostics).toEqual(["tombstone"]);
  });
});

describe("what is printed of an update", () => {
  it("is neither its text nor its stanza", async () => {
    const { stage, events } = await stageWithLine();
    stage.receive(message(F, { id: "m2", body: "secret", more: replace("m1") }));
    expect(JSON.stringify(only(events, "messageUpdate"))).toBe(
      `{"type":"messageUpdate","room":"${R}","nick":"${F}","id":"m2","kind":"correction","targetId":"m1","proven":true}`,
    );
  });
});
