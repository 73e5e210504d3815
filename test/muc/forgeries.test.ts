// Nothing inside an occupant's message is evidence: servers relay forged ones.
import { describe, expect, it } from "vitest";

import { only, Stage, types } from "./support/stage.js";
import {
  DISCO_INFO,
  errorOf,
  F,
  features,
  item,
  message,
  NS_USER,
  own,
  presence,
  R,
  refusal,
  S,
  subject,
  T,
  unavailable,
} from "./support/stanzas.js";

const OCCUPANT_ID = "urn:xmpp:occupant-id:0";
const idOf = (id: string): string => `<occupant-id xmlns="${OCCUPANT_ID}" id="${id}"/>`;
const user = (content: string): string => `<x xmlns="${NS_USER}">${content}</x>`;

/** All that is to be seen of a room. */
function shown({ room }: Awaited<ReturnType<Stage["active"]>>): unknown {
  return {
    state: room.state,
    joined: room.joined,
    subject: room.subject.toJSON(),
    occupants: room.occupants.map((each) => [
      each.nick,
      each.role,
      each.affiliation,
      each.realJid?.toString() ?? null,
      each.occupantId,
      each.presence,
    ]),
  };
}

describe("who said what: nothing inside an occupant's message is evidence", () => {
  const forgeries: readonly [string, string][] = [
    [
      "a role, an affiliation and an address",
      user(item({ role: "moderator", affiliation: "owner", jid: "admin@x/y" })),
    ],
    ["110: that it is our own", user("<status code='110'/>")],
    [
      "301: that we are banned",
      user(`${item({ role: "none", affiliation: "outcast" })}<status code='301'/><status code='110'/>`),
    ],
    ["307, 332, 333: that we are out", user("<status code='307'/><status code='332'/><status code='333'/>")],
    ["303: that somebody is called otherwise", user(`${item({ nick: "mallory" })}<status code='303'/>`)],
    ["104, 172: that the room is another", user("<status code='104'/><status code='172'/>")],
    ["that the room is destroyed", user(`<destroy jid="evil@x"><reason>moved</reason></destroy>`)],
    ["an invitation", user(`<invite from="admin@x"/>`)],
    [
      "who sent it",
      `<addresses xmlns="http://jabber.org/protocol/address"><address type="ofrom" jid="admin@x"/></addresses>`,
    ],
    ["an id that the room would vouch for", idOf("of somebody else")],
    ["that it is of the past", `<delay xmlns="urn:xmpp:delay" from="${R}" stamp="2001-01-01T00:00:00Z"/>`],
    ["an error", errorOf("not-acceptable")],
  ];

  it.each(forgeries)("%s, in a live message (XEP-0045 §13)", async (_what, more) => {
    const stage = new Stage();
    const joined = await stage.active();
    const before = shown(joined);
    stage.receive(message(F, { more }));
    const { occupant, nick, realJid, occupantId, source } = only(joined.events, "message");
    expect(types(joined.events)).toEqual(["message"]);
    expect([occupant, nick, realJid, occupantId, source]).toEqual([
      joined.room.getOccupant(F),
      F,
      null,
      null,
      "live",
    ]);
    expect(shown(joined)).toEqual(before);
  });

  it.each(forgeries)("%s, in one without a body", async (_what, more) => {
    const stage = new Stage();
    const joined = await stage.active();
    const before = shown(joined);
    stage.receive(message(F, { body: null, more }));
    expect([types(joined.events), shown(joined)]).toEqual([[], before]);
  });

  it.each(forgeries)("%s, with a subject", async (_what, more) => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(subject(F, "foo", more));
    const told = only(joined.events, "subject");
    expect([types(joined.events), told.occupant, told.initial]).toEqual([
      ["subject"],
      joined.room.getOccupant(F),
      false,
    ]);
    expect(joined.room.active).toBe(true);
  });

  it.each(forgeries)("%s, in a line of the history", async (_what, more) => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.receive(presence(F), own(), message(F, { more, delayed: true }));
    const { occupant, realJid, occupantId } = only(joined.events, "message");
    expect([occupant.role, occupant.affiliation, realJid, occupantId]).toEqual(["none", "none", null, null]);
    expect(joined.room.state).toBe("history");
    expect(joined.room.getOccupant(F)?.affiliation).toBe("none");
  });

  it.each(forgeries)("%s, in a private message", async (_what, more) => {
    const stage = new Stage();
    const joined = await stage.active();
    const before = shown(joined);
    stage.receive(message(F, { type: "chat", more }), message(F, { type: "normal", more }));
    expect([types(joined.events), shown(joined)]).toEqual([["privateMessage", "privateMessage"], before]);
    for (const event of joined.events)
      expect(event.type === "privateMessage" && [event.occupant, event.realJid, event.occupantId]).toEqual([
        joined.room.getOccupant(F),
        null,
        null,
      ]);
  });
});

describe("an occupant-id", () => {
  const withId = presence(F, { more: idOf("f") });

  it("is trusted where the room lists the feature: of occupants, of messages, of strangers", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({}, [OCCUPANT_ID]);
    stage.receive(withId, message(F, { more: idOf("f") }), message("ghost", { more: idOf("g") }));
    expect(room.getOccupant(F)?.occupantId).toBe("f");
    expect(events.flatMap((event) => (event.type === "message" ? [event.occupantId] : []))).toEqual([
      "f",
      "g",
    ]);
    expect(room.features).toEqual(new Set([OCCUPANT_ID]));
  });

  it("that a live message carries is not its occupant's: that one has the nick, and the room said who they are", async () => {
    const stage = new Stage();
    const { events } = await stage.active({}, [OCCUPANT_ID]);
    stage.receive(withId, message(F, { more: idOf("forged") }));
    expect(only(events, "message").occupantId).toBe("f");
  });

  it.each([
    [
      "does not list the feature",
      (stage: Stage) => stage.session.answer(DISCO_INFO, { payload: features() }),
    ],
    ["answers with an error", (stage: Stage) => stage.session.answer(DISCO_INFO, { error: "forbidden" })],
    ["has not answered yet", () => {}],
  ])("is not trusted where the room %s", async (_what, answer) => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    answer(stage);
    stage.receive(withId, own(), message("ghost", { more: idOf("g"), delayed: true }), subject());
    stage.receive(message(F, { more: idOf("f") }));
    expect(room.getOccupant(F)?.occupantId).toBeNull();
    expect(events.flatMap((event) => (event.type === "message" ? [event.occupantId] : []))).toEqual([
      null,
      null,
    ]);
  });

  it("is not trusted because an occupant answers in the room's stead", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    const id = stage.session.sentOf("iq")[0]?.attrs["id"] ?? "";
    for (const from of [`${R}/${F}`, "mallory@evil.lit", "chat.shakespeare.lit"])
      stage.receive(`<iq type="result" id="${id}" from="${from}">${features(OCCUPANT_ID)}</iq>`);
    stage.receive(withId, own());
    expect([room.features.size, room.getOccupant(F)?.occupantId]).toEqual([0, null]);
  });
});

describe("a stanza-id", () => {
  const sid = (by: string, id: string): string => `<stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/>`;

  it.each([
    ["of the sender's account", sid("f@x", "1"), null],
    ["of our own account", sid("bot@shakespeare.lit", "1"), null],
    ["of an occupant", sid(`${R}/${F}`, "1"), null],
    ["of nobody", `<stanza-id xmlns="urn:xmpp:sid:0" id="1"/>`, null],
    ["of the room", sid(R, "1"), "1"],
    ["of the room, behind another", sid("f@x", "1") + sid(R, "2"), "2"],
  ])("%s counts only with by = the room", async (_what, more, expected) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { more }));
    expect(only(events, "message").stanzaId).toBe(expected);
  });
});

describe("presence", () => {
  it("of the bare room is never an occupant, and never a removal (XEP-0045 §13)", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const before = shown(joined);
    stage.receive(
      presence(null),
      presence(null, { codes: [110] }),
      unavailable(null, { codes: [110, 301] }),
      unavailable(null, { user: "<destroy/>" }),
      unavailable(null, { codes: [303], item: { nick: "x" } }),
    );
    expect([joined.events, shown(joined)]).toEqual([[], before]);
  });

  it("110 in somebody's presence is a matter of the room's: it alone can put it there, and tells us our nick", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    stage.receive(presence("hecate", { codes: [110] }));
    expect(room.nick).toBe("hecate");
  });

  it("what an occupant adds outside of the room's own element is nothing", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const forged = `${user("<status code='110'/><status code='301'/>")}<status code="332"/><item role="moderator"/>`;
    // servers remove what is forged; where one did not, the first would be the room's
    stage.receive(presence(F, { more: forged }));
    expect([types(joined.events), joined.room.getOccupant(F)?.role]).toEqual([["presence"], "participant"]);
  });
});

describe("errors", () => {
  it("of another occupant, with the very id that we sent, are no errors of the room's", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    await joined.room.sendMessage({ body: "x", id: "m1" });
    const before = shown(joined);
    stage.receive(
      `<message from="${R}/${F}" id="m1" type="error">${errorOf("not-acceptable")}</message>`,
      `<message from="${R}/${T}" id="m1" type="error">${errorOf("not-acceptable")}</message>`,
      `<message from="mallory@evil.lit" id="m1" type="error">${errorOf("not-acceptable")}</message>`,
      refusal("forbidden", { nick: F, id: "m1" }),
    );
    expect([joined.events, shown(joined)]).toEqual([[], before]);
  });

  it("of a join are believed from whom was asked only", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    const id = stage.session.sentOf("presence")[0]?.attrs["id"] ?? "";
    stage.receive(
      refusal("forbidden", { nick: S, id }),
      refusal("forbidden", { id, room: "heath@chat.shakespeare.lit" }),
      `<presence from="chat.shakespeare.lit" type="error" id="${id}">${errorOf("forbidden")}</presence>`,
    );
    expect(room.state).toBe("joining");
  });

  it("are never sent to a room: servers expel for it", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.sendMessage({ body: "x", id: "m1" });
    stage.session.sent.length = 0;
    stage.receive(
      message(F, { type: "nonsense" }),
      presence(F, { type: "subscribe" }),
      refusal("gone", { nick: F }),
      `<message from="${R}" id="m1" type="error">${errorOf("forbidden")}</message>`,
      message(F, { type: "chat", body: null }),
    );
    expect(stage.session.sent).toEqual([]);
  });
});

describe("a reflection", () => {
  it("is one only from our own occupant JID (XEP-0045 §13)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.sendMessage({ body: "x", id: "m1" });
    stage.receive(message(F, { body: "x", id: "m1" }), message(T, { body: "x", id: "m1" }));
    expect(events.flatMap((event) => (event.type === "message" ? [event.source] : []))).toEqual([
      "live",
      "reflection",
    ]);
  });
});
