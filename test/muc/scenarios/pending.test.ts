import { describe, expect, it } from "vitest";

import { JoinError } from "../../../src/muc/join-error.js";
import { settled, Stage, types } from "../support/stage.js";
import { DISCO_INFO, own, R, refusal, T, unavailable } from "../support/stanzas.js";

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

describe("a join that waits for the session", () => {
  it("22: given up before there is one, is gone without a trace", async () => {
    const stage = new Stage({ state: "connecting" });
    const { room, entered, events } = await stage.join();
    await room.leave();
    expect(await reasonOf(entered)).toBe("aborted");
    expect(types(events)).toEqual(["failure"]);
    stage.session.establish();
    expect([stage.session.sent, stage.client.rooms.size]).toEqual([[], 0]);
  });

  it("given up in the very turn it was asked for, too", async () => {
    const stage = new Stage();
    const { room, entered } = stage.client.join(R, T);
    const left = room.leave();
    expect(await reasonOf(entered)).toBe("aborted");
    await left;
    expect(stage.session.sent).toEqual([]);
  });

  it("23: goes out when the session is there, as it was asked for", async () => {
    const stage = new Stage({ state: "connecting" });
    const { room, entered } = await stage.join({ history: { maxChars: 0 }, password: "x" });
    expect([stage.session.sent, room.state, stage.client.getRoom(R)]).toEqual([[], "joining", room]);
    stage.session.establish();
    const x = joinSent(stage).getChild("x", MUC);
    expect(stage.session.sentOf("presence")).toHaveLength(1);
    expect([x?.getChild("history")?.attrs, x?.getChildText("password")]).toEqual([{ maxchars: "0" }, "x"]);
    expect(await settled(entered)).toBe("pending");
  });

  it("is not sent into an interruption: the next stream may be another session, which joins by itself", async () => {
    const stage = new Stage();
    stage.session.interrupt();
    await stage.join();
    expect(stage.session.sent).toEqual([]);
    stage.session.resume();
    expect(stage.session.sentOf("presence")).toHaveLength(1);

    const other = new Stage();
    other.session.interrupt();
    await other.join();
    other.session.lose();
    other.session.establish();
    expect(other.session.sentOf("presence")).toHaveLength(1);
  });

  it("25: the session is lost before the answer: asked again as before", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join({ history: { maxStanzas: 3 } });
    stage.session.lose();
    expect(await settled(entered)).toBe("pending");
    stage.session.sent.length = 0;
    stage.session.establish();
    expect(stage.session.sentOf("presence")).toHaveLength(1);
    expect(joinSent(stage).attrs["to"]).toBe(`${R}/${T}`);
    expect(joinSent(stage).getChild("x", MUC)?.getChild("history")?.attrs).toEqual({ maxstanzas: "3" });
    expect(events).toEqual([]);
  });

  it("26: the session is lost before the answer, and nobody wants to come back", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join({ autorejoin: false });
    stage.session.lose();
    expect(await reasonOf(entered)).toBe("disconnected");
    expect([types(events), stage.client.rooms.size]).toEqual([["failure"], 0]);
    stage.session.sent.length = 0;
    stage.session.establish();
    expect(stage.session.sent).toEqual([]);
  });

  it("29: the session is over for good: `failure`, and no `exit`", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join();
    stage.session.stop();
    expect(await reasonOf(entered)).toBe("disconnected");
    expect(types(events)).toEqual(["failure"]);
  });
});

describe("a first join that persists", () => {
  it("tries again what passes by itself, with a growing, jittered delay, and the promise stays pending", async () => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join({ firstJoin: "persist" });
    for (let attempt = 0; attempt < 5; attempt++) {
      stage.session.answer(DISCO_INFO, { error: "item-not-found" });
      stage.receive(refusal("item-not-found"));
      expect([room.state, room.joined]).toEqual(["waiting", false]);
      const delayMs = stage.clock.nextInMs ?? 0;
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThanOrEqual(2_000 * 2 ** attempt);
      stage.clock.advance(delayMs);
      expect(room.state).toBe("joining");
    }
    expect([await settled(entered), events]).toEqual(["pending", []]);
    stage.receive(own());
    await entered;
  });

  it("gives up where somebody has to do something", async () => {
    const stage = new Stage();
    const { entered } = await stage.join({ firstJoin: "persist" });
    stage.receive(refusal("registration-required"));
    expect(await reasonOf(entered)).toBe("membersOnly");
  });
});

describe("leaving before we are in", () => {
  it("tells the service too where it has not answered in time: it may let us in yet", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join({ firstJoin: "persist" });
    stage.clock.advance(30_000);
    expect(room.state).toBe("waiting");
    await room.leave();
    expect(await reasonOf(entered)).toBe("aborted");
    expect(joinSent(stage).attrs).toMatchObject({ to: `${R}/${T}`, type: "unavailable" });
  });

  it("rejects with `aborted`, and tells the service, which may let us in yet", async () => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join();
    await room.leave({ status: "no time" });
    expect(await reasonOf(entered)).toBe("aborted");
    expect(joinSent(stage).attrs).toMatchObject({ to: `${R}/${T}`, type: "unavailable" });
    expect(joinSent(stage).getChildText("status")).toBe("no time");
    stage.receive(own(), unavailable(T, { codes: [110] }));
    expect(types(events)).toEqual(["failure"]);
  });
});
