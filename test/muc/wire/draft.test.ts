import { describe, expect, it } from "vitest";

import { LanguageMap } from "../../../src/base/language-map.js";
import { messageStanza, messageStanzas, type Draft } from "../../../src/muc/wire/draft.js";
import { R } from "../support/stanzas.js";

const REFERENCE = "urn:xmpp:reference:0";
const marks = (draft: Draft, to = R, kind: "groupchat" | "chat" | "direct" = "groupchat") =>
  messageStanza(draft, to, kind)
    .getChildren("reference", REFERENCE)
    .map(({ attrs: { type, begin, end, uri } }) => [type, begin, end, uri]);

describe("the stanza for a draft", () => {
  it("of all of it", () => {
    const stanza = messageStanza(
      {
        id: "m1",
        body: LanguageMap.from({ "": "hi", de: "hallo" }),
        thread: "t",
        replaces: "m0",
        replyTo: { id: "x", to: "a@b/c" },
      },
      R,
      "groupchat",
    );
    expect(stanza.toString()).toBe(
      `<message to="${R}" type="groupchat" id="m1"><body>hi</body><body xml:lang="de">hallo</body><thread>t</thread>` +
        `<reply xmlns="urn:xmpp:reply:0" id="x" to="a@b/c"/><replace xmlns="urn:xmpp:message-correct:0" id="m0"/>` +
        `<origin-id xmlns="urn:xmpp:sid:0" id="m1"/></message>`,
    );
  });

  it("to an occupant has the mark of a private message, to an account none", () => {
    expect(messageStanza({ id: "m1", body: "x" }, `${R}/a`, "chat").toString()).toBe(
      `<message to="${R}/a" type="chat" id="m1"><body>x</body><x xmlns="http://jabber.org/protocol/muc#user"/></message>`,
    );
    expect(messageStanza({ id: "m1", body: "x" }, "a@b/c", "direct").toString()).toBe(
      `<message to="a@b/c" type="chat" id="m1"><body>x</body></message>`,
    );
  });
});

describe("a mention (XEP-0372)", () => {
  it("has its place as a word of its own, in code points, and the occupant's address", () => {
    expect(marks({ body: "🐸 bobby, Bob: bob b", mentions: ["bob"] })).toEqual([
      ["mention", "14", "17", `xmpp:${R}/bob`],
    ]);
    expect(marks({ body: "Böb and x y", mentions: ["Böb", "x y", "Böb"] })).toEqual([
      ["mention", "0", "3", `xmpp:${R}/B%C3%B6b`],
      ["mention", "8", "11", `xmpp:${R}/x%20y`],
    ]);
  });

  it.each([
    ["that does not stand in the text", { body: "hello" }],
    ["in several languages", { body: LanguageMap.from({ "": "bob", de: "bob" }) }],
  ])("%s has no place", (_what, draft) => {
    expect(marks({ ...draft, mentions: ["bob"] })).toEqual([
      ["mention", undefined, undefined, `xmpp:${R}/bob`],
    ]);
  });

  it("of half a character can be written", () => {
    expect(marks({ body: "x", mentions: ["\ud83d", ""] })).toEqual([
      ["mention", undefined, undefined, `xmpp:${R}/%EF%BF%BD`],
    ]);
  });

  it("in private is of the same room; outside of rooms there is none", () => {
    expect(marks({ body: "bob", mentions: ["bob"] }, `${R}/alice`, "chat")).toHaveLength(1);
    expect(marks({ body: "bob", mentions: ["bob"] }, `${R}/alice`, "chat")[0]?.[3]).toBe(`xmpp:${R}/bob`);
    expect(marks({ body: "bob", mentions: ["bob"] }, "a@b/c", "direct")).toEqual([]);
  });
});

describe("ids of the parts of a message", () => {
  it("are all different; the one that was asked for is that of the first", () => {
    const body = "x";
    const parts = [{ id: "m1", body }, { id: "m1", body }, { body }];
    const ids = messageStanzas(parts, R, "groupchat").map(({ attrs }) => attrs["id"]);
    expect(ids[0]).toBe("m1");
    expect(new Set(ids).size).toBe(3);
  });
});
