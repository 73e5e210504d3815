import { describe, expect, it, vi } from "vitest";

import fc from "fast-check";

import { isAllFallback, withoutFallback } from "../../../src/muc/wire/fallback.js";
import { parseStanza } from "../../support/fake-session.js";

const REPLY = "urn:xmpp:reply:0";
const stanza = (more: string) => parseStanza(`<message>${more}</message>`);
const fallback = (ranges: string, feature = REPLY): string =>
  `<fallback xmlns="urn:xmpp:fallback:0" for="${feature}">${ranges}</fallback>`;

describe("a body without its fallback (XEP-0428)", () => {
  it.each([
    ["nothing said of it", "", "> hi\nyes", "> hi\nyes"],
    ["a range", fallback(`<body start="0" end="5"/>`), "> hi\nyes", "yes"],
    ["two ranges", fallback(`<body start="0" end="5"/><body start="8" end="10"/>`), "> hi\nyes--", "yes"],
    [
      "ranges that overlap, in any order",
      fallback(`<body start="2" end="5"/><body start="0" end="4"/>`),
      "> hi\nyes",
      "yes",
    ],
    ["no range: all of it", fallback(""), "> hi\nyes", ""],
    ["no bounds: all of it", fallback("<body/>"), "> hi\nyes", ""],
    ["no end: the rest", fallback(`<body start="3"/>`), "yes> hi", "yes"],
    ["of the subject only", fallback("<subject/>"), "yes", "yes"],
    ["code points, not halves of them", fallback(`<body start="0" end="4"/>`), "> 🐸\nyes", "yes"],
    ["past the end", fallback(`<body start="2" end="99999999"/>`), "yes", "ye"],
    ["backwards", fallback(`<body start="5" end="2"/>`), "> hi\nyes", "> hi\nyes"],
    ["no numbers", fallback(`<body start="x" end="-1"/>`), "yes", "yes"],
    ["of a feature that we do not read", fallback("<body/>", "urn:xmpp:sfs:0"), "yes", "yes"],
    [
      "two features",
      fallback(`<body start="0" end="5"/>`) + fallback(`<body start="5" end="7"/>`, "urn:xmpp:reactions:0"),
      "> hi\n👍 yes",
      "yes",
    ],
    [
      "the old form, of a retraction",
      `<fallback xmlns="urn:xmpp:fallback:0"/><apply-to xmlns="urn:xmpp:fasten:0" id="1"/>`,
      "x",
      "",
    ],
    ["the old form, of nothing", `<fallback xmlns="urn:xmpp:fallback:0"/>`, "x", "x"],
  ])("%s", (_what, more, text, expected) => {
    expect(withoutFallback(text, stanza(more))).toBe(expected);
  });

  it("is what no range covers, character by character", () => {
    const range = fc.tuple(fc.nat(30), fc.nat(30));
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 25 }),
        fc.array(range, { minLength: 1, maxLength: 6 }),
        (text, ranges) => {
          const more = fallback(
            ranges.map(([start, end]) => `<body start="${start}" end="${end}"/>`).join(""),
          );
          const kept = Array.from(text).filter(
            (_c, at) => !ranges.some(([start, end]) => start <= at && at < end),
          );
          expect(withoutFallback(text, stanza(more))).toBe(kept.join(""));
        },
      ),
    );
  });
});

describe("whether all of a message is fallback", () => {
  it.each([
    ["one body", `<body>x</body>`, true],
    ["each of two", `<body>x</body><body xml:lang="de">y</body>`, true],
    ["not the second", `<body>x</body><body xml:lang="de">yes</body>`, false],
    ["none there", "", true],
  ])("is told of %s", (_what, bodies, all) => {
    expect(isAllFallback(stanza(bodies + fallback(`<body start="0" end="1"/>`)))).toBe(all);
  });

  it("reads the fallbacks of thousands of bodies once: time grows with their number, not with its square", () => {
    const cost = (count: number): number => {
      let reads = 0;
      const bodies = Array.from({ length: count }, (_, n) => `<body xml:lang="a${n.toString(36)}">x</body>`);
      const message = stanza(bodies.join("") + fallback(`<body start="0" end="1"/>`));
      const children = message.getChildren.bind(message);
      vi.spyOn(message, "getChildren").mockImplementation((...args) => {
        reads++;
        return children(...args);
      });
      expect(isAllFallback(message)).toBe(true);
      return reads;
    };
    expect(cost(1_000)).toBe(cost(10));
  });
});
