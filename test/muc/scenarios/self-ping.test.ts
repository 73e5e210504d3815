import { describe, expect, it } from "vitest";

import { only, Stage, turn, types, type Joined } from "../support/stage.js";
import { DELAY, errorOf, F, message, own, presence, R, subject, T, unavailable } from "../support/stanzas.js";

const MINUTE_MS = 60_000;
const SOFT_MS = 13 * MINUTE_MS;
const HARD_MS = 15 * MINUTE_MS;
const INTERVAL_MS = 2 * MINUTE_MS;
/** What the jitter of an interval may make of it at most. */
const LATE_MS = INTERVAL_MS * 1.1;
const PING = "urn:xmpp:ping";

/** The questions that went out, oldest first. */
const pings = (stage: Stage) =>
  stage.session.sentOf("iq").filter((stanza) => stanza.getChild("ping", PING) !== undefined);

/** Answers the oldest question. */
async function answer(stage: Stage, error?: string): Promise<void> {
  stage.session.answer(PING, error === undefined ? {} : { error });
  await turn();
}

/** In a room that has fallen silent: the first question is out. */
async function silent(options = {}): Promise<{ stage: Stage } & Joined> {
  const stage = new Stage();
  const joined = await stage.active(options);
  stage.clock.advance(SOFT_MS);
  await turn();
  return { stage, ...joined };
}

/** Moves on until the next question is out. */
async function nextPing(stage: Stage): Promise<void> {
  const before = pings(stage).length;
  for (let waitedMs = 0; pings(stage).length === before; waitedMs += 100) {
    expect(waitedMs).toBeLessThanOrEqual(LATE_MS);
    stage.clock.advance(100);
    await Promise.resolve();
  }
}

describe("a silent room", () => {
  it("182: is asked at the soft limit, at our own address there, then at each interval give or take a tenth", async () => {
    const stage = new Stage();
    await stage.active();
    stage.clock.advance(SOFT_MS - 1);
    expect(pings(stage)).toEqual([]);
    stage.clock.advance(1);
    await turn();
    expect(pings(stage).map(({ attrs: { to, type } }) => [to, type])).toEqual([[`${R}/${T}`, "get"]]);
    const times = [stage.clock.monotonic()];
    for (let count = 2; count <= 30; count++) {
      await nextPing(stage);
      times.push(stage.clock.monotonic());
    }
    const intervals = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(INTERVAL_MS * 0.9);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(LATE_MS + 200);
    expect(new Set(intervals).size).toBeGreaterThan(5);
  });

  it("is `stale` at the hard limit, once, and `fresh` with the first sign of life; then it begins anew", async () => {
    const { stage, events, room } = await silent();
    stage.clock.advance(HARD_MS - SOFT_MS - 1);
    expect(types(events)).toEqual([]);
    stage.clock.advance(1);
    expect(types(events)).toEqual(["stale"]);
    expect(only(events, "stale")).toMatchObject({ type: "stale", room, stanza: null });
    stage.clock.advance(HARD_MS);
    expect(types(events)).toEqual(["stale"]);
    stage.receive(message(F));
    expect(types(events)).toEqual(["stale", "message", "fresh"]);
    stage.session.sent.length = 0;
    stage.clock.advance(SOFT_MS - 1);
    await turn();
    expect(pings(stage)).toEqual([]);
    stage.clock.advance(HARD_MS);
    expect(types(events)).toEqual(["stale", "message", "fresh", "stale"]);
  });

  it.each([
    ["a message", message(F)],
    ["a message of the past", message(F, { more: DELAY })],
    ["presence of somebody", presence(F)],
    ["presence of somebody who goes", unavailable(F)],
    ["presence of the room itself, which is nobody's", presence(null)],
    ["the subject", subject()],
  ])("is not silent: %s", async (_what, stanza) => {
    const stage = new Stage();
    await stage.active();
    for (let round = 0; round < 3; round++) {
      stage.clock.advance(SOFT_MS - 1);
      stage.receive(stanza);
    }
    stage.clock.advance(SOFT_MS - 1);
    await turn();
    expect(pings(stage)).toEqual([]);
  });

  it.each([
    ["197: a private message", message(F, { type: "chat" })],
    ["an error, for that a room sends to those outside, too", message(null, { type: "error", id: "x" })],
    ["a presence of type error", `<presence from="${R}" type="error"/>`],
  ])("is silent all the same: %s", async (_what, stanza) => {
    const stage = new Stage();
    await stage.active();
    stage.clock.advance(SOFT_MS - 1);
    stage.receive(stanza);
    stage.clock.advance(1);
    await turn();
    expect(pings(stage)).toHaveLength(1);
  });

  it("needs one timer, and stanzas set none", async () => {
    const stage = new Stage();
    await stage.active();
    expect(stage.clock.pending).toBe(1);
    const dueInMs = stage.clock.nextInMs;
    stage.receive(message(F), presence(F), message(F));
    expect([stage.clock.pending, stage.clock.nextInMs]).toEqual([1, dueInMs]);
  });
});

describe("what is answered", () => {
  it.each([undefined, "service-unavailable", "feature-not-implemented"])(
    "183: %s: we are in, and it counts as a sign of life, also for the gap of a later outage",
    async (error) => {
      const { stage, events } = await silent();
      stage.clock.advance(HARD_MS - SOFT_MS);
      await answer(stage, error);
      expect(types(events)).toEqual(["stale", "fresh"]);
      stage.session.sent.length = 0;
      stage.clock.advance(SOFT_MS - 1);
      await turn();
      expect(pings(stage)).toEqual([]);
      stage.clock.advance(1);
      await turn();
      await answer(stage, error);
      stage.session.sent.length = 0;
      stage.session.lose();
      stage.session.establish();
      const [join] = stage.session.sentOf("presence");
      const history = join?.getChild("x", "http://jabber.org/protocol/muc")?.getChild("history");
      expect(history?.attrs["seconds"]).toBe("30");
    },
  );

  it.each(["item-not-found", "remote-server-not-found", "remote-server-timeout"])(
    "184: %s: nothing, and it is asked again",
    async (error) => {
      const { stage, events, room } = await silent();
      await answer(stage, error);
      expect([events, room.state]).toEqual([[], "active"]);
      await nextPing(stage);
    },
  );

  it("184: remote-server-* however often, and silence however long: nothing but `stale`", async () => {
    const { stage, events, room } = await silent();
    for (let count = 0; count < 5; count++) {
      await answer(stage, "remote-server-not-found");
      await nextPing(stage);
    }
    stage.clock.advance(10 * HARD_MS);
    await turn();
    expect([types(events), room.state]).toEqual([["stale"], "active"]);
    stage.receive(presence(F));
    expect(types(events)).toEqual(["stale", "presence", "fresh"]);
  });

  it("184: a second item-not-found in a row: gone", async () => {
    const { stage, events, room } = await silent();
    await answer(stage, "item-not-found");
    await nextPing(stage);
    await answer(stage, "item-not-found");
    expect([types(events).at(-1), room.outage?.cause]).toEqual(["suspend", "selfPing"]);
  });

  it.each([
    ["another answer between them", (stage: Stage) => answer(stage, "remote-server-timeout")],
    ["a sign of life between them", async (stage: Stage) => stage.receive(message(F))],
  ])("184: two, but not in a row: %s", async (_what, between) => {
    const { stage, room } = await silent();
    await answer(stage, "item-not-found");
    await nextPing(stage);
    await between(stage);
    stage.session.sent.length = 0;
    stage.clock.advance(SOFT_MS);
    await turn();
    await answer(stage, "item-not-found");
    expect(room.state).toBe("active");
  });

  it("the nick was changed meanwhile: that the old one is not there says nothing, and the new one is asked for", async () => {
    const { stage, room } = await silent();
    // two are out
    await nextPing(stage);
    stage.receive(unavailable(T, { codes: [110, 303], item: { nick: "oldhag" } }));
    stage.receive(presence("oldhag", { codes: [110] }));
    await answer(stage, "item-not-found");
    await answer(stage, "item-not-found");
    expect(room.state).toBe("active");
    stage.session.sent.length = 0;
    stage.clock.advance(SOFT_MS);
    await turn();
    expect(pings(stage)[0]?.attrs["to"]).toBe(`${R}/oldhag`);
  });

  it.each(["not-acceptable", "not-allowed", "gone", "forbidden", "undefined-condition", "bad-request"])(
    "185: %s: gone",
    async (error) => {
      const { stage, events, room } = await silent();
      await answer(stage, error);
      expect([types(events), room.state]).toEqual([["suspend"], "waiting"]);
      expect(only(events, "suspend")).toMatchObject({ cause: "selfPing", stanza: null });
    },
  );

  it("counts only from the address that was asked", async () => {
    const { stage, room } = await silent();
    const [ping] = pings(stage);
    const refused = `<error type="cancel"><not-acceptable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    for (const from of [`${R}/${F}`, R, "mallory@evil.lit/x"])
      stage.receive(`<iq type="error" id="${ping?.attrs["id"]}" from="${from}">${refused}</iq>`);
    await turn();
    expect(room.state).toBe("active");
  });
});

describe("a message that comes back", () => {
  /** A message of ours is refused by the room. */
  async function refused(stage: Stage, { room }: Joined, condition: string, from = R): Promise<void> {
    await room.sendMessage("hello");
    const id = stage.session.sentOf("message").at(-1)?.attrs["id"];
    stage.receive(`<message from="${from}" type="error" id="${id}">${errorOf(condition)}</message>`);
    await turn();
  }

  it.each(["item-not-found", "gone", "not-allowed", "service-unavailable", "remote-server-not-found"])(
    "from where no room seems to be (%s): it is asked at once, and what it says counts",
    async (condition) => {
      const stage = new Stage();
      const joined = await stage.active();
      stage.clock.advance(1_000);
      await refused(stage, joined, condition);
      await refused(stage, joined, condition);
      expect(pings(stage)).toHaveLength(1);
      await answer(stage);
      expect(joined.room.active).toBe(true);
      stage.clock.advance(SOFT_MS - 1);
      await turn();
      expect(pings(stage)).toEqual([]);
      await refused(stage, joined, condition);
      await answer(stage, "not-acceptable");
      expect([joined.room.state, joined.room.outage?.cause]).toEqual(["waiting", "selfPing"]);
    },
  );

  it.each([
    ["forbidden", R],
    ["policy-violation", R],
    ["item-not-found", `${R}/${F}`],
  ])("for another reason, or from somebody (%s of %s), asks nothing", async (condition, from) => {
    const stage = new Stage();
    const joined = await stage.active();
    await refused(stage, joined, condition, from);
    expect(pings(stage)).toEqual([]);
  });
});

describe("187: no stream", () => {
  it("nothing is asked while it is interrupted; afterwards it goes on", async () => {
    const { stage, room } = await silent();
    stage.session.interrupt();
    const asked = pings(stage).length;
    stage.clock.advance(10 * INTERVAL_MS);
    await turn();
    expect([pings(stage).length, room.state]).toEqual([asked, "active"]);
    stage.session.resume();
    await nextPing(stage);
  });
});

describe("188, 196: being out", () => {
  const ways: readonly (readonly [string, (stage: Stage, joined: Joined) => void])[] = [
    ["suspended", (stage) => stage.session.lose()],
    ["removed by the service", (stage) => stage.receive(unavailable(T, { codes: [110, 332] }))],
    ["disconnected", (stage) => stage.session.stop()],
    ["banned", (stage) => stage.receive(unavailable(T, { codes: [110, 301] }))],
    ["leaving", (_stage, { room }) => void room.leave({ timeoutMs: 10 * HARD_MS })],
  ];

  it.each(ways)("nothing is asked, and no answer counts: %s", async (_what, out) => {
    const { stage, ...joined } = await silent();
    const [ping] = pings(stage);
    out(stage, joined);
    const told = types(joined.events);
    expect(told).not.toContain("stale");
    stage.session.sent.length = 0;
    stage.receive(
      `<iq type="error" id="${ping?.attrs["id"]}" from="${R}/${T}"><error type="cancel"><not-acceptable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
    );
    await turn();
    stage.clock.advance(2_000);
    await turn();
    expect(pings(stage)).toEqual([]);
    expect(types(joined.events).filter((type) => type === "stale" || type === "fresh")).toEqual([]);
  });

  it.each(ways.slice(0, 4))(
    "a room that is stale tells exactly one thing after it: %s",
    async (_what, out) => {
      const { stage, ...joined } = await silent();
      stage.clock.advance(HARD_MS);
      out(stage, joined);
      const told = types(joined.events).filter((type) => !["role", "affiliation", "resume"].includes(type));
      expect(told).toEqual(["stale", expect.stringMatching(/^(suspend|exit)$/)]);
    },
  );

  it("191: a room that was stale is joined again with a clean slate: no `fresh` for it", async () => {
    const { stage, events } = await silent();
    stage.clock.advance(HARD_MS);
    stage.session.lose();
    stage.session.establish();
    stage.receive(presence(F), own(), subject());
    expect(types(events)).toEqual(["stale", "suspend", "resume", "enter", "subject", "caughtUp"]);
    stage.clock.advance(HARD_MS);
    expect(types(events).at(-1)).toBe("stale");
  });
});

describe("190: changed while it runs", () => {
  it("limits hold at once, also where the time is over already", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.clock.advance(5_000);
    room.selfPing = { softTimeoutMs: 4_000, hardTimeoutMs: 8_000 };
    stage.clock.advance(0);
    await turn();
    expect([pings(stage).length, types(events)]).toEqual([1, []]);
    stage.clock.advance(3_000);
    expect(types(events)).toEqual(["stale"]);
  });

  it("the time-out of a question is that of the moment in which it was asked", async () => {
    const { stage, room } = await silent();
    room.selfPing = { timeoutMs: 1_000 };
    stage.clock.advance(7 * MINUTE_MS);
    await turn();
    await answer(stage, "not-acceptable");
    expect(room.state).toBe("waiting");
  });

  it("set before the room was entered, they hold from then on", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    room.selfPing = { softTimeoutMs: 1_000 };
    stage.clock.advance(5_000);
    stage.receive(presence(F), own(), subject());
    stage.session.sent.length = 0;
    stage.clock.advance(999);
    await turn();
    expect(pings(stage)).toEqual([]);
    stage.clock.advance(1);
    await turn();
    expect(pings(stage)).toHaveLength(1);
  });
});

describe("gone", () => {
  it("193: without autorejoin: `exit` disconnected, and the room is forgotten", async () => {
    const { stage, events, room } = await silent({ autorejoin: false });
    await answer(stage, "not-acceptable");
    expect(only(events, "exit")).toMatchObject({ mode: "disconnected", stanza: null });
    expect([types(events), room.state, stage.client.rooms.size]).toEqual([["exit"], "left", 0]);
  });

  it("194: else what is left of us there ends, and the room is joined again, asking for the gap", async () => {
    const { stage, events, room } = await silent({ password: "p" });
    await answer(stage, "not-acceptable");
    expect(stage.session.sentOf("presence").map(({ attrs }) => attrs)).toEqual([
      { to: `${R}/${T}`, type: "unavailable" },
    ]);
    stage.clock.advance(stage.clock.nextInMs ?? 0);
    expect(types(events)).toEqual(["suspend", "resume"]);
    const join = stage.session.sentOf("presence").at(-1);
    const x = join?.getChild("x", "http://jabber.org/protocol/muc");
    const seconds = Number(x?.getChild("history")?.attrs["seconds"]);
    expect(seconds).toBeGreaterThanOrEqual(SOFT_MS / 1_000 + 30);
    expect([join?.attrs["to"], x?.getChildText("password")]).toEqual([`${R}/${T}`, "p"]);
    // the echo of the farewell
    stage.receive(unavailable(T, { codes: [110] }));
    expect(room.state).toBe("joining");
    stage.receive(presence(F), own(), subject());
    expect([room.active, room.outage]).toEqual([true, null]);
  });
});
