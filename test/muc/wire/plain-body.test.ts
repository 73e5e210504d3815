import { describe, expect, it } from "vitest";

import { readPlainBody } from "../../../src/muc/wire/plain-body.js";
import { parseStanza } from "../../support/fake-session.js";

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
    expect(readPlainBody(parseStanza(xml))).toBe(expected);
  });
});
