// Whether a room tells real addresses is noticed also where that was changed while we were out.
import { describe, expect, it } from "vitest";

import { only, Stage, types } from "../support/stage.js";
import { F, own, presence, R, subject } from "../support/stanzas.js";

const notice = (code: number): string =>
  `<message from="${R}" type="groupchat"><x xmlns="http://jabber.org/protocol/muc#user"><status code="${code}"/></x></message>`;

/** In with the codes of the first join, out, and in again with those of the second. */
async function again(first: readonly number[], meanwhile: readonly string[], second: readonly number[]) {
  const stage = new Stage();
  const { events } = await stage.join();
  stage.receive(presence(F), own({ codes: [110, ...first] }), subject(), ...meanwhile);
  events.length = 0;
  stage.session.lose();
  stage.session.establish();
  stage.receive(presence(F), own({ codes: [110, ...second] }), subject());
  return { events, warned: stage.log.filter(({ text }) => text.includes("real addresses")) };
}

describe("a room that was changed while we were out", () => {
  it.each([
    ["tells real addresses now", [], 172, [100]],
    ["tells them no more", [100], 173, []],
  ] as const)(
    "%s: it is told as if we had been in (XEP-0045 §10.2.1)",
    async (_name, first, code, second) => {
      const { events, warned } = await again(first, [], second);
      expect(types(events).slice(types(events).indexOf("enter"), types(events).indexOf("enter") + 2)).toEqual(
        ["enter", "config"],
      );
      const config = only(events, "config");
      expect([...config.statusCodes]).toEqual([code]);
      expect(config.stanza).toBe(only(events, "enter").stanza);
      expect(warned).toHaveLength(1);
    },
  );

  it.each([
    ["it is as it was", [], [], []],
    ["it is as open as it was", [100], [], [100]],
    ["it was opened while we were in", [], [notice(172)], [100]],
    ["it was closed while we were in", [100], [notice(173)], []],
  ] as const)("is not told of where %s", async (_name, first, meanwhile, second) => {
    const { events, warned } = await again(first, meanwhile, second);
    expect([types(events).includes("enter"), types(events).includes("config"), warned]).toEqual([
      true,
      false,
      [],
    ]);
  });
});
