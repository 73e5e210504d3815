import { describe, expect, it } from "vitest";

import { LanguageMap } from "../../../src/base/language-map.js";
import { isOnlyText, readDelay, readOwnTexts, readTexts } from "../../../src/muc/wire/texts.js";
import { parseStanza } from "../../support/fake-session.js";

describe("texts by language (RFC 6121 §5.2.3)", () => {
  it.each<[string, string, Record<string, string>]>([
    ["none", "<message/>", {}],
    ["one", "<message><body>a</body></message>", { "": "a" }],
    ["the first of two without language", "<message><body>a</body><body>b</body></message>", { "": "a" }],
    ["only tagged ones", `<message><body xml:lang="de">a</body></message>`, { de: "a" }],
    ["that of the stanza, where it has none", `<message xml:lang="fr"><body>a</body></message>`, { fr: "a" }],
    ["not the empty one", "<message><body/></message>", {}],
    ["not that of another namespace", `<message><body xmlns="urn:x">a</body></message>`, {}],
    ["not markup inside", "<message><body>a<b>b</b>c</body></message>", { "": "ac" }],
  ])("%s", (_what, xml, expected) => {
    expect(readTexts(parseStanza(xml), "body").toJSON()).toEqual(expected);
    expect([...readOwnTexts(parseStanza(xml), "body")]).toEqual(Object.entries(expected));
  });

  it("the empty one, where it is asked for", () => {
    expect(readTexts(parseStanza("<message><body/></message>"), "body", true).toJSON()).toEqual({ "": "" });
  });
});

describe("whether there is only the text that is known", () => {
  const known = LanguageMap.from({ de: "a" });

  it.each<[string, string, boolean]>([
    ["none", "<presence/>", false],
    ["the same", `<presence><status xml:lang="de">a</status></presence>`, true],
    ["the same, by the stanza's language", `<presence xml:lang="de"><status>a</status></presence>`, true],
    ["another text", `<presence xml:lang="de"><status>b</status></presence>`, false],
    ["another language", "<presence><status>a</status></presence>", false],
    ["one more", `<presence><status xml:lang="de">a</status><status>b</status></presence>`, false],
  ])("%s", (_what, xml, expected) => {
    expect(isOnlyText(parseStanza(xml), "status", known)).toBe(expected);
  });

  it("not where two are known", () => {
    const two = LanguageMap.from({ "": "a", de: "b" });
    expect(isOnlyText(parseStanza("<presence><status>a</status></presence>"), "status", two)).toBe(false);
  });
});

describe("delays (XEP-0203)", () => {
  const delay = (stamp: string): string => `<delay xmlns="urn:xmpp:delay" stamp="${stamp}"/>`;
  it.each<[string, string, string | null]>([
    ["none", "", null],
    ["one", delay("2026-01-01T00:00:00Z"), "2026-01-01T00:00:00.000Z"],
    ["with microseconds", delay("2026-01-01T00:00:00.123456Z"), "2026-01-01T00:00:00.123Z"],
    ["with an offset", delay("2026-01-01T02:00:00+02:00"), "2026-01-01T00:00:00.000Z"],
    [
      "the earliest of two",
      delay("2026-01-02T00:00:00Z") + delay("2026-01-01T00:00:00Z"),
      "2026-01-01T00:00:00.000Z",
    ],
    ["nonsense", delay("yesterday") + "<delay xmlns='urn:xmpp:delay'/>", null],
    ["in another namespace", "<delay xmlns='jabber:x:delay' stamp='20260101T00:00:00'/>", null],
  ])("%s", (_what, content, expected) => {
    expect(readDelay(parseStanza(`<message>${content}</message>`))?.toISOString() ?? null).toBe(expected);
  });
});
