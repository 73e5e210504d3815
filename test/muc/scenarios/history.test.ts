import { describe, expect, it } from "vitest";

import { only, Stage, types, type Joined } from "../support/stage.js";
import {
  DISCO_INFO,
  F,
  features,
  message,
  own,
  presence,
  R,
  S,
  subject,
  T,
  unavailable,
} from "../support/stanzas.js";

const OCCUPANT_ID = "urn:xmpp:occupant-id:0";
const idOf = (id: string): string => `<occupant-id xmlns="${OCCUPANT_ID}" id="${id}"/>`;

/** We are in, the history goes on: F is there, with a real address. */
async function inHistory(stage: Stage, trusted: readonly string[] = []): Promise<Joined> {
  const joined = await stage.join();
  stage.session.answer(DISCO_INFO, { payload: features(...trusted) });
  stage.receive(
    presence(F, { item: { affiliation: "none", role: "participant", jid: "f@x/res" }, more: idOf("id-f") }),
    own(),
  );
  joined.events.length = 0;
  return joined;
}

describe("replay is a phase: from own presence to the subject, or to the first sign of life", () => {
  it("34: lines with a delay leave it going", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(message(F, { delayed: true }), message(F, { delayed: true }));
    expect([room.state, types(events)]).toEqual(["history", ["message", "message"]]);
    expect(events.every((event) => event.type === "message" && event.source === "replay")).toBe(true);
  });

  it.each([
    ["delayed", `<delay xmlns="urn:xmpp:delay" from="${R}" stamp="2024-01-01T00:00:00Z"/>`],
    ["undelayed", ""],
  ])("35: the subject ends it, %s or not", async (_what, more) => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(message(F, { delayed: true }), subject(F, "toil", more));
    expect([room.state, types(events)]).toEqual(["active", ["message", "subject", "caughtUp"]]);
    expect(only(events, "subject").initial).toBe(true);
    // the watch over a room that falls silent
    expect(stage.clock.pending).toBe(1);
  });

  it("37: an undelayed message ends it, and is live, of whoever has the nick (XEP-0045 §7.2.16)", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(message(F));
    expect([room.state, types(events)]).toEqual(["active", ["caughtUp", "message"]]);
    const { occupant, source } = only(events, "message");
    expect([occupant, source]).toEqual([room.getOccupant(F), "live"]);
  });

  it("an occupant's presence ends it; presence of the room itself does not", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(presence(null));
    expect(room.state).toBe("history");
    stage.receive(presence(S));
    expect([room.state, types(events)]).toEqual(["active", ["caughtUp", "join"]]);
    expect(only(events, "join").initial).toBe(false);
  });

  it("a limit ends it where nothing else does: some services send no subject", async () => {
    const stage = new Stage();
    const { room } = await inHistory(stage);
    stage.clock.advance(9_999);
    expect(room.state).toBe("history");
    stage.clock.advance(1);
    expect([room.state, stage.clock.pending]).toEqual(["active", 1]);
  });

  it("47: everything else is live, whatever delay it carries", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(message(F, { delayed: true }));
    const { occupant, source, sentAt } = only(events, "message");
    expect([occupant, source]).toEqual([room.getOccupant(F), "live"]);
    expect(sentAt).toEqual(new Date("2024-01-01T00:00:00Z"));
  });

  it("somebody who leaves amid the history still gets the rest as history", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    const left = room.leave();
    stage.receive(message(F, { body: "!quit", delayed: true }), unavailable(T, { codes: [110] }));
    await left;
    expect(only(events, "message").source).toBe("replay");
  });
});

describe("a slow service answers a join that was given up, and then the next one too", () => {
  it("what comes the second time was handled, and is no command either", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join({ firstJoin: "persist" });
    const idOfJoin = (): string => stage.session.sentOf("presence").at(-1)?.attrs["id"] ?? "";
    const first = idOfJoin();
    stage.clock.advance(30_000);
    while (room.state === "waiting") stage.clock.advance(stage.clock.nextInMs ?? 0);
    const second = idOfJoin();
    const old = message(F, { body: "!quit", delayed: true });
    stage.receive(presence(F), own({ id: first }), old, subject());
    expect(room.state).toBe("active");
    stage.receive(presence(F), own({ id: second }), old, subject());
    stage.receive(message(F, { body: "now" }));
    expect(room.state).toBe("active");
    expect(
      events.flatMap((event) => (event.type === "message" ? [`${event.source} ${event.body}`] : [])),
    ).toEqual(["replay !quit", "live now"]);
    expect(types(events).filter((type) => type === "enter")).toHaveLength(1);
  });

  it("an old id on a later presence of ours means nothing: ejabberd puts it on a nick change", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    const id = stage.session.sentOf("presence")[0]?.attrs["id"] ?? "";
    stage.receive(own({ id }), subject(), own({ id }));
    expect(room.state).toBe("active");
  });
});

describe("whose a replayed line is", () => {
  it("38: a stranger's, where nobody has the nick", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(
      message("ghost", { delayed: true, more: `<x xmlns="http://jabber.org/protocol/muc#user"/>` }),
    );
    const { occupant, nick, realJid } = only(events, "message");
    expect([nick, occupant.nick, realJid, occupant.realJid]).toEqual(["ghost", "ghost", null, null]);
    expect(occupant.presence).toEqual({ available: false, show: null });
    expect([occupant.role, occupant.affiliation, occupant.isSelf]).toEqual(["none", "none", false]);
    expect(room.occupants).not.toContain(occupant);
  });

  it.each([
    ["40", "somebody else's address", "mallory@x"],
    ["41", "the very address of who is there", "f@x/res"],
  ])(
    "%s: a stranger's, though its item gives %s: whoever sent it could have written that",
    async (_n, _what, jid) => {
      const stage = new Stage();
      const { room, events } = await inHistory(stage);
      const forged = `<x xmlns="http://jabber.org/protocol/muc#user"><item jid="${jid}" affiliation="owner"/></x>`;
      stage.receive(message(F, { delayed: true, more: forged }));
      const { occupant, realJid } = only(events, "message");
      expect([occupant.nick, realJid, occupant.affiliation]).toEqual([F, null, "none"]);
      expect(occupant).not.toBe(room.getOccupant(F));
      expect(room.getOccupant(F)?.affiliation).toBe("none");
    },
  );

  it("41: that of who is there, where an id that the room vouches for says so", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage, [OCCUPANT_ID]);
    stage.receive(message("an old nick", { delayed: true, more: idOf("id-f") }));
    const { occupant, nick, occupantId, source } = only(events, "message");
    expect(occupant).toBe(room.getOccupant(F));
    expect([nick, occupantId, source]).toEqual(["an old nick", "id-f", "replay"]);
  });

  it("41: a stranger's with that id, where its owner is not there, though somebody has the nick", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage, [OCCUPANT_ID]);
    stage.receive(message(F, { delayed: true, more: idOf("id-of-another") }));
    const { occupant, occupantId } = only(events, "message");
    expect(occupantId).toBe("id-of-another");
    expect(occupant).not.toBe(room.getOccupant(F));
  });

  it("44: the room's own line is a service message, of the past (XEP-0045 §7.2.13)", async () => {
    const stage = new Stage();
    const { events } = await inHistory(stage);
    stage.receive(message(null, { body: "this room is logged", delayed: true }));
    const { body, source } = only(events, "serviceMessage");
    expect([body, source]).toEqual(["this room is logged", "replay"]);
  });

  it("46: the nick is that of each line", async () => {
    const stage = new Stage();
    const { events } = await inHistory(stage, [OCCUPANT_ID]);
    stage.receive(
      message("al", { delayed: true, more: idOf("a") }),
      message("ally", { delayed: true, more: idOf("a") }),
    );
    expect(events.map((event) => event.type === "message" && [event.nick, event.occupant.nick])).toEqual([
      ["al", "al"],
      ["ally", "ally"],
    ]);
  });

  it("our own line of the past is replay, and no reflection", async () => {
    const stage = new Stage();
    const { room, events } = await inHistory(stage);
    stage.receive(message(T, { delayed: true }));
    const { occupant, source } = only(events, "message");
    expect(source).toBe("replay");
    expect(occupant).not.toBe(room.me);
  });
});

describe("49: own unavailable presence that nobody asked for", () => {
  it("takes the room out of `active`; it comes back by itself", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110] }));
    expect([room.state, room.active, room.joined]).toEqual(["waiting", false, true]);
    expect(only(events, "suspend").cause).toBe("removed");
  });

  it("ends it where it is not to come back", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({ autorejoin: false });
    stage.receive(unavailable(T, { codes: [110] }));
    expect([room.state, room.active, room.joined]).toEqual(["left", false, false]);
    expect(only(events, "exit").mode).toBe("unknown");
  });
});

describe("the session goes on (XEP-0198)", () => {
  it("172: resuming is invisible to the room, and what was missed is live though it has a delay", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.session.interrupt();
    stage.session.resume();
    expect([room.state, events, stage.session.sent]).toEqual(["active", [], []]);
    stage.receive(message(F, { delayed: true }));
    expect(only(events, "message").source).toBe("live");
  });
});
