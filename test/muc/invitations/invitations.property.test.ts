// Whatever a message is made of: it breaks nothing, and an invitation that it is told as says no more than is known.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { turn } from "../support/stage.js";
import { DISCO_INFO, F, NS_USER, R } from "../support/stanzas.js";
import { ACCOUNT_INFO, CRONE, D, InvitedStage, ROOM_INFO } from "./support/stanzas.js";

const ELEMENTS: readonly (readonly [name: string, xmlns: string])[] = [
  ["x", NS_USER],
  ["x", "jabber:x:conference"],
  ["invite", NS_USER],
  ["decline", NS_USER],
  ["password", NS_USER],
  ["reason", NS_USER],
  ["continue", NS_USER],
  ["delay", "urn:xmpp:delay"],
  ["received", "urn:xmpp:carbons:2"],
  ["sent", "urn:xmpp:carbons:2"],
  ["private", "urn:xmpp:carbons:2"],
  ["forwarded", "urn:xmpp:forward:0"],
  ["message", "jabber:client"],
  ["body", "jabber:client"],
  ["error", "jabber:client"],
];
const ADDRESSES = [
  R,
  `${R}/${F}`,
  D,
  `${D}/x`,
  D.toUpperCase(),
  CRONE,
  "crone1@shakespeare.lit",
  "bot@shakespeare.lit",
  "bot@shakespeare.lit/cave",
  "chat.shakespeare.lit",
  "@",
  "a@b/",
  "",
];
const VALUES = [
  ...ADDRESSES,
  "true",
  "2024-01-01T00:00:00Z",
  "soon",
  "groupchat",
  "chat",
  "error",
  "headline",
];
const NAMES = ["from", "to", "jid", "type", "id", "password", "reason", "thread", "continue", "stamp"];

const attributes = fc
  .dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES), { maxKeys: 4 })
  .map((values) =>
    Object.entries(values)
      .map(([name, value]) => ` ${name}="${value}"`)
      .join(""),
  );

const { node } = fc.letrec<{ node: string }>((tie) => ({
  node: fc
    .tuple(
      fc.constantFrom(...ELEMENTS),
      attributes,
      fc.oneof(
        { maxDepth: 5, depthSize: "medium" },
        fc.constantFrom("", "text"),
        fc.array(tie("node"), { maxLength: 3 }).map((nodes) => nodes.join("")),
      ),
    )
    .map(([[name, xmlns], attrs, content]) => `<${name} xmlns="${xmlns}"${attrs}>${content}</${name}>`),
}));

/** Any message, and such that come close to an invitation. */
const message = fc
  .tuple(
    fc.option(fc.constantFrom(...ADDRESSES), { nil: null }),
    fc.constantFrom("", "", ` type="chat"`, ` type="groupchat"`, ` type="error"`, ` type="odd"`),
    fc.array(node, { maxLength: 3 }),
    fc.constantFrom("any", "mediated", "direct"),
    attributes,
  )
  .map(([from, type, nodes, likely, attrs]) => {
    const sender = from === null ? "" : ` from="${from}"`;
    const inner = nodes.join("");
    const content = {
      any: inner,
      mediated: `<x xmlns="${NS_USER}"><invite${attrs}>${inner}</invite></x>`,
      direct: `<x xmlns="jabber:x:conference" jid="dark@cave"/>${inner}`,
    }[likely];
    return `<message${sender}${type}>${content}</message>`;
  });

/** How many invitations were told, all in all: without any nothing is shown. */
let told = 0;

describe("any messages", () => {
  it("break nothing, and are told as no more than is known", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (messages, isRoom) => {
          const stage = new InvitedStage();
          const { room } = await stage.active();
          for (const each of messages) stage.receive(each);
          const asked = new Set(stage.asked);
          while (stage.asked.length > 0)
            stage.session.answer(DISCO_INFO, { payload: isRoom ? ROOM_INFO : ACCOUNT_INFO });
          await turn();
          expect(stage.diagnostics).not.toContain("room-failed");
          told += stage.invitations.length;
          for (const invitation of stage.invitations) {
            const { room: to, from, inviter, mode, proof, decided } = invitation;
            expect([to.resource, to.local === null, to.equals(room.jid), decided]).toEqual([
              null,
              false,
              false,
              false,
            ]);
            expect(from.bare().toString()).not.toBe("bot@shakespeare.lit");
            const known = mode === "mediated" ? "claimed" : inviter === null ? "none" : "sender";
            const isProven = mode === "direct" || (isRoom && asked.has(from.toString()) && from.equals(to));
            expect([proof, isProven]).toEqual([known, true]);
            expect(proof === "sender" ? inviter : from.bare()).toEqual(from.bare());
            expect(invitation.receivedAt.getTime()).toBeLessThanOrEqual(stage.clock.now());
            JSON.stringify(invitation);
          }
          // Nothing is sent but questions: nobody decided anything, and nobody is told that anything is wrong.
          expect(stage.session.sent).toEqual([]);
          expect(room.active).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
    expect(told).toBeGreaterThan(20);
  });
});
