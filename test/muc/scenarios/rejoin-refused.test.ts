import { describe, expect, it } from "vitest";

import { only, Stage, types, type Joined } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  features,
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

/** Removed by the service; the rejoin goes out when its time has come. */
function removedAndBack(stage: Stage, joined: Joined): void {
  stage.receive(unavailable(T, { codes: [110, 332] }));
  expect(joined.room.state).toBe("waiting");
  stage.clock.advance(stage.clock.nextInMs ?? 0);
  expect(joined.room.state).toBe("joining");
}

describe("a rejoin that is refused", () => {
  it("175: with a conflict it is tried again, later and later; nothing is in limbo", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const { room, events } = joined;
    newSession(stage);
    const bounds: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt++) {
      events.length = 0;
      stage.session.answer(DISCO_INFO, { payload: features() });
      stage.receive(refusal("conflict", { nick: T }));
      expect(only(events, "suspend")).toMatchObject({
        cause: "refused",
        nextAttemptAt: room.outage?.nextAttemptAt,
      });
      const delayMs = stage.clock.nextInMs ?? 0;
      bounds.push(delayMs);
      expect(delayMs).toBeLessThanOrEqual(2_000 * 2 ** (attempt - 1));
      stage.clock.advance(delayMs);
      expect([room.state, room.outage?.attempt]).toEqual(["joining", attempt + 1]);
    }
    expect(Math.min(...bounds)).toBeGreaterThanOrEqual(500);
    stage.receive(presence(F), own(), subject());
    expect([room.active, room.outage]).toEqual([true, null]);
  });

  it.each([
    ["forbidden", "banned"],
    ["registration-required", "membersOnly"],
    ["not-authorized", "passwordRequired"],
    ["gone", "gone"],
  ])("175: with %s it is over, and who waits is told why", async (condition, reason) => {
    const stage = new Stage();
    const { events } = await stage.active();
    newSession(stage);
    const { entered } = stage.client.join(R, T);
    stage.receive(refusal(condition));
    const exit = only(events, "exit");
    expect([exit.mode, exit.stanza?.attrs["type"]]).toEqual(["error", "error"]);
    const error: unknown = await entered.catch((rejected: unknown) => rejected);
    expect(error).toMatchObject({ reason, cause: { condition } });
  });

  it.each([
    "item-not-found",
    "not-allowed",
    "service-unavailable",
    "resource-constraint",
    "remote-server-timeout",
    "internal-server-error",
  ])("with %s it is tried again", async (condition) => {
    const stage = new Stage();
    const { room } = await stage.active();
    newSession(stage);
    stage.receive(refusal(condition));
    expect(room.state).toBe("waiting");
  });

  it("by silence, likewise", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    newSession(stage);
    stage.clock.advance(30_000);
    expect([room.state, types(events)]).toEqual(["waiting", ["suspend", "resume", "suspend"]]);
  });

  it("a room that throws us out whenever it has let us in gets ever longer delays, until it keeps us for a minute", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    const delayMs = (): number => (joined.room.outage?.nextAttemptAt?.getTime() ?? 0) - stage.clock.now();
    let longestMs = 0;
    for (let attempt = 0; attempt < 12; attempt++) {
      stage.receive(unavailable(T, { codes: [110, 333] }));
      longestMs = Math.max(longestMs, delayMs());
      stage.clock.advance(delayMs());
      stage.receive(own(), subject());
      expect(joined.room.active).toBe(true);
    }
    expect(longestMs).toBeGreaterThan(4_000);
    stage.clock.advance(60_000);
    stage.receive(unavailable(T, { codes: [110, 333] }));
    expect((joined.room.outage?.nextAttemptAt?.getTime() ?? 0) - stage.clock.now()).toBeLessThanOrEqual(
      2_000,
    );
  });
});

describe("a removal that is not meant for us", () => {
  it("the room is joined again, and asks for the gap since its last stanza", async () => {
    const stage = new Stage();
    const joined = await stage.active();
    stage.clock.advance(10_000);
    stage.receive(message(F));
    removedAndBack(stage, joined);
    expect(Number(joinSent(stage).history?.["seconds"])).toBeLessThanOrEqual(33);
    expect(types(joined.events)).toContain("resume");
  });

  it("while it waits, the session goes: it comes back with the next one, and no earlier", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 332] }));
    expect(room.outage?.nextAttemptAt).not.toBeNull();
    stage.session.lose();
    expect([room.state, room.outage?.nextAttemptAt, stage.clock.pending]).toEqual(["suspended", null, 0]);
    stage.session.establish();
    expect(only(events, "resume").attempt).toBe(1);
  });

  it("while it waits, what comes of the room is noticed, and nothing else", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 332] }));
    events.length = 0;
    stage.receive(presence(S), message(F), subject(F, "x"), own(), refusal("forbidden"));
    expect([room.state, events]).toEqual(["waiting", []]);
    expect(stage.diagnostics).toEqual([
      "presence-while-out",
      "message-while-out",
      "message-while-out",
      "presence-while-out",
      "stray-presence-error",
    ]);
  });

  it("autorejoin is read when it counts", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    room.autorejoin = false;
    stage.receive(unavailable(T, { codes: [110, 332] }));
    expect(only(events, "exit").mode).toBe("systemShutdown");
  });

  it("a room that does not exist any more is left again: it is not ours to make, and its password not to be sent", async () => {
    const stage = new Stage();
    const joined = await stage.active({ password: "p" });
    const { room, events } = joined;
    removedAndBack(stage, joined);
    stage.session.sent.length = 0;
    stage.receive(own({ codes: [201] }));
    expect(room.state).toBe("leaving");
    expect(stage.session.sentOf("presence").map(({ attrs }) => attrs["type"])).toEqual(["unavailable"]);
    expect(stage.session.sent.some((stanza) => stanza.getChild("query", OWNER))).toBe(false);
    stage.receive(unavailable(T, { codes: [110] }));
    expect([room.state, stage.session.sentOf("presence").length]).toEqual(["left", 1]);
    expect(only(events, "exit")).toMatchObject({
      mode: "normal",
      reason: "The room was gone when it was joined again",
    });
    expect([room.password, types(events).includes("config")]).toEqual([null, false]);
  });
});
