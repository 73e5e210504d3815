import { describe, expect, it } from "vitest";

import type { OnCause } from "../../../src/muc/causes.js";
import { only, settled, Stage, turn, types, type Joined } from "../support/stage.js";
import { F, own, presence, R, refusal, subject, T, unavailable } from "../support/stanzas.js";

const MINUTE_MS = 60_000;
const kicked = (): string =>
  unavailable(T, { codes: [110, 307], item: { role: "none", reason: "Avaunt!", actor: "hecate" } });

/** The join goes out when its time has come, and the room lets us in. */
function back(stage: Stage, { room }: Joined): void {
  stage.clock.advance((room.outage?.nextAttemptAt?.getTime() ?? 0) - stage.clock.now());
  expect(room.state).toBe("joining");
  stage.receive(presence(F), own(), subject());
  expect(room.active).toBe(true);
}

describe("kicked, where once more is allowed", () => {
  const onCause: OnCause = { kicked: { afterMs: MINUTE_MS } };

  it("suspends with who did it, why, and when it is tried again; the second time it is out", async () => {
    const stage = new Stage();
    const joined = await stage.active({ onCause });
    const { room, events } = joined;
    stage.receive(kicked());
    const suspend = only(events, "suspend");
    expect(suspend).toMatchObject({
      cause: "kicked",
      reason: "Avaunt!",
      actor: { nick: "hecate" },
      nextAttemptAt: new Date(stage.clock.now() + MINUTE_MS),
    });
    expect(room.outage).toMatchObject({ cause: "kicked", attempt: 0, nextAttemptAt: suspend.nextAttemptAt });
    stage.clock.advance(MINUTE_MS - 1);
    expect(stage.session.sentOf("presence")).toEqual([]);
    back(stage, joined);
    stage.receive(kicked());
    expect(only(events, "exit")).toMatchObject({ mode: "kicked", reason: "Avaunt!", error: null });
    expect(room.state).toBe("left");
  });

  it("a session that comes meanwhile brings nobody back before the time", async () => {
    const stage = new Stage();
    const joined = await stage.active({ onCause });
    const { room } = joined;
    stage.receive(kicked());
    const { since } = room.outage ?? {};
    stage.clock.advance(20_000);
    stage.session.lose();
    stage.session.sent.length = 0;
    stage.clock.advance(10_000);
    stage.session.establish();
    expect([room.state, stage.session.sentOf("presence")]).toEqual(["waiting", []]);
    expect(room.outage).toMatchObject({ cause: "kicked", since });
    expect(room.outage?.nextAttemptAt).toEqual(new Date((since?.getTime() ?? 0) + MINUTE_MS));
    stage.clock.advance(30_000 - 1);
    expect(stage.session.sentOf("presence")).toEqual([]);
    stage.clock.advance(1);
    stage.receive(presence(F), own(), subject());
    expect(room.active).toBe(true);
    // and the time is over: another session brings us back at once
    stage.session.lose();
    stage.session.establish();
    expect(room.state).toBe("joining");
  });

  it("nor where the session comes after it", async () => {
    const stage = new Stage();
    const { room } = await stage.active({ onCause });
    stage.receive(kicked());
    stage.session.lose();
    stage.session.sent.length = 0;
    stage.clock.advance(2 * MINUTE_MS);
    expect([room.state, stage.session.sentOf("presence")]).toEqual(["suspended", []]);
    stage.session.establish();
    expect(room.state).toBe("joining");
  });

  it("a kick an hour after the return is another matter", async () => {
    const stage = new Stage();
    const joined = await stage.active({ onCause });
    for (let day = 0; day < 3; day++) {
      stage.receive(kicked());
      back(stage, joined);
      for (let passed = 0; passed < 60; passed++) {
        stage.clock.advance(MINUTE_MS);
        stage.receive(presence(F));
      }
    }
    expect(types(joined.events)).not.toContain("exit");
  });

  it("what it is refused with then is a cause of its own", async () => {
    const stage = new Stage();
    const { events } = await stage.active({ onCause });
    stage.receive(kicked());
    stage.clock.advance(MINUTE_MS);
    stage.receive(refusal("forbidden"));
    expect(only(events, "exit")).toMatchObject({ mode: "error", error: { reason: "banned" } });
  });
});

describe("autorejoin, switched off while we are out", () => {
  it.each([
    ["a session", (stage: Stage) => stage.session.lose(), (stage: Stage) => stage.session.establish()],
    [
      "the time to try again",
      (stage: Stage) => stage.receive(unavailable(T, { codes: [110, 332] })),
      (stage: Stage) => stage.clock.advance(2_000),
    ],
  ])("ends the room when its turn comes: %s", async (_what, lose, comes) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    lose(stage);
    stage.session.sent.length = 0;
    room.autorejoin = false;
    comes(stage);
    expect([types(events).at(-1), only(events, "exit").mode]).toEqual(["exit", "disconnected"]);
    expect([stage.session.sent, stage.client.rooms.size]).toEqual([[], 0]);
  });
});

describe("what is set otherwise than usual", () => {
  it.each([
    ["systemShutdown", 332, "systemShutdown"],
    ["technicalRemoval", 333, "error"],
  ] as const)("%s: out", async (cause, code, mode) => {
    const stage = new Stage();
    const { events } = await stage.active({ onCause: { [cause]: "out" } });
    stage.receive(unavailable(T, { codes: [110, code] }));
    expect(only(events, "exit").mode).toBe(mode);
  });

  it("banned: tried again, with ever longer delays; the codes say what it was", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({ onCause: { banned: "rejoin" } });
    stage.receive(unavailable(T, { codes: [110, 301] }));
    expect(only(events, "suspend")).toMatchObject({ cause: "removed", statusCodes: new Set([110, 301]) });
    for (let attempt = 0; attempt < 10; attempt++) {
      stage.clock.advance((room.outage?.nextAttemptAt?.getTime() ?? 0) - stage.clock.now());
      stage.receive(refusal("forbidden"));
      expect(room.state).toBe("waiting");
    }
  });

  it("streamLost: out", async () => {
    const stage = new Stage();
    const { events } = await stage.active({ onCause: { streamLost: "out" } });
    stage.session.lose();
    expect(only(events, "exit").mode).toBe("disconnected");
  });

  it("timeout: out, and the room is told, for it may let us in yet", async () => {
    const stage = new Stage();
    const { events } = await stage.active({ onCause: { timeout: "out" } });
    stage.session.lose();
    stage.session.establish();
    stage.session.sent.length = 0;
    stage.clock.advance(30_000);
    expect(only(events, "exit")).toMatchObject({ mode: "error", error: { reason: "timeout" } });
    expect(stage.session.sentOf("presence").map(({ attrs }) => attrs["type"])).toEqual(["unavailable"]);
  });

  it("a first join that persists goes by the same table", async () => {
    const stage = new Stage();
    const { room, entered, events } = await stage.join({
      firstJoin: "persist",
      onCause: { passwordRequired: { afterMs: 5_000 }, kicked: { afterMs: 1_000 } },
    });
    stage.receive(refusal("not-authorized"));
    stage.clock.advance(4_999);
    expect([room.state, await settled(entered)]).toEqual(["waiting", "pending"]);
    stage.clock.advance(1);
    stage.receive(unavailable(T, { codes: [110, 307] }));
    expect([room.state, room.outage?.cause, room.outage?.nextAttemptAt?.getTime()]).toEqual([
      "waiting",
      "kicked",
      stage.clock.now() + 1_000,
    ]);
    stage.clock.advance(1_000);
    expect([room.state, events]).toEqual(["joining", []]);
    // there is no event before it was entered: the log tells of it
    const warnings = stage.log.filter(({ level }) => level === "warn").map(({ fields }) => fields);
    expect(warnings).toMatchObject([
      { cause: "passwordRequired", reason: "passwordRequired" },
      { cause: "kicked" },
    ]);
    stage.receive(refusal("not-authorized"));
    expect(only(events, "failure").error.reason).toBe("passwordRequired");
  });
});

describe("a room that went on elsewhere (XEP-0045 §10.9)", () => {
  const NEW = "heath@chat.shakespeare.lit";
  const follow: OnCause = { alternative: "follow" };
  const destroyed = (jid: string, more = ""): string =>
    unavailable(T, { codes: [110], user: `<destroy jid="${jid}">${more}</destroy>` });
  const goneTo = (uri: string): string =>
    `<presence from="${R}" type="error"><error type="cancel"><gone xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">${uri}</gone></error></presence>`;
  const joinSent = (stage: Stage) => {
    const sent = stage.session.sentOf("presence").at(-1);
    const x = sent?.getChild("x", "http://jabber.org/protocol/muc");
    return { to: sent?.attrs["to"], password: x?.getChildText("password"), history: x?.getChild("history") };
  };

  it("is followed where that is allowed: the room exits, and the other is entered with its password", async () => {
    const stage = new Stage();
    const followed: unknown[] = [];
    const { room, events } = await stage.active({
      onCause: follow,
      password: "secret",
      history: { maxStanzas: 1 },
    });
    stage.client.on("roomAdded", (added) => followed.push(added.follows));
    stage.receive(destroyed(NEW, "<reason>moved</reason><password>new</password>"));
    await turn();
    expect(only(events, "exit")).toMatchObject({ mode: "destroyed", reason: "moved" });
    expect([...stage.client.rooms.keys()]).toEqual([NEW]);
    expect(followed).toEqual([room]);
    expect(joinSent(stage)).toEqual({ to: `${NEW}/${T}`, password: "new", history: undefined });
    stage.receive(presence(T, { codes: [110], room: NEW }));
    expect(stage.client.getRoom(NEW)?.joined).toBe(true);
  });

  it("its password is not that of the room that ended", async () => {
    const stage = new Stage();
    await stage.active({ onCause: follow, password: "secret" });
    stage.receive(destroyed(NEW));
    await turn();
    expect(joinSent(stage)).toMatchObject({ to: `${NEW}/${T}`, password: null });
  });

  it("one hop, and no further", async () => {
    const stage = new Stage();
    await stage.active({ onCause: follow });
    stage.receive(destroyed(NEW));
    await turn();
    stage.receive(presence(T, { codes: [110], room: NEW }));
    stage.receive(
      unavailable(T, { codes: [110], room: NEW, user: '<destroy jid="third@chat.shakespeare.lit"/>' }),
    );
    await turn();
    expect(stage.client.rooms.size).toBe(0);
  });

  it("a room that there is not is not made for it", async () => {
    const stage = new Stage();
    await stage.active({ onCause: follow });
    stage.receive(destroyed(NEW));
    await turn();
    stage.receive(presence(T, { codes: [110, 201], room: NEW }));
    expect(stage.session.sentOf("presence").at(-1)?.attrs).toMatchObject({
      to: `${NEW}/${T}`,
      type: "unavailable",
    });
  });

  it.each([
    ["where it is not allowed", {}, NEW],
    ["without autorejoin", { onCause: follow, autorejoin: false }, NEW],
    ["to another service", { onCause: follow }, "heath@chat.evil.lit"],
    ["to the service itself", { onCause: follow }, "chat.shakespeare.lit"],
    ["to itself", { onCause: follow }, R],
    ["to nonsense", { onCause: follow }, "@@"],
  ])("is not followed %s", async (_what, options, venue) => {
    const stage = new Stage();
    const { events } = await stage.active(options);
    stage.receive(destroyed(venue));
    await turn();
    expect([types(events).at(-1), stage.client.rooms.size]).toEqual(["exit", 0]);
    expect(stage.session.sentOf("presence")).toEqual([]);
  });

  it("is not followed when we go anyway, nor to where we are already", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({ onCause: follow });
    const known = await stage.join({}, T, NEW);
    stage.receive(presence(T, { codes: [110], room: NEW }));
    stage.receive(destroyed(NEW));
    await turn();
    expect([room.state, stage.client.getRoom(NEW)]).toEqual(["left", known.room]);
    void known.room.leave();
    stage.receive(
      unavailable(T, { codes: [110], room: NEW, user: '<destroy jid="third@chat.shakespeare.lit"/>' }),
    );
    await turn();
    expect([types(events).at(-1), stage.client.rooms.size]).toEqual(["exit", 0]);
  });

  it.each([
    ["xmpp:heath@chat.shakespeare.lit?join", NEW],
    ["xmpp:heath@chat.shakespeare.lit", NEW],
    [" heath@chat.shakespeare.lit ", NEW],
    ["XMPP:he%61th@chat.shakespeare.lit;x=y", NEW],
    ["xmpp://me@shakespeare.lit/heath@chat.shakespeare.lit?join", NEW],
    ["xmpp:chat.shakespeare.lit", null],
    ["xmpp:%ff@chat.shakespeare.lit", null],
    ["https://example.org/", null],
    ["", null],
  ])("a refusal with gone says where: %j", async (uri, venue) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.session.lose();
    stage.session.establish();
    const again = stage.client.join(R, T);
    stage.receive(goneTo(uri));
    const exit = only(events, "exit");
    expect([exit.mode, exit.alternative?.toString() ?? null]).toEqual(["error", venue]);
    expect(exit.error).toMatchObject({ reason: "gone" });
    const error: unknown = await again.entered.catch((reason: unknown) => reason);
    expect((error as typeof exit.error)?.alternative?.toString() ?? null).toBe(venue);
  });

  it("at a rejoin that is refused with gone it is followed as well, and at a first join that persists", async () => {
    const rejoining = new Stage();
    await rejoining.active({ onCause: { ...follow, destroyed: "rejoin" } });
    rejoining.session.lose();
    rejoining.session.establish();
    rejoining.receive(goneTo(`xmpp:${NEW}?join`));
    expect([...rejoining.client.rooms.keys()]).toEqual([NEW]);

    const first = new Stage();
    const joined = await first.join({ onCause: follow, firstJoin: "persist" });
    first.receive(goneTo(`xmpp:${NEW}?join`));
    expect(only(joined.events, "failure").error).toMatchObject({ reason: "gone" });
    expect([...first.client.rooms.keys()]).toEqual([NEW]);

    const once = new Stage();
    await once.join({ onCause: follow });
    once.receive(goneTo(`xmpp:${NEW}?join`));
    expect(once.client.rooms.size).toBe(0);
  });
});
