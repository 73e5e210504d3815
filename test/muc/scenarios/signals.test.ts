// Messages without text: what somebody does, and what the room says of itself.
import { describe, expect, it } from "vitest";

import { only, Stage, turn, types } from "../support/stage.js";
import { DISCO_INFO, F, features, item, message, NS_USER, R } from "../support/stanzas.js";

const user = (content: string): string => `<x xmlns="${NS_USER}">${content}</x>`;
const status = (...codes: number[]): string => codes.map((code) => `<status code="${code}"/>`).join("");

describe("68: a signal", () => {
  it.each([
    [
      "a chat state (XEP-0085)",
      `<composing xmlns="http://jabber.org/protocol/chatstates"/>`,
      "chatState",
      "composing",
      null,
    ],
    [
      "a marker (XEP-0333)",
      `<displayed xmlns="urn:xmpp:chat-markers:0" id="m1"/>`,
      "marker",
      "displayed",
      "m1",
    ],
    ["a receipt (XEP-0184)", `<received xmlns="urn:xmpp:receipts" id="m1"/>`, "receipt", "m1", "m1"],
  ])("%s is told with who sent it, and is no message", async (_what, more, kind, value, targetId) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(message(F, { body: null, more }));
    const signal = only(events, "signal");
    expect([types(events), stage.diagnostics]).toEqual([["signal"], []]);
    expect(signal).toMatchObject({ kind, value, targetId, isPrivate: false, occupant: room.getOccupant(F) });
  });

  it("two in one stanza are two", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const more = `<active xmlns="http://jabber.org/protocol/chatstates"/><displayed xmlns="urn:xmpp:chat-markers:0" id="m1"/>`;
    stage.receive(message(F, { body: null, more }));
    expect(types(events)).toEqual(["signal", "signal"]);
  });

  it("beside a text is part of a message", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { more: `<active xmlns="http://jabber.org/protocol/chatstates"/>` }));
    expect(types(events)).toEqual(["message"]);
  });

  it("told to us alone says so", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(
      message(F, {
        type: "chat",
        body: null,
        more: `<paused xmlns="http://jabber.org/protocol/chatstates"/>`,
      }),
    );
    expect(only(events, "signal")).toMatchObject({ value: "paused", isPrivate: true });
  });
});

describe("68: a notice of the configuration (XEP-0045 §10.2.1)", () => {
  it.each([104, 170, 171, 172, 173, 174])(
    "%i from the bare room is told, and what the room can is asked anew",
    async (code) => {
      const stage = new Stage();
      const { room, events } = await stage.active({}, ["a", "urn:xmpp:occupant-id:0"]);
      stage.receive(message(null, { body: null, more: user(status(code, 999)) }));
      expect(only(events, "config").statusCodes).toEqual(new Set([code, 999]));
      stage.session.answer(DISCO_INFO, { payload: features("b") });
      expect(room.features).toEqual(new Set(["b"]));
    },
  );

  it("in a row needs two questions at most", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const notice = message(null, { body: null, more: user(status(104)) });
    stage.receive(notice, notice, notice);
    expect([types(events), stage.session.sentOf("iq").length]).toEqual([["config", "config", "config"], 1]);
    stage.session.answer(DISCO_INFO, { payload: features("b") });
    await turn();
    stage.session.answer(DISCO_INFO, { payload: features("c") });
    await turn();
    expect([[...room.features], stage.session.sentOf("iq").length]).toEqual([["c"], 0]);
  });

  it("where the room does not answer, what was known stays", async () => {
    const stage = new Stage();
    const { room } = await stage.active({}, ["a"]);
    stage.receive(message(null, { body: null, more: user(status(104)) }));
    stage.session.answer(DISCO_INFO, { error: "forbidden" });
    await turn();
    expect([...room.features]).toEqual(["a"]);
  });

  it("is one with a text, too", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(null, { body: "it changed", more: user(status(104)) }));
    expect(types(events)).toEqual(["config", "serviceMessage"]);
  });

  it("from an occupant is none", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { body: null, more: user(status(104)) }));
    expect([events, stage.diagnostics, stage.session.sent]).toEqual([[], ["message-without-body"], []]);
  });

  it("of other codes is noticed", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(null, { body: null, more: user(status(101)) }));
    expect([events, stage.diagnostics]).toEqual([[], ["message-without-body"]]);
  });
});

describe("an affiliation of somebody absent", () => {
  const told = (content: string, from: string | null = null): string =>
    message(from, { body: null, more: user(content) }).replace(` type="groupchat"`, "");

  it.each([
    ["Prosody's way", item({ affiliation: "member", jid: "carol@x", reason: "welcome" })],
    ["ejabberd's way", item({ affiliation: "member", role: "none", jid: "carol@x", reason: "welcome" })],
  ])("is told, %s", async (_what, content) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(told(content));
    const { occupant, realJid, oldAffiliation, newAffiliation, reason } = only(events, "affiliation");
    expect([occupant, realJid?.toString(), oldAffiliation, newAffiliation, reason]).toEqual([
      null,
      "carol@x",
      null,
      "member",
      "welcome",
    ]);
  });

  it("may be that of a domain", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(told(item({ affiliation: "outcast", jid: "evil.lit" }) + status(301)));
    const { realJid, statusCodes } = only(events, "affiliation");
    expect([realJid?.toString(), [...statusCodes]]).toEqual(["evil.lit", [301]]);
  });

  it("from an occupant is none", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(told(item({ affiliation: "owner", jid: "mallory@x" }), F));
    expect([events, stage.diagnostics]).toEqual([[], ["message-without-body"]]);
  });

  it("that says none, or one that there is none of, is noticed", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(told(item({ jid: "carol@x" })), told(item({ jid: "carol@x", affiliation: "king" })));
    expect([types(events), stage.diagnostics]).toEqual([
      ["affiliation"],
      ["item-without-affiliation", "unknown-rank"],
    ]);
  });

  it("262: a word of the room to us alone is a service message", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(null, { type: "normal", body: "you are on air" }));
    expect(only(events, "serviceMessage").body).toBe("you are on air");
    expect(stage.client.getRoom(R)).toBeDefined();
  });

  it("before we are in, it is noticed and nothing else", async () => {
    const stage = new Stage();
    const { events } = await stage.join();
    stage.receive(told(item({ affiliation: "owner", jid: "mallory@x" })));
    expect([events, stage.diagnostics]).toEqual([[], ["message-while-out"]]);
  });
});
