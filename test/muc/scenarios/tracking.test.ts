// Messages whose fate somebody wants to know.
import { describe, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { ArgumentError, NotJoinedError, RequestTimeoutError } from "../../../src/base/errors.js";
import { LanguageMap } from "../../../src/base/language-map.js";
import type { MessageTracker } from "../../../src/muc/message-tracker.js";
import { only, settled, Stage, turn, types } from "../support/stage.js";
import { errorOf, F, message, own, presence, R, subject, T, unavailable } from "../support/stanzas.js";

const bounce = (id: string, from = R, condition = "forbidden"): string =>
  `<message from="${from}" id="${id}" type="error">${errorOf(condition)}</message>`;
const bodies = (texts: Readonly<Record<string, string>>): string =>
  Object.entries(texts)
    .map(([language, text]) =>
      language === "" ? `<body>${text}</body>` : `<body xml:lang="${language}">${text}</body>`,
    )
    .join("");
const reflection = (
  id: string,
  texts: Readonly<Record<string, string>> = { "": "hello" },
  nick = T,
): string => message(nick, { id, body: null, more: bodies(texts) });

async function tracked(...texts: readonly (string | LanguageMap)[]) {
  const stage = new Stage();
  const joined = await stage.active();
  const trackers = texts.map((body, index) => joined.room.sendMessageTracked({ body, id: `m${index + 1}` }));
  const [tracker] = trackers;
  if (tracker === undefined) throw new Error("no text");
  return { stage, ...joined, trackers, tracker };
}

const states = (...trackers: readonly MessageTracker[]): string[] => trackers.map(({ state }) => state);

describe("a tracked message", () => {
  it("77: goes to the room, with an id, and is in transit", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const tracker = room.sendMessageTracked("hello");
    const [sent] = stage.session.sentOf("message");
    expect(sent?.attrs).toMatchObject({ to: R, type: "groupchat", id: tracker.id });
    expect(sent?.getChild("origin-id", "urn:xmpp:sid:0")?.attrs["id"]).toBe(tracker.id);
    expect([tracker.id, tracker.state, tracker.response, tracker.closed]).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      "inTransit",
      null,
      false,
    ]);
  });

  it("74, 79: is refused before we are in, and where it says nothing, at once", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    expect(() => room.sendMessageTracked("hello")).toThrow(NotJoinedError);
    const { room: other } = await new Stage().active();
    expect(() => other.sendMessageTracked({})).toThrow(ArgumentError);
    expect(() => other.sendMessageTracked({ body: new LanguageMap() })).toThrow(ArgumentError);
    for (const timeoutMs of [0, -1, NaN])
      expect(() => other.sendMessageTracked("x", { timeoutMs })).toThrow(ArgumentError);
  });

  it("73, 80: comes back to its tracker by its id, whatever its text, and is no message", async () => {
    const { stage, room, events, tracker } = await tracked("hello");
    const told: unknown[] = [];
    tracker.on("state", (event) => told.push(event));
    stage.receive(reflection("m1", { "": "HELLO" }));
    expect(events).toEqual([]);
    const delivered = await tracker.delivered;
    expect([delivered.body, delivered.source, delivered.occupant]).toEqual(["HELLO", "reflection", room.me]);
    expect([tracker.state, tracker.response]).toEqual(["deliveredToRecipient", delivered]);
    expect(told).toEqual([{ state: "deliveredToRecipient", response: delivered }]);
    stage.receive(reflection("m1"));
    expect(only(events, "message").source).toBe("reflection");
  });

  it("80: by its origin-id, where the service gave it another id", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(
      message(T, { id: "x", body: "other", more: `<origin-id xmlns="urn:xmpp:sid:0" id="m1"/>` }),
    );
    expect([states(tracker), events]).toEqual([["deliveredToRecipient"], []]);
  });

  it.each([
    ["82: a language that was added", { "": "x" }, { de: "x" }, true],
    ["83: a language that was taken away", { de: "x" }, { "": "x" }, false],
    ["86: another text", { "": "x" }, { "": "y" }, false],
    ["all languages", { "": "x", de: "y" }, { "": "x", de: "y" }, true],
    ["all languages, the one without inherits", { "": "x", de: "y" }, { en: "x", de: "y" }, true],
    ["one language less", { "": "x", de: "y" }, { "": "x" }, false],
    ["one that differs", { "": "x", de: "y" }, { "": "x", de: "z" }, false],
    ["one more", { "": "x" }, { "": "x", de: "y" }, true],
  ])("%s, with a foreign id", async (_what, sent, came, matched) => {
    const { stage, events, tracker } = await tracked(LanguageMap.from(sent));
    stage.receive(reflection("x", came));
    expect(tracker.state).toBe(matched ? "deliveredToRecipient" : "inTransit");
    expect(types(events)).toEqual(matched ? [] : ["message"]);
  });

  it("85: is not found in what others say, by text or by id", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(
      reflection("x", undefined, F),
      reflection("m1", undefined, F),
      reflection("m1", undefined, "fnord"),
    );
    expect(types(events)).toEqual(["message", "message", "message"]);
    expect(tracker.state).toBe("inTransit");
  });

  it("88: two of one text come back in order", async () => {
    const { stage, trackers } = await tracked("hello", "hello");
    stage.receive(reflection("x"));
    expect(states(...trackers)).toEqual(["deliveredToRecipient", "inTransit"]);
    stage.receive(reflection("y"));
    expect(states(...trackers)).toEqual(["deliveredToRecipient", "deliveredToRecipient"]);
  });

  it("91: of two of one text the first is closed: the reflection is the second's", async () => {
    const { stage, events, tracker, trackers } = await tracked("hello", "hello");
    tracker.close();
    stage.receive(reflection("x"));
    expect([states(...trackers), events]).toEqual([["inTransit", "deliveredToRecipient"], []]);
  });

  it("92: of two of one text each by its own id, in any order", async () => {
    const { stage, trackers } = await tracked("hello", "hello");
    stage.receive(reflection("m2"));
    expect(states(...trackers)).toEqual(["inTransit", "deliveredToRecipient"]);
    stage.receive(reflection("m1"));
    expect(states(...trackers)).toEqual(["deliveredToRecipient", "deliveredToRecipient"]);
  });

  it("89: is seen when somebody else says so (XEP-0333), and stays so", async () => {
    const { stage, events, tracker } = await tracked("hello");
    const displayed = (id: string, nick: string): string =>
      message(nick, { body: null, more: `<displayed xmlns="urn:xmpp:chat-markers:0" id="${id}"/>` });
    stage.receive(displayed("m1", F));
    expect(tracker.state).toBe("inTransit");
    stage.receive(message(T, { id: "m1", more: `<stanza-id xmlns="urn:xmpp:sid:0" by="${R}" id="s1"/>` }));
    stage.receive(displayed("s1", T), displayed("s2", F));
    expect(tracker.state).toBe("deliveredToRecipient");
    stage.receive(displayed("s1", F), displayed("m1", F));
    expect(tracker.state).toBe("seenByRecipient");
    expect(types(events)).toEqual(Array.from({ length: 5 }, () => "signal"));
  });

  it("94: the room's error is the tracker's, and no messageError", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(bounce("m1"));
    expect(events).toEqual([]);
    expect([tracker.state, tracker.response?.type]).toEqual(["error", "messageError"]);
    await expect(tracker.delivered).rejects.toMatchObject({ code: "xmpp", condition: "forbidden" });
  });

  it("94: anybody else's error is noticed", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(bounce("m1", `${R}/${F}`), bounce("m1", `${R}/${T}`), bounce("m2"));
    expect([events, tracker.state]).toEqual([[], "inTransit"]);
    expect(stage.diagnostics).toEqual(Array.from({ length: 3 }, () => "stray-message-error"));
  });

  it("94: not-acceptable means here too that we are not in", async () => {
    const { stage, room, events, tracker } = await tracked("hello");
    stage.receive(bounce("m1", R, "not-acceptable"));
    expect([types(events), room.state, tracker.state]).toEqual([["suspend"], "waiting", "error"]);
  });

  it("95: an error after it came back changes nothing", async () => {
    const { stage, tracker } = await tracked("hello");
    stage.receive(reflection("m1"), bounce("m1"));
    expect(tracker.state).toBe("deliveredToRecipient");
  });

  it("97: that came back after all is delivered", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(bounce("m1"), reflection("m1"));
    expect([tracker.state, tracker.response?.type, events]).toEqual(["deliveredToRecipient", "message", []]);
  });

  it("98: is with the server when that says so (XEP-0198), unless it has come back already", async () => {
    const { stage, tracker } = await tracked("hello");
    stage.session.acknowledge();
    expect(tracker.state).toBe("deliveredToServer");
    const { stage: other, tracker: back } = await tracked("hello");
    other.receive(reflection("m1"));
    other.session.acknowledge();
    expect(back.state).toBe("deliveredToRecipient");
  });

  it("101: is closed after its time: the state stays, and what comes back is an ordinary message", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const tracker = room.sendMessageTracked({ body: "hello", id: "m1" }, { timeoutMs: 5_000 });
    stage.clock.advance(4_999);
    expect(tracker.closed).toBe(false);
    stage.clock.advance(1);
    expect([tracker.closed, tracker.state]).toEqual([true, "inTransit"]);
    await expect(tracker.delivered).rejects.toThrow(RequestTimeoutError);
    stage.receive(reflection("m1"));
    expect(only(events, "message").source).toBe("reflection");
  });

  it("101: that came back in time is not closed by it", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const tracker = room.sendMessageTracked({ body: "hello", id: "m1" }, { timeoutMs: 5_000 });
    stage.receive(reflection("m1"));
    stage.clock.advance(10_000);
    expect([tracker.closed, tracker.state]).toEqual([false, "deliveredToRecipient"]);
  });

  it("is not waited for by the error of a closed tracker: that is a messageError", async () => {
    const { stage, events, tracker } = await tracked("hello");
    tracker.close();
    stage.receive(bounce("m1"));
    expect(only(events, "messageError").id).toBe("m1");
  });

  it("without a text comes back by its id", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const tracker = room.sendMessageTracked({
      id: "m1",
      extensions: [xml("active", { xmlns: "http://jabber.org/protocol/chatstates" })],
    });
    stage.receive(message(T, { id: "m1", body: null }));
    expect([tracker.state, events]).toEqual(["deliveredToRecipient", []]);
  });

  it("that was split is delivered when all of it is", async () => {
    const stage = new Stage({ prepare: (draft) => [draft, { ...draft, body: "and more" }] });
    const { room, events } = await stage.active();
    const tracker = room.sendMessageTracked({ body: "much", id: "m1" });
    const [first, second] = stage.session.sentOf("message");
    expect([first?.attrs["id"], second?.attrs["id"] !== "m1"]).toEqual(["m1", true]);
    stage.receive(reflection("m1"));
    expect(tracker.state).toBe("inTransit");
    stage.receive(reflection(second?.attrs["id"] ?? "", { "": "and more" }));
    expect([tracker.state, (await tracker.delivered).body, events]).toEqual([
      "deliveredToRecipient",
      "and more",
      [],
    ]);
  });

  it("of which the hook left nothing is refused", async () => {
    const stage = new Stage({ prepare: () => [] });
    const { room } = await stage.active();
    expect(() => room.sendMessageTracked("x")).toThrow(ArgumentError);
  });

  it("that could not be sent is aborted, with the reason", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.session.broken = new Error("too large");
    const tracker = room.sendMessageTracked("x");
    await expect(tracker.delivered).rejects.toThrow("too large");
    expect([tracker.state, tracker.closed]).toEqual(["aborted", true]);
  });

  it("follows our own change of nick", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.receive(
      unavailable(T, { codes: [110, 303], item: { nick: "hag" } }),
      presence("hag", { codes: [110] }),
    );
    events.length = 0;
    stage.receive(reflection("x", undefined, T));
    expect(tracker.state).toBe("inTransit");
    stage.receive(reflection("x", undefined, "hag"));
    expect(tracker.state).toBe("deliveredToRecipient");
  });
});

describe("a tracked message when we are out", () => {
  const rejoin = (stage: Stage, ...history: string[]): void =>
    stage.receive(presence(F), own(), ...history, subject());

  it("for good is aborted", async () => {
    const { stage, tracker } = await tracked("hello");
    stage.receive(unavailable(T, { codes: [110, 301] }));
    await expect(tracker.delivered).rejects.toThrow(NotJoinedError);
    expect([tracker.state, tracker.closed]).toEqual(["aborted", true]);
  });

  it("for a while stays in transit, and is delivered when it is found in the catch-up", async () => {
    const { stage, events, tracker } = await tracked("hello");
    stage.session.lose();
    expect([tracker.state, await settled(tracker.delivered)]).toEqual(["inTransit", "pending"]);
    stage.session.establish();
    await turn();
    rejoin(stage, message(T, { id: "m1", delayed: true }));
    expect((await tracker.delivered).source).toBe("reflection");
    expect(types(events)).not.toContain("message");
  });

  it("for a while is aborted when it is not found there", async () => {
    const { stage, tracker } = await tracked("hello");
    stage.session.lose();
    stage.session.establish();
    await turn();
    rejoin(stage, message(T, { id: "x", delayed: true }), message(F, { id: "m1", delayed: true }));
    await expect(tracker.delivered).rejects.toThrow(NotJoinedError);
    expect(tracker.state).toBe("aborted");
  });

  it("and in again: one that is sent before the catch-up is over goes on", async () => {
    const { stage, room } = await tracked("hello");
    stage.session.lose();
    stage.session.establish();
    await turn();
    stage.receive(presence(F), own());
    const tracker = room.sendMessageTracked({ body: "here again", id: "m9" });
    stage.receive(subject());
    expect([room.state, tracker.state]).toEqual(["active", "inTransit"]);
  });

  it("that came back already stays delivered", async () => {
    const { stage, tracker } = await tracked("hello");
    stage.receive(reflection("m1"), unavailable(T, { codes: [110, 301] }));
    expect([tracker.state, tracker.closed]).toEqual(["deliveredToRecipient", true]);
  });
});

describe("nothing leaks", () => {
  it("of those that nobody closes the oldest is closed", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const first = room.sendMessageTracked("x");
    for (let n = 0; n < 1_023; n++) room.sendMessageTracked("x");
    expect(first.closed).toBe(false);
    room.sendMessageTracked("x");
    expect([first.closed, first.state]).toEqual([true, "inTransit"]);
  });

  it("of those that came back only the last few can yet be seen", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const trackers = Array.from({ length: 65 }, (_x, n) =>
      room.sendMessageTracked({ body: "x", id: `m${n}` }),
    );
    for (const { id } of trackers) stage.receive(reflection(id));
    expect(trackers.filter(({ closed }) => closed)).toEqual([trackers[0]]);
  });
});
