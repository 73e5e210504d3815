import { describe, expect, it } from "vitest";

import { only, settled, Stage, turn, types } from "../support/stage.js";
import { F, own, presence, R, T, unavailable } from "../support/stanzas.js";

describe("own presence while we are in", () => {
  it("137: is told like that of others", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(own());
    expect(only(events, "presence").occupant).toBe(room.me);
    expect(types(events)).toEqual(["presence"]);
  });

  it("137: is known by the nick, too: not every service says 110 each time", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(presence(T, { more: "<show>dnd</show>" }));
    expect([types(events), room.me?.presence.show, room.occupants.length]).toEqual([["presence"], "dnd", 2]);
  });

  it("139: with a new rank: presence, role, affiliation of `me`", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(own({ item: { affiliation: "owner", role: "moderator" } }));
    expect(types(events)).toEqual(["presence", "role", "affiliation"]);
    expect(events.every((event) => "occupant" in event && event.occupant === room.me)).toBe(true);
  });
});

describe("being out", () => {
  it("140: left as we asked to: one `exit`, and `me` is kept (XEP-0045 §7.14)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const left = room.leave();
    expect([room.state, await settled(left)]).toEqual(["leaving", "pending"]);
    expect(stage.session.sentOf("presence").at(-1)?.attrs).toEqual({ to: `${R}/${T}`, type: "unavailable" });
    stage.receive(unavailable(T, { codes: [110] }));
    await left;
    const exit = only(events, "exit");
    expect(exit).toMatchObject({ mode: "normal", actor: null, reason: null, statusCodes: new Set([110]) });
    expect([room.state, room.joined, room.active, room.me?.isSelf]).toEqual(["left", false, false, true]);
    stage.receive(unavailable(T, { codes: [110] }));
    expect(types(events).filter((type) => type === "exit")).toHaveLength(1);
  });

  it("142: kicked: role and affiliation, then `exit`, for the bare client does not come back from that", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(own({ item: { affiliation: "member", role: "participant" } }));
    events.length = 0;
    stage.receive(
      unavailable(T, {
        codes: [110, 307],
        item: { affiliation: "none", role: "none", reason: "Avaunt!", actor: "hecate" },
      }),
    );
    expect(types(events)).toEqual(["role", "affiliation", "exit"]);
    const exit = only(events, "exit");
    expect(exit).toMatchObject({ mode: "kicked", reason: "Avaunt!", statusCodes: new Set([110, 307]) });
    expect([exit.actor?.nick, room.state]).toEqual(["hecate", "left"]);
  });

  it.each([
    ["332", "systemShutdown", "systemShutdown"],
    ["333", "technicalRemoval", "error"],
  ])("142: %s is not meant for us: `suspend` where we come back, else `exit`", async (code, cause, mode) => {
    const farewell = unavailable(T, { codes: [110, Number(code)], item: { role: "none", reason: "sorry" } });
    const back = new Stage();
    const { room, events } = await back.active();
    back.receive(farewell);
    const suspend = only(events, "suspend");
    expect(suspend).toMatchObject({ cause, reason: "sorry", statusCodes: new Set([110, Number(code)]) });
    expect(suspend.nextAttemptAt?.getTime()).toBe(back.clock.now() + (back.clock.nextInMs ?? 0));
    expect([room.state, room.outage?.cause, types(events).includes("exit")]).toEqual([
      "waiting",
      cause,
      false,
    ]);

    const gone = new Stage();
    const other = await gone.active({ autorejoin: false });
    gone.receive(farewell);
    expect(only(other.events, "exit").mode).toBe(mode);
  });

  it("143: banned: in every handler our role is none, and the affiliation outcast (XEP-0045 §9.1)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const seen: string[] = [];
    for (const type of ["role", "affiliation", "exit"] as const)
      room.on(type, () => seen.push(`${type} ${room.me?.role} ${room.me?.affiliation}`));
    stage.receive(unavailable(T, { codes: [110, 301], item: { affiliation: "outcast", role: "none" } }));
    expect(seen).toEqual(["role none outcast", "affiliation none outcast", "exit none outcast"]);
    expect(only(events, "exit").mode).toBe("banned");
  });

  it("145: in the handler of `exit` the room is over, and forgotten", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const seen: unknown[] = [];
    room.on("exit", () => seen.push(stage.client.getRoom(R), room.joined, room.active, room.state));
    stage.receive(unavailable(T, { codes: [110, 307] }));
    expect(seen).toEqual([undefined, false, false, "left"]);
  });

  it("146: it can be joined again: another room, with a promise of its own", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 307] }));
    const again = await stage.join();
    expect(again.room).not.toBe(room);
    expect(await settled(again.entered)).toBe("pending");
    stage.receive(own());
    await again.entered;
    expect([room.state, again.room.state]).toEqual(["left", "history"]);
  });

  it.each([
    ["with status 110", [110]],
    // ejabberd
    ["without", []],
  ])("destroyed (%s): where it went on, why, and with which password", async (_what, codes) => {
    const stage = new Stage();
    const { events } = await stage.active();
    const destroy = `<destroy jid="heath@chat.shakespeare.lit"><reason>gone</reason><password>p</password></destroy>`;
    stage.receive(unavailable(null), unavailable(T, { codes, user: destroy }));
    const exit = only(events, "exit");
    expect(exit).toMatchObject({ mode: "destroyed", reason: "gone", password: "p" });
    expect(exit.alternative?.toString()).toBe("heath@chat.shakespeare.lit");
    expect(JSON.stringify(exit)).not.toContain('"p"');
  });

  it("the first farewell counts: ejabberd sends a second one", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 332] }), unavailable(T, { user: "<destroy/>" }));
    expect([room.state, only(events, "suspend").cause]).toEqual(["waiting", "systemShutdown"]);
  });
});

describe("149: leaving always settles", () => {
  it("by the echo, addressed to our present nick (XEP-0045 §7.14)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    stage.receive(unavailable(T, { codes: [110, 303], item: { nick: "oldhag" } }));
    const left = room.leave({ status: "bye" });
    const sent = stage.session.sentOf("presence").at(-1);
    expect([sent?.attrs["to"], sent?.getChildText("status")]).toEqual([`${R}/oldhag`, "bye"]);
    stage.receive(unavailable("oldhag"));
    await left;
  });

  it("by the loss of the session before the echo; the room is not joined again", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const left = room.leave();
    stage.session.lose();
    await left;
    expect(only(events, "exit").mode).toBe("normal");
    stage.session.sent.length = 0;
    stage.session.establish();
    expect([stage.session.sent, stage.client.rooms.size]).toEqual([[], 0]);
  });

  it("by its time-out, where nothing answers", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const left = room.leave({ timeoutMs: 1_000 });
    stage.clock.advance(999);
    expect(await settled(left)).toBe("pending");
    stage.clock.advance(1);
    await left;
    expect([only(events, "exit").mode, stage.clock.pending]).toEqual(["normal", 0]);
  });

  it("twice, and afterwards", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const both = [room.leave(), room.leave()];
    stage.receive(unavailable(T, { codes: [110] }));
    await Promise.all([...both, room.leave()]);
    expect(only(events, "exit").mode).toBe("normal");
    expect(stage.session.sentOf("presence")).toHaveLength(1);
  });

  it("asked for meanwhile, it is not promised to be entered: it is on its way out", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const left = room.leave();
    const again = stage.client.join(R, T);
    expect(again.room).toBe(room);
    await expect(again.entered).rejects.toMatchObject({
      reason: "aborted",
      message: expect.stringContaining("wait for leave()"),
    });
    stage.receive(unavailable(T, { codes: [110] }));
    await left;
    expect(stage.client.join(R, T).room).not.toBe(room);
  });

  it("from inside a handler, too", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    room.on("enter", () => void room.leave());
    stage.receive(presence(F), own());
    expect([room.state, types(events)]).toEqual(["leaving", ["join", "enter"]]);
    stage.receive(unavailable(T, { codes: [110] }));
    await turn();
    expect(only(events, "exit").mode).toBe("normal");
  });

  it("by a kick that crosses it", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const left = room.leave();
    stage.receive(unavailable(T, { codes: [110, 307] }));
    await left;
    expect(only(events, "exit").mode).toBe("kicked");
  });
});
