import { describe, expect, it } from "vitest";

import {
  endTracker,
  mayBecome,
  MessageTracker,
  moveTracker,
  type MessageState,
} from "../../src/muc/message-tracker.js";

const STATES: readonly MessageState[] = [
  "inTransit",
  "aborted",
  "error",
  "deliveredToServer",
  "deliveredToRecipient",
  "seenByRecipient",
];

/** Rows: from; columns: to, in the order of STATES; x is refused. */
const TABLE: Readonly<Record<MessageState, string>> = {
  inTransit: "x+++++",
  aborted: "xxxxxx",
  error: "xx+x++",
  deliveredToServer: "x+++++",
  deliveredToRecipient: "x++x++",
  seenByRecipient: "x++xx+",
};

/** The way to a state from the beginning. */
function at(state: MessageState): MessageTracker {
  const tracker = new MessageTracker("m1");
  if (state !== "inTransit" && moveTracker(tracker, { state }) !== "moved") throw new Error("not moved");
  return tracker;
}

describe("100: the states of a message", () => {
  const cells = STATES.flatMap((from) =>
    STATES.map((to, column) => [from, to, TABLE[from][column] === "+"] as const),
  );

  it.each(cells)("%s → %s: %s", (from, to, allowed) => {
    const tracker = at(from);
    const told: unknown[] = [];
    tracker.on("state", (event) => told.push(event));
    expect(mayBecome(from, to)).toBe(allowed);
    expect(moveTracker(tracker, { state: to })).toBe(allowed ? "moved" : "refused");
    expect(tracker.state).toBe(allowed ? to : from);
    expect(told).toEqual(allowed ? [{ state: to, response: null }] : []);
  });

  it.each(STATES)("of a closed one (%s) are never left, which is another refusal", (from) => {
    for (const to of STATES) {
      const tracker = at(from);
      tracker.close();
      expect([moveTracker(tracker, { state: to }), tracker.state]).toEqual(["closed", from]);
    }
  });

  it("a closed one rejects with `closed`, once; closing again is harmless", async () => {
    const closed: MessageTracker[] = [];
    const tracker = new MessageTracker("m1", { onClosed: (each) => closed.push(each) });
    tracker.close();
    tracker.close();
    endTracker(tracker, new Error("too late"));
    await expect(tracker.delivered).rejects.toMatchObject({ code: "closed" });
    expect([closed, tracker.closed, tracker.state]).toEqual([[tracker], true, "inTransit"]);
  });

  it("is no promise, and a listener that throws is reported", () => {
    const failed: unknown[] = [];
    const tracker = new MessageTracker("m1", { listenerFailed: (error) => failed.push(error) });
    expect("then" in tracker).toBe(false);
    tracker.on("state", () => {
      throw new Error("of the author's");
    });
    moveTracker(tracker, { state: "deliveredToServer" });
    expect([tracker.state, failed]).toEqual(["deliveredToServer", [new Error("of the author's")]]);
  });
});
