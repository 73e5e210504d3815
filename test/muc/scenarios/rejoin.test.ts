import { describe, expect, it } from "vitest";

import { JoinError } from "../../../src/muc/join-error.js";
import { only, settled, Stage, types } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  features,
  own,
  presence,
  R,
  refusal,
  S,
  subject,
  T,
  unavailable,
} from "../support/stanzas.js";

const OCCUPANT_ID = "urn:xmpp:occupant-id:0";
const idOf = (id: string): string => `<occupant-id xmlns="${OCCUPANT_ID}" id="${id}"/>`;

/** The join presence that went out last. */
function joinSent(stage: Stage) {
  const sent = stage.session.sentOf("presence").at(-1);
  const x = sent?.getChild("x", "http://jabber.org/protocol/muc");
  return {
    to: sent?.attrs["to"],
    history: x?.getChild("history")?.attrs,
    password: x?.getChildText("password"),
  };
}

/** The session is lost, and another one comes. */
function newSession(stage: Stage): void {
  stage.session.lose();
  stage.session.establish();
}

describe("the session is lost", () => {
  it("164: exactly one `suspend`; `joined` stays true, everything that must know whether we are in goes by `active`", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const { me } = room;
    stage.session.lose();
    expect(types(events)).toEqual(["suspend"]);
    expect(only(events, "suspend")).toMatchObject({
      cause: "streamLost",
      stanza: null,
      nextAttemptAt: null,
      reason: null,
    });
    expect([room.state, room.joined, room.active, room.me]).toEqual(["suspended", true, false, me]);
    expect(room.outage).toMatchObject({ cause: "streamLost", attempt: 0, nextAttemptAt: null });
    expect(room.outage?.since).toEqual(new Date(stage.clock.now()));
  });

  it("166: a room that we are in suspends, one that is asked for just waits", async () => {
    const stage = new Stage();
    const first = await stage.active();
    const second = await stage.join({}, T, "heath@chat.shakespeare.lit");
    stage.session.lose();
    expect([types(first.events), types(second.events)]).toEqual([["suspend"], []]);
    expect(await settled(first.entered)).toBe("fulfilled");
    expect(await settled(second.entered)).toBe("pending");
  });

  it("167: with a new one, `resume` and a join that asks for the time of the gap, by the monotonic clock, and half a minute", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({ password: "p", history: { maxStanzas: 1 } });
    stage.clock.advance(60_400);
    stage.session.lose();
    stage.clock.advance(4_000);
    stage.session.establish();
    expect(types(events)).toEqual(["suspend", "resume"]);
    expect(only(events, "resume").attempt).toBe(1);
    expect(joinSent(stage)).toEqual({ to: `${R}/${T}`, history: { seconds: "95" }, password: "p" });
    expect(room.state).toBe("joining");
  });

  it("167: what was never entered asks for what it was to ask for, and says nothing", async () => {
    const stage = new Stage();
    const { events } = await stage.join({ history: { maxStanzas: 1 } });
    newSession(stage);
    expect([joinSent(stage).history, events]).toEqual([{ maxstanzas: "1" }, []]);
  });

  it("169: without autorejoin it is over", async () => {
    const stage = new Stage();
    const { events, room } = await stage.active({ autorejoin: false });
    stage.session.lose();
    expect(types(events)).toEqual(["exit"]);
    expect(only(events, "exit")).toMatchObject({ mode: "disconnected", stanza: null, reason: null });
    expect([room.joined, stage.client.rooms.size]).toEqual([false, 0]);
    stage.session.establish();
    expect(stage.session.sent).toEqual([]);
  });

  it("170: a suspended room ends with the session, one that was never entered fails", async () => {
    const stage = new Stage();
    const first = await stage.active();
    const second = await stage.join({}, T, "heath@chat.shakespeare.lit");
    stage.session.lose();
    stage.session.stop();
    expect(types(first.events)).toEqual(["suspend", "exit"]);
    expect(only(first.events, "exit").mode).toBe("disconnected");
    expect(types(second.events)).toEqual(["failure"]);
  });

  it("173: the nick that we took meanwhile is that of the rejoin", async () => {
    const stage = new Stage();
    await stage.active();
    stage.receive(unavailable(T, { codes: [110, 303], item: { nick: "oldhag" } }));
    newSession(stage);
    expect(joinSent(stage).to).toBe(`${R}/oldhag`);
  });

  it("176: again before own presence: suspended again, since the same time", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.session.lose();
    const since = room.outage?.since;
    stage.clock.advance(5_000);
    stage.session.establish();
    stage.session.lose();
    expect(types(events)).toEqual(["suspend", "resume", "suspend"]);
    expect([room.state, room.outage?.since, room.outage?.attempt]).toEqual(["suspended", since, 1]);
    stage.session.establish();
    expect(events.flatMap((event) => (event.type === "resume" ? [event.attempt] : []))).toEqual([1, 2]);
    stage.receive(presence(F), own(), subject());
    expect([room.state, room.outage]).toEqual(["active", null]);
  });

  it("178: asked for while it is out, it gives a promise for the rejoin", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.session.lose();
    const whileOut = stage.client.join(R, T);
    expect([whileOut.room, await settled(whileOut.entered)]).toEqual([room, "pending"]);
    stage.session.establish();
    const whileJoining = stage.client.join(R, T);
    expect(whileJoining.entered).toBe(whileOut.entered);
    stage.receive(own());
    await whileOut.entered;
  });

  it("179: for good: every promise settles, who was in exits, and no room is known", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const pending = await Promise.all(["a@b.lit", "c@d.lit"].map((jid) => stage.join({}, T, jid)));
    stage.session.stop();
    expect(only(joined.events, "exit").mode).toBe("disconnected");
    for (const { entered } of pending) {
      const error: unknown = await entered.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(JoinError);
      expect((error as JoinError).reason).toBe("disconnected");
    }
    expect(stage.client.rooms.size).toBe(0);
    const late = stage.client.join(R, T);
    expect(await settled(late.entered)).toBe("rejected");
  });
});

describe("who is there after a rejoin", () => {
  it("newcomers join (initial), those gone leave before `enter`; who is still there gets no event", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence("gone"));
    const { me } = room;
    events.length = 0;
    newSession(stage);
    stage.receive(presence(F), presence(S), own(), subject(null, "foo"));
    expect(types(events)).toEqual(["suspend", "resume", "join", "leave", "enter", "subject", "caughtUp"]);
    expect(only(events, "join")).toMatchObject({ initial: true, occupant: room.getOccupant(S) });
    expect(only(events, "leave")).toMatchObject({
      mode: "unknown",
      stanza: null,
      occupant: { nick: "gone" },
    });
    expect(room.me).toBe(me);
    expect(room.occupants.map(({ nick }) => nick)).toEqual([T, F, S]);
  });

  it.each([
    ["a real address proves it: the same object", { jid: "f@x/1" }, { jid: "f@x/2" }, "", true, []],
    ["nothing proves it, nothing speaks against it: no event, but another object", {}, {}, "", false, []],
    [
      "another real address: one leaves, another joins",
      { jid: "f@x" },
      { jid: "g@x" },
      "",
      false,
      ["leave", "join"],
    ],
  ])("the nick is still there: %s", async (_what, before, after, _more, same, told) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(F, { item: { role: "participant", ...before } }));
    const former = room.getOccupant(F);
    newSession(stage);
    events.length = 0;
    stage.receive(presence(F, { item: { role: "moderator", ...after } }), own());
    expect(room.getOccupant(F) === former).toBe(same);
    expect(types(events)).toEqual([...told, "enter"]);
    expect(room.getOccupant(F)?.role).toBe("moderator");
  });

  it.each([
    ["the same trusted id: the same object", "1", true, []],
    ["another trusted id: one leaves, another joins", "2", false, ["leave", "join"]],
  ])("the nick is still there: %s", async (_what, id, same, told) => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.session.answer(DISCO_INFO, { payload: features(OCCUPANT_ID) });
    stage.receive(presence(F, { more: idOf("1") }), own(), subject());
    const former = joined.room.getOccupant(F);
    newSession(stage);
    stage.session.answer(DISCO_INFO, { payload: features(OCCUPANT_ID) });
    joined.events.length = 0;
    stage.receive(presence(F, { more: idOf(id) }), own());
    expect(joined.room.getOccupant(F) === former).toBe(same);
    expect(types(joined.events)).toEqual([...told, "enter"]);
  });

  it("an id proves nothing while the room has not said again that it vouches for it", async () => {
    const stage = new Stage();
    const joined = await stage.join();
    stage.session.answer(DISCO_INFO, { payload: features(OCCUPANT_ID) });
    stage.receive(presence(F, { more: idOf("1") }), own(), subject());
    const former = joined.room.getOccupant(F);
    newSession(stage);
    stage.receive(presence(F, { more: idOf("1") }), own());
    expect(joined.room.getOccupant(F)).not.toBe(former);
    expect(joined.room.getOccupant(F)?.occupantId).toBeNull();
  });

  it("176: where a rejoin is cut short, nobody is forgotten: who was not seen again leaves with the next one", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(S));
    newSession(stage);
    stage.receive(presence(F), presence("new"));
    newSession(stage);
    events.length = 0;
    stage.receive(presence(F), own());
    expect(types(events)).toEqual(["leave", "leave", "enter"]);
    expect(events.flatMap((event) => (event.type === "leave" ? [event.occupant.nick] : [])).sort()).toEqual(
      ["new", S].sort(),
    );
    expect(room.occupants.map(({ nick }) => nick)).toEqual([T, F]);
  });

  it("our own nick belongs to somebody else now, and we have another: both are right", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({ nickConflict: "suffix" });
    newSession(stage);
    events.length = 0;
    stage.receive(
      refusal("conflict", { nick: T }),
      presence(F),
      presence(T),
      presence(`${T}-2`, { codes: [110] }),
    );
    expect(room.occupants.map(({ nick, isSelf }) => [nick, isSelf])).toEqual([
      [`${T}-2`, true],
      [F, false],
      [T, false],
    ]);
    expect(types(events)).toEqual(["join", "enter"]);
  });
});

it("each transition is one line of the log, with the room and the cause", async () => {
  const stage = new Stage();
  await stage.active({ password: "cauldronburn" });
  newSession(stage);
  stage.receive(presence(F), own(), subject(), unavailable(T, { codes: [110, 301] }));
  const lines = stage.log.filter(({ level }) => level === "info" || level === "warn");
  expect(lines.map(({ text }) => text)).toEqual([
    "Joined the room",
    "Out of the room; it will be joined again",
    "Joining the room again",
    "Joined the room",
    "Out of the room for good",
  ]);
  expect(lines.every(({ fields }) => String(fields["room"]) === R)).toBe(true);
  expect(lines[1]?.fields["cause"]).toBe("streamLost");
  expect(lines[4]?.fields["mode"]).toBe("banned");
  expect(JSON.stringify(stage.log)).not.toContain("cauldronburn");
});
