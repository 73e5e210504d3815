import { describe, expect, it } from "vitest";

import {
  causeOfRefusal,
  causeOfRemoval,
  CausePolicy,
  checkOnCause,
  type OnCause,
} from "../../src/muc/causes.js";
import { Stage } from "./support/stage.js";
import { R, T } from "./support/stanzas.js";

describe("the table of causes", () => {
  it("comes back from what passes by itself, and not from what somebody wanted", () => {
    const policy = new CausePolicy({}, () => 0);
    const decided = (entered: boolean, ...causes: Parameters<CausePolicy["decide"]>[0][]): unknown[] =>
      causes.map((cause) => policy.decide(cause, entered));
    expect(
      new Set(
        decided(
          true,
          "streamLost",
          "systemShutdown",
          "technicalRemoval",
          "selfPing",
          "removed",
          "bounced",
          "notFound",
          "notAllowed",
          "resourceConstraint",
          "unreachable",
          "serverError",
          "timeout",
          "nickConflict",
        ),
      ),
    ).toEqual(new Set(["rejoin"]));
    expect(
      new Set(
        decided(
          true,
          "kicked",
          "banned",
          "affiliationChange",
          "moderationChange",
          "destroyed",
          "nickInvalid",
          "nickReserved",
          "passwordRequired",
          "membersOnly",
          "other",
        ),
      ),
    ).toEqual(new Set(["out"]));
    expect(decided(false, "nickConflict", "notFound")).toEqual(["out", "rejoin"]);
  });

  it.each([
    [null, "timeout"],
    ["conflict", "nickConflict"],
    ["not-acceptable", "nickReserved"],
    ["jid-malformed", "nickInvalid"],
    ["bad-request", "nickInvalid"],
    ["not-authorized", "passwordRequired"],
    ["registration-required", "membersOnly"],
    ["forbidden", "banned"],
    ["item-not-found", "notFound"],
    ["gone", "destroyed"],
    ["not-allowed", "notAllowed"],
    ["resource-constraint", "resourceConstraint"],
    ["service-unavailable", "resourceConstraint"],
    ["remote-server-not-found", "unreachable"],
    ["remote-server-timeout", "unreachable"],
    ["remote-server-unheard-of", "unreachable"],
    ["internal-server-error", "serverError"],
    ["undefined-condition", "other"],
    ["constructor", "other"],
  ])("a refusal %s is %s", (condition, cause) => {
    expect(causeOfRefusal(condition)).toBe(cause);
  });

  it("a removal is called as the mode of an exit, but for those that the service does", () => {
    expect(
      (["error", "systemShutdown", null, "kicked", "banned", "destroyed"] as const).map(causeOfRemoval),
    ).toEqual(["technicalRemoval", "systemShutdown", "removed", "kicked", "banned", "destroyed"]);
  });

  it("comes back so many times within an hour, and then stays out; each cause is counted for itself", () => {
    let nowMs = 0;
    const policy = new CausePolicy(
      { kicked: { afterMs: 60_000, times: 2 }, banned: { afterMs: 5 } },
      () => nowMs,
    );
    expect(policy.decide("kicked", true)).toEqual({ afterMs: 60_000 });
    policy.returning("kicked");
    nowMs += 1_000_000;
    expect(policy.decide("kicked", true)).toEqual({ afterMs: 60_000 });
    policy.returning("kicked");
    expect([policy.decide("kicked", true), policy.decide("banned", true)]).toEqual(["out", { afterMs: 5 }]);
    // an hour after the first return
    nowMs = 3_660_000 - 1;
    expect(policy.decide("kicked", true)).toBe("out");
    nowMs++;
    expect(policy.decide("kicked", true)).toEqual({ afterMs: 60_000 });
  });
});

describe("what to do about causes", () => {
  const wrong: readonly unknown[] = [
    null,
    "rejoin",
    { kicked: "again" },
    { kicked: null },
    { kicked: {} },
    { kicked: { afterMs: 0 } },
    { kicked: { afterMs: "60000" } },
    { kicked: { afterMs: 1, times: 0 } },
    { kicked: { afterMs: 1, times: 1.5 } },
    { streamLost: { afterMs: 1 } },
    { alternative: "rejoin" },
    { gone: "out" },
    { toString: "out" },
  ];
  it.each(wrong)("refuses %j, before anything is sent", (onCause) => {
    const refused = expect.objectContaining({ code: "argument" });
    expect(() => checkOnCause(onCause as OnCause)).toThrow(refused);
    const stage = new Stage();
    expect(() => stage.client.join(R, T, { onCause: onCause as OnCause })).toThrow(refused);
    expect(stage.client.rooms.size).toBe(0);
  });

  it("takes the others, and what is left out", () => {
    const onCause = { kicked: { afterMs: 1 }, streamLost: "out", alternative: "follow", banned: undefined };
    expect(checkOnCause(onCause as unknown as OnCause)).toBe(onCause);
  });
});
