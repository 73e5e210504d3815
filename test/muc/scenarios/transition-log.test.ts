// One line in the log for each transition of a room: the room, what it was and is, and why.
import { describe, expect, it } from "vitest";

import { Stage } from "../support/stage.js";
import { F, own, presence, R, refusal, subject, T, unavailable } from "../support/stanzas.js";

const BANNED = `<item affiliation="outcast" role="none"><reason>spam</reason></item>`;

/** Level, old state, new state and cause of each line that tells a transition. */
const transitions = (stage: Stage): unknown[] =>
  stage.log.flatMap(({ level, fields }) =>
    "from" in fields ? [[level, fields["from"], fields["to"], fields["cause"]].join(" ")] : [],
  );

describe("the log has one line for each transition", () => {
  it("from the first join to a kick for good", async () => {
    const stage = new Stage();
    const { room } = await stage.join({ password: "s3cret" });
    stage.receive(presence(F), own(), subject());
    stage.session.lose();
    stage.session.establish();
    stage.receive(own(), subject());
    stage.receive(unavailable(T, { codes: [110, 332] }));
    stage.clock.advance(stage.clock.nextInMs ?? 0);
    stage.receive(own(), subject(), unavailable(T, { codes: [110, 301], item: null, user: BANNED }));
    expect(room.state).toBe("left");
    expect(transitions(stage)).toEqual([
      "info joining history selfAvailable",
      "debug history active subject",
      "warn active suspended streamLost",
      "info suspended joining established",
      "info joining history selfAvailable",
      "debug history active subject",
      "warn active waiting systemShutdown",
      "info waiting joining timer",
      "info joining history selfAvailable",
      "debug history active subject",
      "warn active left banned",
    ]);
    const fields = stage.log.map((line) => line.fields).filter((each) => "from" in each);
    expect(fields.every((each) => String(each["room"]) === R)).toBe(true);
    expect(fields.filter((each) => "nextAttemptAt" in each)).toHaveLength(1);
    expect(fields.at(-1)).toMatchObject({ reason: "spam" });
    expect(JSON.stringify(stage.log)).not.toContain("s3cret");
  });

  it("where the first join is tried again, refused for good, and given up", async () => {
    const again = new Stage();
    await again.join({ firstJoin: "persist" });
    again.receive(refusal("item-not-found"));
    expect(again.log.filter(({ level }) => level === "warn").map(({ text }) => text)).toEqual([
      expect.stringMatching(/cannot be joined: the room does not exist.*; it will be tried again$/),
    ]);
    again.clock.advance(again.clock.nextInMs ?? 0);
    again.receive(refusal("forbidden"));
    expect(transitions(again)).toEqual([
      "warn joining waiting notFound",
      "debug waiting joining timer",
      "debug joining left banned",
    ]);
    const givenUp = new Stage();
    const { room, entered } = await givenUp.join();
    entered.catch(() => {});
    await room.leave();
    expect(transitions(givenUp)).toEqual(["debug joining left aborted"]);
  });

  it("where it is left", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.log.length = 0;
    const left = room.leave();
    stage.receive(unavailable(T, { codes: [110] }));
    await left;
    expect(transitions(stage)).toEqual(["debug active leaving leave", "info leaving left normal"]);
  });
});
