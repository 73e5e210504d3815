import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../../src/base/errors.js";
import { JoinError } from "../../../src/muc/join-error.js";
import type { JoinOptions } from "../../../src/muc/join-options.js";
import { only, record, settled, Stage, turn, types } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  message,
  own,
  OWNER,
  presence,
  R,
  refusal,
  S,
  subject,
  T,
  unavailable,
} from "../support/stanzas.js";

const MUC = "http://jabber.org/protocol/muc";

/** The join presence that went out last. */
function joinSent(stage: Stage) {
  const sent = stage.session.sentOf("presence").at(-1);
  if (sent === undefined) throw new Error("no presence was sent");
  return sent;
}

async function reasonOf(entered: Promise<void>): Promise<string> {
  const error: unknown = await entered.then(
    () => new Error("entered"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JoinError);
  return (error as JoinError).reason;
}

describe("asking to enter", () => {
  it("1: one presence to the nick, with neither password nor history; the room is known, and told of once (XEP-0045 §7.2.2)", async () => {
    const stage = new Stage();
    const added: string[] = [];
    stage.client.on("roomAdded", ({ room }) => added.push(room.jid.toString()));
    const { room, entered } = await stage.join();
    expect(stage.session.sentOf("presence")).toHaveLength(1);
    const x = joinSent(stage).getChild("x", MUC);
    expect(joinSent(stage).attrs).toMatchObject({ to: `${R}/${T}` });
    expect(joinSent(stage).attrs["type"]).toBeUndefined();
    expect(x?.children).toEqual([]);
    expect(await settled(entered)).toBe("pending");
    expect(stage.client.getRoom(R)).toBe(room);
    expect([...stage.client.rooms.keys()]).toEqual([R]);
    expect(added).toEqual([R]);
    expect([room.state, room.joined, room.active, room.me, room.nick]).toEqual([
      "joining",
      false,
      false,
      null,
      T,
    ]);
  });

  it("asks what the room can before it asks to enter: the answer is there before the history", async () => {
    const stage = new Stage();
    await stage.join();
    expect(stage.session.sent.map(({ name }) => name)).toEqual(["iq", "presence"]);
    expect(stage.session.sent[0]?.getChild("query", DISCO_INFO)).toBeDefined();
  });

  it("fires no event before the turn after join() returned", () => {
    const stage = new Stage({ state: "stopped" });
    const { room } = stage.client.join(R, T);
    const events = record(room);
    expect([stage.session.sent, events]).toEqual([[], []]);
    return turn().then(() => expect(types(events)).toEqual(["failure"]));
  });

  it("2: a password is sent, and kept; autorejoin is the default (XEP-0045 §7.2.5)", async () => {
    const stage = new Stage();
    const { room } = await stage.join({ password: "cauldronburn" });
    expect(joinSent(stage).getChild("x", MUC)?.getChildText("password")).toBe("cauldronburn");
    expect([room.password, room.autorejoin]).toEqual(["cauldronburn", true]);
  });

  it("4: history is asked for exactly as wanted (XEP-0045 §7.2.14)", async () => {
    const stage = new Stage();
    await stage.join({ history: { maxStanzas: 20, since: new Date("2026-01-01T00:00:00Z") } });
    const x = joinSent(stage).getChild("x", MUC);
    expect(x?.getChild("history")?.attrs).toEqual({ maxstanzas: "20", since: "2026-01-01T00:00:00.000Z" });
    expect(x?.getChild("password")).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["a text", "text"],
    ["null", null],
    ["a negative number", { maxStanzas: -1 }],
    ["no number", { seconds: "3" }],
    ["half a second", { seconds: 0.5 }],
    ["an invalid date", { since: new Date(Number.NaN) }],
  ])("5: history that is %s is refused, and nothing is sent", async (_what, history) => {
    const stage = new Stage();
    expect(() => stage.client.join(R, T, { history } as JoinOptions)).toThrow(ArgumentError);
    await turn();
    expect(stage.session.sent).toEqual([]);
    expect(stage.client.getRoom(R)).toBeUndefined();
  });

  it.each([
    ["an occupant", `${R}/${F}`, T],
    ["a service", "chat.shakespeare.lit", T],
    ["no address", "@", T],
    ["a blank nick", R, "  "],
    ["a nick with a line break", R, "third\nwitch"],
    ["a nick too long for a JID", R, "x".repeat(1024)],
  ])("%s cannot be joined", (_what, jid, nick) => {
    const stage = new Stage();
    expect(() => stage.client.join(jid, nick)).toThrow(ArgumentError);
    expect(stage.client.rooms.size).toBe(0);
  });

  it("7: a second join while the first is pending gives the same room and the same promise, and sends nothing", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join();
    const sent = stage.session.sent.length;
    const again = stage.client.join(R, "another", { password: "x" });
    await turn();
    expect(again.room).toBe(room);
    expect(again.entered).toBe(entered);
    expect([stage.session.sent.length, room.nick, room.password]).toEqual([sent, T, null]);
  });

  it("8: a join of a room that we are in gives it, with a promise that is fulfilled", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const again = stage.client.join(R.toUpperCase().replace("CHAT", "chat"), T);
    expect(again.room).toBe(room);
    expect(await settled(again.entered)).toBe("fulfilled");
    expect(stage.session.sent).toEqual([]);
  });
});

describe("entering", () => {
  it("10: own presence fulfils the promise, without a value; the history follows (XEP-0045 §7.1, §7.2.13)", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join();
    stage.receive(own());
    expect(await entered).toBeUndefined();
    expect(room.me?.isSelf).toBe(true);
    expect(room.me?.jid.toString()).toBe(`${R}/${T}`);
    expect([room.state, room.joined, room.active]).toEqual(["history", true, false]);
  });

  it("11: `enter` tells the codes, and that the room was made (XEP-0045 §7.2.4, §10.1.1)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(own({ codes: [100, 201] }));
    const enter = only(events, "enter");
    expect(enter.occupant).toBe(room.me);
    expect(enter.statusCodes).toEqual(new Set([100, 110, 201]));
    expect(enter.created).toBe(true);
    expect(enter.stanza?.attrs["from"]).toBe(`${R}/${T}`);
  });

  it("13: those who are there first, then ourselves; we come first in the list (XEP-0045 §7.1, §7.2.3)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(F), presence(S), own());
    expect(types(events)).toEqual(["join", "join", "enter"]);
    expect(events.slice(0, 2).every((event) => event.type === "join" && event.initial)).toBe(true);
    expect(room.occupants.map(({ nick }) => nick)).toEqual([T, F, S]);
    expect(room.occupants).toBe(room.occupants);
  });

  it("14: the room may give us another nick (210) (XEP-0045 §7.2.3)", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    stage.receive(presence("third-1", { codes: [110, 210] }));
    expect([room.nick, room.me?.nick]).toEqual(["third-1", "third-1"]);
    void room.leave();
    expect(joinSent(stage).attrs).toMatchObject({ to: `${R}/third-1`, type: "unavailable" });
  });

  it("a room that did not exist is opened as it is, and a warning says so (XEP-0045 §10.1.2)", async () => {
    const stage = new Stage();
    const { entered } = await stage.join();
    stage.receive(own({ codes: [201] }), subject());
    expect(await settled(entered)).toBe("pending");
    const request = stage.session.sent.find((stanza) => stanza.getChild("query", OWNER));
    expect(request?.attrs).toMatchObject({ type: "set", to: R });
    expect(request?.getChild("query")?.getChild("x", "jabber:x:data")?.attrs).toMatchObject({
      type: "submit",
    });
    stage.session.answer(OWNER);
    expect(await settled(entered)).toBe("fulfilled");
    expect(stage.log.some(({ level, text }) => level === "warn" && text.includes("did not exist"))).toBe(
      true,
    );
  });

  it("a new room that cannot be opened does not leave us in limbo", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join();
    stage.receive(own({ codes: [201] }), subject());
    stage.session.answer(OWNER, { error: "forbidden" });
    expect(await settled(entered)).toBe("fulfilled");
    expect(room.active).toBe(true);
  });

  it("a room that did not exist is left again where it should not be made", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join({ create: "refuse" });
    stage.receive(own({ codes: [201] }));
    expect(joinSent(stage).attrs["type"]).toBe("unavailable");
    stage.receive(unavailable(T, { codes: [110] }));
    expect(await reasonOf(entered)).toBe("aborted");
    expect(only(events, "exit").mode).toBe("normal");
    expect(stage.session.sent.some((stanza) => stanza.getChild("query", OWNER))).toBe(false);
  });
});

describe("16: own presence without status 110", () => {
  it("is nobody's while the list of occupants goes on", async () => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join();
    stage.receive(presence(F), presence(T), presence(S));
    expect(types(events)).toEqual(["join", "join"]);
    expect([room.state, room.me, room.getOccupant(T)]).toEqual(["joining", null, null]);
    expect(await settled(entered)).toBe("pending");
  });

  it.each([
    ["the subject", subject(F, "witches"), ["enter", "subject", "caughtUp"], "active"],
    ["a line of the history", message(F, { delayed: true }), ["enter", "message"], "history"],
    ["a live message", message(F), ["enter", "caughtUp", "message"], "active"],
  ])("is ours once %s says that the list is over", async (_what, sign, told, state) => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join();
    stage.receive(presence(F), presence(T, { item: { role: "visitor" } }), sign);
    await entered;
    expect(types(events).slice(1)).toEqual(told);
    expect(room.me?.nick).toBe(T);
    expect(room.me?.role).toBe("visitor");
    expect(room.state).toBe(state);
    expect(room.occupants[0]).toBe(room.me);
  });

  it("is ours when the time for an answer is over", async () => {
    const stage = new Stage();
    const { entered, room } = await stage.join();
    stage.receive(presence(T));
    stage.clock.advance(29_999);
    expect(await settled(entered)).toBe("pending");
    stage.clock.advance(1);
    await entered;
    expect(room.state).toBe("history");
  });

  it("is somebody else's where the room gives us another nick", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(T), presence("third-1", { codes: [110, 210] }));
    expect(types(events)).toEqual(["join", "enter"]);
    expect(room.occupants.map(({ nick, isSelf }) => [nick, isSelf])).toEqual([
      ["third-1", true],
      [T, false],
    ]);
  });

  it("is somebody else's where the nick is refused", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join();
    stage.receive(presence(T), refusal("conflict", { nick: T }));
    expect(await reasonOf(entered)).toBe("nickConflict");
    expect(types(events)).toEqual(["failure"]);
  });

  it("is nobody's any more where they leave before the list is over", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(T), unavailable(T), subject());
    expect([room.state, types(events)]).toEqual(["joining", []]);
  });
});
