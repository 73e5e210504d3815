// What counts as the text of a message.
import { describe, expect, it } from "vitest";

import { only, Stage } from "../support/stage.js";
import { F, message, T } from "../support/stanzas.js";

describe("the text of a message", () => {
  it("is without what is there for clients that know no replies; the texts are as sent", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const body = `> ${T}: what?\nnothing`;
    const end = body.indexOf("\n") + 1;
    const more =
      `<reply xmlns="urn:xmpp:reply:0" id="m0"/>` +
      `<fallback xmlns="urn:xmpp:fallback:0" for="urn:xmpp:reply:0"><body start="0" end="${end}"/></fallback>`;
    stage.receive(message(F, { body: body.replace(">", "&gt;"), more }));
    const heard = only(events, "message");
    expect([heard.body, heard.bodies.toString(), heard.mentionsMe, heard.replyTo?.id]).toEqual([
      "nothing",
      body,
      false,
      "m0",
    ]);
  });

  it.each([
    ["XEP-0380", `<encryption xmlns="urn:xmpp:eme:0" namespace="urn:x"/>`],
    ["OMEMO", `<encrypted xmlns="urn:xmpp:omemo:2"/>`],
    ["OMEMO of old", `<encrypted xmlns="eu.siacs.conversations.axolotl"/>`],
    ["OpenPGP", `<openpgp xmlns="urn:xmpp:openpgp:0"/>`],
    ["OpenPGP of old", `<x xmlns="jabber:x:encrypted"/>`],
  ])("of an encrypted one (%s) is none: it cannot be matched", async (_what, more) => {
    const stage = new Stage();
    const { events } = await stage.active();
    for (const type of ["groupchat", "chat"])
      stage.receive(message(F, { type, body: `${T}: !roll 6`, more }));
    const heard = only(events, "message");
    expect([heard.encrypted, heard.body, heard.bodies.toString(), heard.mentionsMe]).toEqual([
      true,
      "",
      `${T}: !roll 6`,
      false,
    ]);
    expect(only(events, "privateMessage").body).toBe("");
  });

  it("of one that only looks like it is its text", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { body: "hi", more: `<x xmlns="jabber:x:oob"/><encrypted xmlns="urn:x"/>` }));
    expect([only(events, "message").encrypted, only(events, "message").body]).toEqual([false, "hi"]);
  });
});

describe("76: what comes back of a private message", () => {
  const bounce = (id: string, nick: string): string =>
    message(nick, {
      type: "error",
      id,
      body: null,
      more: `<error type="cancel"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`,
    });

  it("is told from whom it was for, and from nobody else", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.sendPrivate("gone", { body: "x", id: "p1" });
    stage.receive(bounce("p1", F), bounce("p1", T), bounce("p2", "gone"));
    expect([events, stage.diagnostics]).toEqual([[], Array.from({ length: 3 }, () => "stray-message-error")]);
    stage.receive(bounce("p1", "gone"));
    const { id, error } = only(events, "messageError");
    expect([id, error.condition, room.active]).toEqual(["p1", "item-not-found", true]);
  });
});
