// What the history after a gap brings: every message is handled once, and what is missing is said.
import { describe, expect, it } from "vitest";

import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import { only, Stage, turn, types, type Joined } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  features,
  message,
  own,
  presence,
  R,
  S,
  subject,
  T,
  unavailable,
} from "../support/stanzas.js";

const OCCUPANT_ID = "urn:xmpp:occupant-id:0";
const sid = (id: string, by = R): string => `<stanza-id xmlns="urn:xmpp:sid:0" by="${by}" id="${id}"/>`;
const idOf = (id: string): string => `<occupant-id xmlns="${OCCUPANT_ID}" id="${id}"/>`;
const at = (stamp: string): string => `<delay xmlns="urn:xmpp:delay" from="${R}" stamp="${stamp}"/>`;

/** A line of the history. */
const past = (nick: string, body: string, init: { id?: string; more?: string } = {}): string =>
  message(nick, { ...init, body, delayed: true });

/** What was told of messages, in order. */
const heard = (events: readonly AnyRoomEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "message" ? [`${event.source} ${event.nick}: ${event.body}`] : [],
  );

/** The session is lost for some seconds, and the room asked for again. */
async function out(stage: Stage, { seconds = 60, trusted = [] as string[] } = {}): Promise<void> {
  stage.session.lose();
  stage.clock.advance(seconds * 1_000);
  stage.session.establish();
  await turn();
  stage.session.answer(DISCO_INFO, { payload: features(...trusted) });
}

/** In again, after these lines. */
async function backWith(stage: Stage, joined: Joined, ...lines: readonly string[]): Promise<void> {
  joined.events.length = 0;
  await out(stage);
  stage.receive(presence(F), own(), ...lines, subject());
}

const seconds = (stage: Stage): string | undefined =>
  stage.session
    .sentOf("presence")
    .at(-1)
    ?.getChild("x", "http://jabber.org/protocol/muc")
    ?.getChild("history")?.attrs["seconds"];

describe("a message is handled once", () => {
  it("by the id that the room gave it, whatever else changed (XEP-0359 §3)", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(
      message(F, { body: "one", id: "a", more: sid("1") }),
      message(F, { body: "two", id: "b", more: sid("2") }),
    );
    await backWith(
      stage,
      joined,
      past("another", "one, changed", { id: "x", more: sid("1") }),
      past(F, "two", { id: "b", more: sid("2") }),
      past(F, "two", { id: "b", more: sid("3") }),
    );
    expect(heard(joined.events)).toEqual([`missed ${F}: two`]);
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 1, gap: null });
    expect(stage.diagnostics).toEqual(["handled-before", "handled-before"]);
  });

  it("an id in somebody else's name is none of the room's", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(message(F, { body: "one", id: "a", more: sid("1", `${R}/${F}`) }));
    await backWith(stage, joined, past(F, "two", { id: "b", more: sid("1", `${R}/${F}`) }));
    expect(heard(joined.events)).toEqual([`missed ${F}: two`]);
  });

  it.each([
    ["the same nick, id and words", F, "a", "one", false],
    ["another nick", S, "a", "one", true],
    ["another id", F, "b", "one", true],
    ["other words", F, "a", "One", true],
    ["no id", F, undefined, "one", true],
  ])("where the room gives none, by nick, id and words: %s", async (_what, nick, id, body, isNew) => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(message(F, { body: "one", id: "a" }));
    await backWith(stage, joined, past(nick, body, id === undefined ? {} : { id }));
    expect(heard(joined.events)).toEqual(isNew ? [`missed ${nick}: ${body}`] : []);
  });

  it("without any id by nick and words, counted", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(message(F, "yes"), message(F, "yes"));
    await backWith(stage, joined, past(F, "yes"), past(F, "yes"), past(F, "yes"));
    expect(heard(joined.events)).toEqual([`missed ${F}: yes`]);
    expect(only(joined.events, "caughtUp").missed).toBe(1);
  });

  it("… of the last minute: who says the same again later says it again", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(message(F, "yes"));
    stage.clock.advance(61_000);
    stage.receive(presence(F));
    await backWith(stage, joined, past(F, "yes"));
    expect(heard(joined.events)).toEqual([`missed ${F}: yes`]);
  });

  it("equal lines of one history are each themselves", async () => {
    const stage = new Stage();
    const { events } = await stage.join();
    stage.receive(presence(F), own(), past(F, "yes"), past(F, "yes"), subject());
    expect(heard(events)).toEqual([`replay ${F}: yes`, `replay ${F}: yes`]);
  });

  it("what came as history, or was missed, is not missed again", async () => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.receive(presence(F), own(), past(F, "one", { id: "a" }), subject());
    await backWith(stage, joined, past(F, "one", { id: "a" }), past(F, "two", { id: "b" }));
    expect(heard(joined.events)).toEqual([`missed ${F}: two`]);
    await backWith(stage, joined, past(F, "one", { id: "a" }), past(F, "two", { id: "b" }));
    expect([heard(joined.events), only(joined.events, "caughtUp").missed]).toEqual([[], 0]);
  });

  it("corrections, retractions and reactions too", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const retract = `<retract xmlns="urn:xmpp:message-retract:1" id="m"/>`;
    const correct = `<replace xmlns="urn:xmpp:message-correct:0" id="m"/>`;
    const reactTo = (id: string): string =>
      `<reactions xmlns="urn:xmpp:reactions:0" id="${id}"><reaction>👍</reaction></reactions>`;
    stage.receive(
      message(F, { body: null, id: "a", more: retract }),
      message(F, { body: "x", id: "b", more: correct }),
      message(F, { body: null, id: "c", more: reactTo("m") }),
    );
    await backWith(
      stage,
      joined,
      message(F, { body: null, id: "a", delayed: true, more: retract }),
      message(F, { body: "x", id: "b", delayed: true, more: correct }),
      message(F, { body: null, id: "c", delayed: true, more: reactTo("m") }),
      message(F, { body: null, id: "d", delayed: true, more: reactTo("n") }),
    );
    expect(types(joined.events).filter((type) => type === "messageUpdate")).toHaveLength(1);
    expect(only(joined.events, "messageUpdate")).toMatchObject({
      kind: "reaction",
      targetId: "n",
      source: "missed",
    });
    expect(only(joined.events, "caughtUp").missed).toBe(1);
  });
});

describe("what is asked for after a gap", () => {
  it("is the time since the last stanza of the room, which what comes amid the next catch-up does not move", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.clock.advance(10_000);
    stage.receive(message(F, { body: "last", id: "a" }));
    await out(stage, { seconds: 60 });
    expect(seconds(stage)).toBe("90");
    stage.receive(presence(F), own(), past(F, "one", { id: "b" }));
    await out(stage, { seconds: 100 });
    expect(seconds(stage)).toBe("190");
    joined.events.length = 0;
    stage.receive(
      presence(F),
      own(),
      past(F, "last", { id: "a" }),
      past(F, "one", { id: "b" }),
      past(F, "two", { id: "c" }),
      subject(),
    );
    expect(heard(joined.events)).toEqual([`missed ${F}: two`]);
    // The last that was handled is the missed one: it is there.
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 2, gap: null });
    await out(stage, { seconds: 5 });
    expect(seconds(stage)).toBe("35");
  });

  it("what a resumed stream brings late does not move it: nobody knows when that was (XEP-0198 §5)", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.receive(message(F, { body: "one", id: "a" }));
    stage.session.interrupt();
    stage.clock.advance(240_000);
    stage.session.resume();
    // Put out four minutes ago, or just now: what was said since then would be missing.
    stage.receive(message(F, { body: "two", id: "b" }), unavailable(T, { codes: [110, 332] }));
    const retryInMs = stage.clock.nextInMs ?? 0;
    stage.clock.advance(retryInMs);
    await turn();
    expect(seconds(stage)).toBe(String(Math.ceil((240_000 + retryInMs) / 1_000) + 30));
    stage.receive(own(), past(F, "two", { id: "b" }), past(F, "three", { id: "c" }), subject());
    expect(heard(joined.events)).toEqual([`live ${F}: one`, `live ${F}: two`, `missed ${F}: three`]);
  });

  it("what comes half a minute after a resumption moves it again", async () => {
    const stage = new Stage();
    await stage.active();
    stage.session.interrupt();
    stage.clock.advance(240_000);
    stage.session.resume();
    stage.clock.advance(31_000);
    stage.receive(message(F, { body: "now", id: "a" }));
    await out(stage, { seconds: 5 });
    expect(seconds(stage)).toBe("35");
  });

  it("no further back than what is remembered, where more came late than that", async () => {
    const stage = new Stage();
    await stage.active();
    stage.session.interrupt();
    stage.clock.advance(240_000);
    stage.session.resume();
    for (let n = 0; n < 300; n++) stage.receive(message(F, { body: `m${n}`, id: `m${n}` }));
    await out(stage, { seconds: 60 });
    expect(seconds(stage)).toBe("59");
  });

  it("a rejoin that the room refused does not move it either", async () => {
    const stage = new Stage();
    await stage.active();
    await out(stage, { seconds: 10 });
    stage.receive(
      `<presence from="${R}" type="error"><error type="wait"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`,
    );
    const retryInMs = stage.clock.nextInMs ?? 0;
    stage.clock.advance(retryInMs);
    await turn();
    expect(seconds(stage)).toBe(String(Math.ceil((10_000 + retryInMs) / 1_000) + 30));
  });

  it("goes no further back than what is remembered: in a busy room that would be handled twice", async () => {
    const stage = new Stage();
    await stage.active();
    stage.clock.advance(60_000);
    for (let n = 0; n < 300; n++) {
      stage.receive(message(F, { body: `m${n}`, id: `m${n}` }));
      stage.clock.advance(20);
    }
    await out(stage, { seconds: 60 });
    // 256 messages at 20 ms each are some five seconds.
    expect(Number(seconds(stage))).toBeGreaterThan(60);
    expect(Number(seconds(stage))).toBeLessThanOrEqual(65);
  });
});

describe("a gap", () => {
  const active = async (): Promise<{ stage: Stage; joined: Joined }> => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.clock.advance(5_000);
    stage.receive(message(F, { body: "last", id: "a" }));
    return { stage, joined };
  };

  it("is none where the last message that was handled is among the history", async () => {
    const { stage, joined } = await active();
    await backWith(stage, joined, past(F, "last", { id: "a" }), past(S, "new", { id: "b" }));
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 1, gap: null });
  });

  it("lies between the last stanza and the first line, where the history does not reach back", async () => {
    const { stage, joined } = await active();
    const lostAt = new Date(stage.clock.now());
    const first = new Date(lostAt.getTime() + 40_000);
    await backWith(stage, joined, message(S, { body: "new", id: "b", more: at(first.toISOString()) }));
    expect(only(joined.events, "caughtUp")).toMatchObject({
      missed: 1,
      gap: { since: lostAt, until: first },
    });
    const warnings = stage.log.filter(({ text }) => text.includes("does not reach back"));
    expect(warnings.map(({ level, fields }) => [level, fields["since"]])).toEqual([
      ["warn", lostAt.toISOString()],
    ]);
  });

  it("is the whole time, where the room tells no history", async () => {
    const { stage, joined } = await active();
    const since = new Date(stage.clock.now());
    await backWith(stage, joined);
    const until = new Date(stage.clock.now());
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 0, gap: { since, until } });
  });

  it("is none where only what no history keeps came after the last message, such as a reaction", async () => {
    const { stage, joined } = await active();
    const reaction = '<reactions xmlns="urn:xmpp:reactions:0" id="a"><reaction>👍</reaction></reactions>';
    stage.receive(message(F, { body: null, id: "r", more: reaction }));
    await backWith(stage, joined, past(F, "last", { id: "a" }), past(S, "new", { id: "b" }));
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 1, gap: null });
  });

  it("is none in a room where nothing was said for so long that it was not asked for", async () => {
    const { stage, joined } = await active();
    stage.clock.advance(31_000);
    stage.receive(presence(F));
    await backWith(stage, joined);
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 0, gap: null });
  });

  it("is none where nothing was ever handled, and none at the first join", async () => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.receive(presence(F), own(), subject());
    expect(only(joined.events, "caughtUp")).toMatchObject({ missed: 0, gap: null });
    await backWith(stage, joined, past(F, "new", { id: "a" }));
    expect([heard(joined.events), only(joined.events, "caughtUp").gap]).toEqual([[`missed ${F}: new`], null]);
  });
});

describe("our own among what we missed", () => {
  it("is a reflection where its id is ours, and no message of somebody else's", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    await joined.room.sendMessage({ body: "hello", id: "mine" });
    await backWith(stage, joined, past(T, "hello", { id: "mine" }));
    expect(heard(joined.events)).toEqual([`reflection ${T}: hello`]);
    expect(only(joined.events, "message").occupant).toBe(joined.room.me);
    expect(only(joined.events, "caughtUp").missed).toBe(0);
  });

  it("is a reflection where the room vouches for us, and somebody else's where it vouches for them", async () => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.session.answer(DISCO_INFO, { payload: features(OCCUPANT_ID) });
    stage.receive(presence(F), own({ more: idOf("me") }), subject());
    joined.events.length = 0;
    await out(stage, { trusted: [OCCUPANT_ID] });
    stage.receive(
      presence(F),
      own({ more: idOf("me") }),
      past("an old nick", "ours", { more: idOf("me") }),
      past(T, "theirs", { more: idOf("thief") }),
      subject(),
    );
    expect(heard(joined.events)).toEqual(["reflection an old nick: ours", `missed ${T}: theirs`]);
  });

  it("may be ours by the nick alone: then it is history, and nobody answers it", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    await backWith(stage, joined, past(T, "!quit", { id: "x" }));
    expect(heard(joined.events)).toEqual([`replay ${T}: !quit`]);
  });

  it("tells its tracker that it was delivered", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const tracker = joined.room.sendMessageTracked({ body: "hello", id: "mine" });
    await backWith(stage, joined, past(T, "hello", { id: "mine" }));
    expect([tracker.state, heard(joined.events)]).toEqual(["deliveredToRecipient", []]);
  });
});

it("somebody who was missed is a stranger, though somebody has the nick", async () => {
  const stage = new Stage();
  const joined = await stage.active();
  await backWith(stage, joined, past(F, "let me in", { id: "x" }));
  const { occupant } = only(joined.events, "message");
  expect(occupant).not.toBe(joined.room.getOccupant(F));
  expect([occupant.role, occupant.affiliation]).toEqual(["none", "none"]);
});
