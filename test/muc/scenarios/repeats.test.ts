// A message that comes again by itself, and not in a history.
import { describe, expect, it } from "vitest";

import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import { Stage } from "../support/stage.js";
import { F, message, R, S } from "../support/stanzas.js";

const sid = (id: string): string => `<stanza-id xmlns="urn:xmpp:sid:0" by="${R}" id="${id}"/>`;

/** What was told of messages, in order. */
const heard = (events: readonly AnyRoomEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "message" ? [`${event.source} ${event.nick}: ${event.body}`] : [],
  );

describe("a message that comes twice", () => {
  it("is handled once: by the room's id, whatever else changed (XEP-0359 §3)", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(
      message(F, { body: "!roll", id: "a", more: sid("1") }),
      message(F, { body: "!roll", id: "a", more: sid("2") }),
      message(F, { body: "!roll", id: "a", more: sid("1") }),
      message(S, { body: "changed", id: "b", more: sid("2") }),
    );
    expect(heard(events)).toEqual([`live ${F}: !roll`, `live ${F}: !roll`]);
    expect(stage.diagnostics).toEqual(["handled-before", "handled-before"]);
  });

  it.each([
    ["the same nick, id and words", F, "a", "one", false],
    ["another nick", S, "a", "one", true],
    ["another id", F, "b", "one", true],
    ["other words", F, "a", "One", true],
  ])("where the room gives none, by nick, id and words: %s", async (_what, nick, id, body, isNew) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { body: "one", id: "a" }), message(nick, { body, id }));
    expect(heard(events)).toEqual([`live ${F}: one`, ...(isNew ? [`live ${nick}: ${body}`] : [])]);
  });

  it("without any id, whoever says the same again says it again", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, "yes"), message(F, "yes"));
    expect(heard(events)).toEqual([`live ${F}: yes`, `live ${F}: yes`]);
  });

  it("is known as long as it is remembered", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const line = (n: number): string => message(F, { body: `${n}`, id: `${n}`, more: sid(`${n}`) });
    stage.receive(...Array.from({ length: 257 }, (_, n) => line(n)), line(1), line(0));
    expect(events.filter(({ type }) => type === "message")).toHaveLength(258);
    expect(stage.diagnostics).toEqual(["handled-before"]);
  });
});
