import { describe, expect, it } from "vitest";

import { JoinError } from "../../../src/muc/join-error.js";
import { only, Stage, turn, types } from "../support/stage.js";
import {
  errorOf,
  F,
  message,
  own,
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

describe("being refused", () => {
  it("17: by the room: the promise rejects, the room is forgotten, and `failure` is told once", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join();
    stage.receive(refusal("not-authorized"));
    expect(stage.client.getRoom(R)).toBeUndefined();
    const error = only(events, "failure").error;
    expect(await entered.catch((reason: unknown) => reason)).toBe(error);
    expect([error.reason, error.code, error.room]).toEqual(["passwordRequired", "join", R]);
    expect(error.cause).toMatchObject({ code: "xmpp", condition: "not-authorized" });
    stage.receive(refusal("not-authorized"), own());
    expect(types(events)).toEqual(["failure"]);
  });

  it("17: and nobody who does not wait for the promise gets an unhandled rejection", async () => {
    const stage = new Stage();
    stage.client.join(R, T);
    await turn();
    stage.receive(refusal("forbidden"));
    await turn();
    // The run fails where one is left.
    expect(stage.client.rooms.size).toBe(0);
  });

  it.each([
    ["conflict", "nickConflict"],
    ["not-acceptable", "nickReserved"],
    ["jid-malformed", "nickInvalid"],
    ["bad-request", "nickInvalid"],
    ["not-authorized", "passwordRequired"],
    ["registration-required", "membersOnly"],
    ["forbidden", "banned"],
    ["item-not-found", "notFound"],
    ["gone", "gone"],
    ["not-allowed", "notAllowed"],
    ["resource-constraint", "resourceConstraint"],
    ["service-unavailable", "resourceConstraint"],
    ["remote-server-not-found", "unreachable"],
    ["remote-server-timeout", "unreachable"],
    ["internal-server-error", "other"],
    ["constructor", "other"],
  ])("17: the condition %s is the reason %s (XEP-0045 §7.2.5 to §7.2.11)", async (condition, reason) => {
    const stage = new Stage();
    const { entered } = await stage.join();
    stage.receive(refusal(condition, { nick: T }));
    expect(await reasonOf(entered)).toBe(reason);
  });

  it("19: an error of another occupant, or for another presence, is none of the join's", async () => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join();
    const { id } = joinSent(stage).attrs;
    stage.receive(
      refusal("forbidden", { nick: F }),
      refusal("forbidden", { nick: F, id: id ?? "" }),
      refusal("forbidden", { nick: T, id: "another" }),
      refusal("forbidden", { id: "another" }),
    );
    expect([room.state, events]).toEqual(["joining", []]);
    expect(stage.diagnostics).toEqual(Array.from({ length: 4 }, () => "stray-presence-error"));
    stage.receive(refusal("forbidden", { id: id ?? "" }));
    expect(await reasonOf(entered)).toBe("banned");
  });

  it("19: the nick that was asked for is compared as the service prepares it", async () => {
    const stage = new Stage();
    const { entered } = await stage.join({}, "ｔｈｉｒｄ");
    expect(joinSent(stage).attrs["to"]).toBe(`${R}/third`);
    stage.receive(refusal("conflict", { nick: "third" }));
    expect(await reasonOf(entered)).toBe("nickConflict");
  });

  it.each([
    ["no <error/>", `<presence from="${R}" type="error"/>`],
    ["an empty one", `<presence from="${R}" type="error">${errorOf("")}</presence>`],
    [
      "one of another namespace",
      `<presence from="${R}" type="error"><error><x xmlns="urn:x"/></error></presence>`,
    ],
  ])("20: an error with %s fails the join all the same", async (_what, stanza) => {
    const stage = new Stage();
    const { entered, events } = await stage.join();
    stage.receive(stanza);
    expect(await reasonOf(entered)).toBe("other");
    expect(types(events)).toEqual(["failure"]);
  });

  it("a removal before own presence is a failure (ban, kick, destroy)", async () => {
    const reasons: string[] = [];
    for (const farewell of [
      unavailable(T, { codes: [110, 301] }),
      unavailable(T, { codes: [110, 307] }),
      // ejabberd leaves 110 out of this one
      unavailable(T, { user: "<destroy/>" }),
    ]) {
      const stage = new Stage();
      const { entered, events } = await stage.join();
      stage.receive(farewell);
      reasons.push(await reasonOf(entered));
      expect(types(events)).toEqual(["failure"]);
    }
    expect(reasons).toEqual(["banned", "other", "gone"]);
  });

  it("while joining, an own unavailable without a code belongs to the past", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join();
    stage.receive(unavailable(null), unavailable(T, { codes: [110] }));
    expect(room.state).toBe("joining");
    stage.receive(own());
    await entered;
  });

  it("no answer at all: the join is over in time, and the room is told that we are not in", async () => {
    const stage = new Stage();
    const { entered, events } = await stage.join();
    stage.clock.advance(30_000);
    expect(await reasonOf(entered)).toBe("timeout");
    expect(types(events)).toEqual(["failure"]);
    expect(joinSent(stage).attrs).toMatchObject({ to: `${R}/${T}`, type: "unavailable" });
    expect(stage.clock.pending).toBe(0);
  });
});

describe("a nick that somebody else has", () => {
  it("is followed by the next one", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join({ nickConflict: "suffix" });
    stage.receive(refusal("conflict", { nick: T }), refusal("conflict", { nick: `${T}-2` }));
    expect(joinSent(stage).attrs["to"]).toBe(`${R}/${T}-3`);
    stage.receive(presence(`${T}-3`, { codes: [110] }));
    await entered;
    expect(room.nick).toBe(`${T}-3`);
  });

  it("may be chosen by a function, which is asked after a conflict only, and once for each", async () => {
    const stage = new Stage();
    const asked: string[] = [];
    const nickConflict = (nick: string, attempt: number): string | null => {
      asked.push(`${nick} ${attempt}`);
      return attempt === 1 ? "hecate" : null;
    };
    const { entered, events } = await stage.join({ nickConflict });
    stage.receive(presence(F), message(F), presence(S));
    expect(asked).toEqual([]);
    stage.receive(refusal("conflict", { nick: T }));
    expect(joinSent(stage).attrs["to"]).toBe(`${R}/hecate`);
    stage.receive(refusal("conflict", { nick: "hecate" }));
    expect(await reasonOf(entered)).toBe("nickConflict");
    expect(asked).toEqual([`${T} 1`, `${T} 2`]);
    expect(events.at(-1)?.type).toBe("failure");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
    ],
    ["gives what no nick can be", () => " "],
  ])("a function that %s ends the join, and reaches the log", async (_what, nickConflict) => {
    const stage = new Stage();
    const { entered } = await stage.join({ nickConflict });
    stage.receive(refusal("conflict", { nick: T }));
    expect(await reasonOf(entered)).toBe("nickConflict");
    expect(stage.log.some(({ level, text }) => level === "error" && text.includes("nick"))).toBe(true);
  });

  it("a configured nick is tried again at the next rejoin", async () => {
    const stage = new Stage();
    await stage.join({ nickConflict: "suffix" });
    stage.receive(refusal("conflict", { nick: T }), presence(`${T}-2`, { codes: [110] }), subject());
    stage.session.lose();
    stage.session.establish();
    expect(joinSent(stage).attrs["to"]).toBe(`${R}/${T}`);
  });
});
