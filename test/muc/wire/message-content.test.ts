import { describe, expect, it } from "vitest";

import { readContent } from "../../../src/muc/wire/message-content.js";
import { parseStanza } from "../../support/fake-session.js";

const ROOM = "room@service";

/** What is read of a message that holds this. */
const read = (xml: string) => readContent(parseStanza(xml), ROOM);

describe("the body of a message that is like most", () => {
  it.each<[string, string, string | null]>([
    ["none", "<message/>", null],
    ["one, in whatever language", `<message xml:lang="fr"><body xml:lang="de">a</body></message>`, "a"],
    ["an empty one", "<message><body/></message>", ""],
    ["beside what says nothing of it", `<message><body>a</body><thread>t</thread></message>`, "a"],
    ["none of two", `<message><body>a</body><body xml:lang="de">b</body></message>`, null],
    ["not that of another namespace", `<message><body xmlns="urn:x">a</body></message>`, null],
    [
      "not where there is a fallback",
      `<message><body>a</body><fallback xmlns="urn:xmpp:fallback:0"/></message>`,
      null,
    ],
    [
      "not where it is encrypted",
      `<message><body>a</body><encrypted xmlns="urn:xmpp:omemo:2"/></message>`,
      null,
    ],
    [
      "not where it says that it is encrypted",
      `<message><encryption xmlns="urn:xmpp:eme:0"/><body>a</body></message>`,
      null,
    ],
    [
      "not where it is encrypted by PGP",
      `<message><body>a</body><x xmlns="jabber:x:encrypted"/></message>`,
      null,
    ],
    [
      "not where it is encrypted by newer PGP",
      `<message><body>a</body><openpgp xmlns="urn:xmpp:openpgp:0"/></message>`,
      null,
    ],
  ])("%s", (_what, xml, expected) => {
    const { body, isPlain } = read(xml);
    expect(isPlain ? body : null).toBe(expected);
  });
});

describe("what a message is called", () => {
  const sid = (name: string, attrs: string): string => `<${name} xmlns="urn:xmpp:sid:0" ${attrs}/>`;

  it("by its author and by the room, the first of each, and by nobody else", () => {
    const { id, originId, stanzaId } = read(
      `<message id="a">${sid("stanza-id", `by="other@service" id="b"`)}${sid("stanza-id", `by="${ROOM}" id="c"`)}${sid("stanza-id", `by="${ROOM}" id="d"`)}${sid("origin-id", `id="e"`)}${sid("origin-id", `id="f"`)}</message>`,
    );
    expect({ id, originId, stanzaId }).toEqual({ id: "a", originId: "e", stanzaId: "c" });
  });

  it("by nobody", () => {
    const { id, originId, stanzaId, body } = read("<message/>");
    expect([id, originId, stanzaId, body]).toEqual([null, null, null, null]);
  });

  it("as what it takes the place of (XEP-0308): only the first counts, also where it names nothing", () => {
    const replace = (id: string): string => `<replace xmlns="urn:xmpp:message-correct:0"${id}/>`;
    expect([
      read(`<message>${replace(' id="a"')}${replace(' id="b"')}</message>`).replaces,
      read(`<message>${replace("")}${replace(' id="b"')}</message>`).replaces,
      read(`<message><replace xmlns="urn:other" id="c"/></message>`).replaces,
    ]).toEqual(["a", null, null]);
  });
});
