// Whatever a message is made of: it is told or noticed, it breaks nothing, and what it says of its sender is nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Stage } from "./support/stage.js";
import { F, NS_USER, own, presence, R, S, subject, T } from "./support/stanzas.js";

const ELEMENTS: readonly (readonly [name: string, xmlns: string])[] = [
  ["body", ""],
  ["subject", ""],
  ["thread", ""],
  ["error", ""],
  ["x", NS_USER],
  ["status", NS_USER],
  ["item", NS_USER],
  ["invite", NS_USER],
  ["destroy", NS_USER],
  ["delay", "urn:xmpp:delay"],
  ["stanza-id", "urn:xmpp:sid:0"],
  ["origin-id", "urn:xmpp:sid:0"],
  ["occupant-id", "urn:xmpp:occupant-id:0"],
  ["replace", "urn:xmpp:message-correct:0"],
  ["retract", "urn:xmpp:message-retract:1"],
  ["retracted", "urn:xmpp:message-retract:1"],
  ["retract", "urn:xmpp:message-retract:0"],
  ["apply-to", "urn:xmpp:fasten:0"],
  ["moderated", "urn:xmpp:message-moderate:0"],
  ["moderated", "urn:xmpp:message-moderate:1"],
  ["reactions", "urn:xmpp:reactions:0"],
  ["reaction", "urn:xmpp:reactions:0"],
  ["fallback", "urn:xmpp:fallback:0"],
  ["body", "urn:xmpp:fallback:0"],
  ["composing", "http://jabber.org/protocol/chatstates"],
  ["displayed", "urn:xmpp:chat-markers:0"],
  ["received", "urn:xmpp:receipts"],
  ["received", "urn:xmpp:carbons:2"],
  ["encrypted", "urn:xmpp:omemo:2"],
];
const VALUES = [
  "",
  "m1",
  "104",
  "110",
  "301",
  "5",
  "-1",
  R,
  `${R}/${F}`,
  `${R}/${T}`,
  "@",
  "owner",
  "king",
  "urn:xmpp:reply:0",
  "2024-01-01T00:00:00Z",
];
const NAMES = [
  "id",
  "by",
  "from",
  "to",
  "jid",
  "nick",
  "code",
  "affiliation",
  "role",
  "stamp",
  "start",
  "end",
  "for",
  "xml:lang",
];

const attributes = fc
  .dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES), { maxKeys: 4 })
  .map((values) =>
    Object.entries(values)
      .map(([name, value]) => ` ${name}="${value}"`)
      .join(""),
  );

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...ELEMENTS),
      attributes,
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("", "hello", "👍", "!roll"),
        fc.array(tie("element"), { maxLength: 3 }).map((each) => each.join("")),
      ),
    )
    .map(
      ([[name, xmlns], attrs, content]) =>
        `<${name}${xmlns === "" ? "" : ` xmlns="${xmlns}"`}${attrs}>${content}</${name}>`,
    ),
}));

const stanza = fc
  .tuple(
    fc.constantFrom(
      "groupchat",
      "groupchat",
      "groupchat",
      "chat",
      "normal",
      "headline",
      "error",
      "nonsense",
      "",
    ),
    fc.constantFrom(R, `${R}/${F}`, `${R}/${S}`, `${R}/${T}`, `${R}/ghost`, `${R}/`),
    fc.array(element, { maxLength: 4 }),
  )
  .map(
    ([type, from, children]) =>
      `<message from="${from}"${type === "" ? "" : ` type="${type}"`} id="m1">${children.join("")}</message>`,
  );

describe("a message, whatever it is made of", () => {
  it("is told or noticed, never dropped silently; the next one is heard, and nobody is anybody else for it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stanza, { minLength: 1, maxLength: 8 }), async (stanzas) => {
        const stage = new Stage();
        const { room, events } = await stage.active();
        const ranks = (): unknown =>
          room.occupants.map(({ nick, role, affiliation, realJid }) => [nick, role, affiliation, realJid]);
        const before = ranks();
        for (const each of stanzas) {
          const seen = events.length + stage.diagnostics.length;
          stage.receive(each);
          // what a listener reads of it, too
          const read = events.flatMap((event) => ["body" in event ? event.body : "", JSON.stringify(event)]);
          expect(read.every((text) => typeof text === "string")).toBe(true);
          expect(events.length + stage.diagnostics.length).toBeGreaterThan(seen);
        }
        expect(stage.diagnostics).not.toContain("room-failed");
        expect(ranks()).toEqual(before);
        events.length = 0;
        stage.receive(`<message from="${R}/${F}" type="groupchat"><body>still here</body></message>`);
        expect(events.map((event) => (event.type === "message" ? event.body : event.type))).toEqual([
          "still here",
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it("is never live, and nobody's who is there, while the history comes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 4 }), async (children) => {
        const stage = new Stage();
        const { room, events } = await stage.join();
        stage.receive(presence(F), own());
        const delay = `<delay xmlns="urn:xmpp:delay" stamp="2024-01-01T00:00:00Z"/>`;
        stage.receive(
          `<message from="${R}/${F}" type="groupchat" id="m1"><body>then</body>${children.join("")}${delay}</message>`,
        );
        const wrong = events.filter(
          (event) =>
            (event.type === "message" || event.type === "messageUpdate") &&
            (event.source !== "replay" || event.occupant === room.getOccupant(F)),
        );
        expect(wrong).toEqual([]);
        expect(room.state).toBe("history");
        stage.receive(subject());
        expect(room.active).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
