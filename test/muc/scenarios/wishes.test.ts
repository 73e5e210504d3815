// What an occupant asks of a room for himself, and what becomes of it.
import { describe, expect, it } from "vitest";

import { NotJoinedError, RequestTimeoutError } from "../../../src/base/errors.js";
import { settled, Stage, turn, types } from "../support/stage.js";
import {
  DISCO_INFO,
  errorOf,
  F,
  features,
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

describe("a change of nick of our own", () => {
  it("I157 settles with the own 303, whatever id it has", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const done = room.setNick("oldhag");
    expect(stage.session.sentOf("presence")[0]?.attrs["to"]).toBe(`${R}/oldhag`);
    expect(await settled(done)).toBe("pending");
    const gone = { type: "unavailable", codes: [303, 110], item: { nick: "oldhag" }, id: "of-the-past" };
    stage.receive(presence(T, gone), presence("oldhag", { codes: [110] }));
    await done;
    expect(room.nick).toBe("oldhag");
    await room.setNick("oldhag");
  });

  it("I163 rejects with the refusal, and only with the one for its id", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const done = room.setNick(F);
    stage.receive(refusal("conflict", { nick: F, id: "another" }));
    expect(await settled(done)).toBe("pending");
    stage.receive(
      refusal("conflict", { nick: F, id: stage.session.sentOf("presence")[0]?.attrs["id"] ?? "" }),
    );
    await expect(done).rejects.toMatchObject({ code: "xmpp", condition: "conflict" });
    expect(room.nick).toBe(T);
  });

  it("is not refused by another occupant, though they know its id: only by the room, or the nick that was asked for", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const done = room.setNick("oldhag");
    const id = stage.session.sentOf("presence")[0]?.attrs["id"] ?? "";
    stage.receive(refusal("conflict", { nick: F, id }));
    expect(await settled(done)).toBe("pending");
    expect(stage.diagnostics).toContain("stray-presence-error");
    stage.receive(refusal("not-allowed", { id }));
    await expect(done).rejects.toMatchObject({ condition: "not-allowed" });
  });

  it("is given up after a time, and when we are out; nothing is left behind", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const before = stage.clock.pending;
    const silent = room.setNick("oldhag");
    stage.clock.advance(30_000);
    await expect(silent).rejects.toBeInstanceOf(RequestTimeoutError);
    expect(stage.clock.pending).toBe(before);
    const left = room.setNick("oldhag");
    stage.receive(unavailable(T, { codes: [110, 307] }));
    await expect(left).rejects.toBeInstanceOf(NotJoinedError);
  });

  it("takes along what the presence says, also into the next session", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.active();
    await room.setPresence({ show: "dnd", status: "busy" });
    void room.setNick("oldhag").catch(() => {});
    stage.session.lose();
    stage.session.establish();
    await turn();
    const said = stage.session
      .sentOf("presence")
      .map((each) => [each.attrs["to"], each.getChildText("show")]);
    expect(said).toEqual([
      [`${R}/${T}`, "dnd"],
      [`${R}/oldhag`, "dnd"],
      [`${R}/${T}`, "dnd"],
    ]);
    await entered;
  });
});

describe("a wish for voice", () => {
  const visitor = async (): Promise<{ stage: Stage; outcome: Promise<unknown> }> => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(own({ item: { affiliation: "none", role: "visitor" } }));
    return { stage, outcome: room.requestVoice() };
  };

  it("L199 is a form with two fields, in a message to the room (XEP-0045 §7.13)", async () => {
    const { stage } = await visitor();
    const [sent] = stage.session.sentOf("message");
    expect([sent?.attrs["to"], sent?.attrs["type"] ?? "normal"]).toEqual([R, "normal"]);
    const fields = sent?.getChild("x", "jabber:x:data")?.getChildren("field") ?? [];
    expect(fields.map(({ attrs }) => [attrs["var"], attrs["type"]])).toEqual([
      ["FORM_TYPE", "hidden"],
      ["muc#role", "list-single"],
    ]);
  });

  it("is granted with the role, expires, ends with leaving, and rejects with the refusal", async () => {
    const granted = await visitor();
    granted.stage.receive(own({ item: { affiliation: "none", role: "participant" } }));
    expect(await granted.outcome).toBe("granted");
    const expired = await visitor();
    expired.stage.clock.advance(30 * 60_000);
    expect(await expired.outcome).toBe("expired");
    const left = await visitor();
    left.stage.receive(unavailable(T, { codes: [110, 307] }));
    expect(await left.outcome).toBe("left");
    const refused = await visitor();
    const id = refused.stage.session.sentOf("message")[0]?.attrs["id"] ?? "";
    const error = (nick: string | null): string =>
      message(nick, { type: "error", id, body: null, more: errorOf("resource-constraint") });
    refused.stage.receive(error(F));
    expect(await settled(refused.outcome)).toBe("pending");
    refused.stage.receive(error(null));
    await expect(refused.outcome).rejects.toMatchObject({ condition: "resource-constraint" });
  });
});

describe("a room made members-only", () => {
  const NOTICE = `<message from="${R}" type="groupchat"><x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x></message>`;

  it("is asked once more who is there: whoever it leaves out is gone, and nothing is heard twice (XEP-0045 §10.2)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active({}, ["muc_open"]);
    stage.receive(presence(S), NOTICE);
    stage.session.sent.splice(0, stage.session.sent.length - 1);
    stage.session.answer(DISCO_INFO, { payload: features("muc_membersonly") });
    const [asked] = stage.session.sentOf("presence");
    expect(asked?.attrs["to"]).toBe(`${R}/${T}`);
    expect(asked?.getChildElements()[0]?.getChild("history")?.attrs).toMatchObject({
      maxchars: "0",
      maxstanzas: "0",
    });
    events.length = 0;
    stage.receive(presence(S), own({ id: asked?.attrs["id"] ?? "" }), subject());
    expect(types(events)).toEqual(["presence", "presence", "leave"]);
    expect(room.occupants.map(({ nick }) => nick)).toEqual([T, S]);
    expect(room.state).toBe("active");
    // The next subject is a change again, be it the same.
    stage.receive(subject(S));
    expect(types(events).at(-1)).toBe("subject");
  });

  it("is not asked where it was for members before, nor after another change", async () => {
    const stage = new Stage();
    await stage.active({}, ["muc_membersonly"]);
    stage.receive(NOTICE);
    stage.session.answer(DISCO_INFO, { payload: features("muc_membersonly") });
    stage.receive(NOTICE);
    await turn();
    stage.session.answer(DISCO_INFO, { payload: features("muc_open") });
    expect(stage.session.sentOf("presence")).toEqual([]);
  });

  it("is not asked beyond the session, or when the room is over: no timer is left", async () => {
    const stage = new Stage();
    const { room } = await stage.active({}, ["muc_open"]);
    const before = stage.clock.pending;
    stage.receive(NOTICE);
    stage.session.answer(DISCO_INFO, { payload: features("muc_membersonly") });
    expect(stage.clock.pending).toBeGreaterThan(before);
    room.autorejoin = false;
    stage.session.lose();
    expect(room.state).toBe("left");
    expect(stage.clock.pending).toBe(0);
  });

  it("no answer changes nothing; a removal meanwhile is told to the room once more, which may have let us in again", async () => {
    const stage = new Stage();
    const { room } = await stage.active({}, ["muc_open"]);
    stage.receive(NOTICE);
    stage.session.answer(DISCO_INFO, { payload: features("muc_membersonly") });
    stage.receive(unavailable(T, { codes: [110, 322] }));
    expect(room.state).toBe("left");
    expect(stage.session.sentOf("presence").at(-1)?.attrs["type"]).toBe("unavailable");
    const silent = new Stage();
    const other = await silent.active({}, ["muc_open"]);
    silent.receive(NOTICE);
    silent.session.answer(DISCO_INFO, { payload: features("muc_membersonly") });
    silent.clock.advance(60_000);
    expect(other.room.occupants).toHaveLength(2);
  });
});
