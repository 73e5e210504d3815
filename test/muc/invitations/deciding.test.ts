// What comes of an invitation: it is decided once.
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { ArgumentError, DecidedError } from "../../../src/base/errors.js";
import { InvitedRoomsError, type InvitedRoom } from "../../../src/muc/invitations/invited-rooms.js";
import { settled, turn } from "../support/stage.js";
import { DISCO_INFO, refusal, unavailable } from "../support/stanzas.js";
import { CRONE, D, direct, InvitedStage, mediated } from "./support/stanzas.js";

const join = (stage: InvitedStage) =>
  stage.session.sentOf("presence").find(({ attrs }) => attrs["to"]?.startsWith(D));
const decisions = (stage: InvitedStage) =>
  stage.log
    .filter(({ text }) => text === "An invitation was decided")
    .map(({ fields }) => [fields["decision"], fields["by"]]);

describe("accepting", () => {
  it("enters the room with the password that came, and resolves when we are in", async () => {
    const stage = new InvitedStage();
    stage.receive(direct({ attrs: `jid="${D}" password="cauldronburn"` }));
    const accepted = stage.only.accept();
    expect(stage.only).toMatchObject({ decided: true, decision: "accept" });
    expect(await settled(accepted)).toBe("pending");
    expect(join(stage)?.attrs["to"]).toBe(`${D}/bot`);
    expect(join(stage)?.getChild("x")?.getChildText("password")).toBe("cauldronburn");
    stage.enters();
    const room = await accepted;
    expect([room, room.joined]).toEqual([stage.client.getRoom(D), true]);
    expect(decisions(stage)).toEqual([["accept", "code, without a policy"]]);
  });

  it("takes the nick that is asked for, else that of the client, else that of the account", async () => {
    for (const [invited, options, nick] of [
      [{}, {}, "bot"],
      [{ nick: "keeper" }, {}, "keeper"],
      [{ nick: "keeper" }, { nick: "hag" }, "hag"],
    ] as const) {
      const stage = new InvitedStage({ invited });
      stage.receive(direct());
      void stage.only.accept(options);
      await turn();
      expect(join(stage)?.attrs["to"]).toBe(`${D}/${nick}`);
    }
  });

  it("a nick that none can be is refused before anything is decided", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    await expect(stage.only.accept({ nick: " " })).rejects.toThrow(ArgumentError);
    expect(stage.only.decided).toBe(false);
  });

  it("does not make a room that there is not: it is left again", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    const accepted = stage.only.accept();
    await turn();
    stage.session.answer(DISCO_INFO, { error: "item-not-found" });
    stage.receive(
      `<presence from="${D}/bot"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="owner" role="moderator"/><status code="110"/><status code="201"/></x></presence>`,
    );
    const farewell = stage.session.sentOf("presence").at(-1);
    expect(farewell?.attrs).toMatchObject({ to: `${D}/bot`, type: "unavailable" });
    stage.receive(unavailable("bot", { room: D, codes: [110] }));
    await expect(accepted).rejects.toMatchObject({ name: "JoinError" });
  });

  it("that fails is reported: it rejects, the log says so, and the same invitation may come again", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    const accepted = stage.only.accept();
    await turn();
    stage.receive(direct());
    expect(stage.invitations).toHaveLength(1);
    stage.receive(
      refusal("registration-required", { room: D, nick: "bot", id: join(stage)?.attrs["id"] ?? "" }),
    );
    await expect(accepted).rejects.toMatchObject({ reason: "membersOnly" });
    const [line] = stage.log.filter(({ level }) => level === "warn");
    expect(line?.fields).toMatchObject({ room: D, inviter: "crone1@shakespeare.lit", mode: "direct" });
    expect(String(line?.fields["error"])).toMatch(/only members may enter/);
    expect(stage.only.decision).toBe("accept");
    stage.receive(direct());
    expect(stage.invitations).toHaveLength(2);
  });

  it("need not be awaited, whatever comes of it", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    void stage.only.accept();
    await turn();
    stage.session.stop();
    await turn();
    expect(stage.log.some(({ level }) => level === "warn")).toBe(true);
  });

  it("is bounded: beyond the cap nothing is sent, and a room that is over makes place", async () => {
    const stage = new InvitedStage({ invited: { maxRooms: 1 } });
    const invite = (room: string) => {
      stage.receive(direct({ attrs: `jid="${room}"` }));
      const invitation = stage.invitations.at(-1);
      if (invitation === undefined) throw new Error("no invitation");
      return invitation.accept();
    };
    const first = invite(D);
    await turn();
    stage.enters();
    const room = await first;
    const sent = stage.session.sent.length;
    await expect(invite("b@chat.lit")).rejects.toThrow(InvitedRoomsError);
    await expect(invite("b@chat.lit")).rejects.toMatchObject({ code: "tooManyRooms" });
    expect(stage.session.sent).toHaveLength(sent);
    stage.receive(
      `<presence type="unavailable" from="${D}/bot"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/><status code="110"/><status code="301"/></x></presence>`,
    );
    expect(room.state).toBe("left");
    expect(await settled(invite("c@chat.lit"))).toBe("pending");
  });

  it("counts the room that one of them went on in", async () => {
    const onCause = { alternative: "follow" } as const;
    const stage = new InvitedStage({ invited: { maxRooms: 1, join: { onCause } } });
    stage.receive(direct());
    const accepted = stage.only.accept();
    await turn();
    stage.enters();
    await accepted;
    const went = D.replace(/^[^@]*/, "elsewhere");
    stage.receive(
      `<presence type="unavailable" from="${D}/bot"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="none"/><status code="110"/><destroy jid="${went}"/></x></presence>`,
    );
    expect([...stage.client.rooms.keys()]).toEqual([went]);
    stage.receive(direct({ attrs: 'jid="b@chat.lit"' }));
    await expect(stage.invitations.at(-1)?.accept()).rejects.toMatchObject({ code: "tooManyRooms" });
    stage.receive(
      `<presence type="error" from="${went}"><error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>`,
    );
    stage.receive(direct({ attrs: 'jid="c@chat.lit"' }));
    const later = stage.invitations.at(-1)?.accept() ?? Promise.reject(new Error("no invitation"));
    expect(await settled(later)).toBe("pending");
  });

  it("does not count the rooms that we are in without invitation", async () => {
    const stage = new InvitedStage({ invited: { maxRooms: 1 } });
    await stage.active();
    stage.receive(direct());
    expect(await settled(stage.only.accept())).toBe("pending");
  });

  it("hands the room to whoever keeps it for the next start; that this fails is logged only", async () => {
    const kept: InvitedRoom[] = [];
    const keep = (room: InvitedRoom): Promise<void> => {
      kept.push(room);
      return Promise.reject(new Error("disk full"));
    };
    const stage = new InvitedStage({ invited: { keep } });
    stage.receive(direct({ attrs: `jid="${D}" password="pw"` }));
    const accepted = stage.only.accept();
    await turn();
    expect(kept).toEqual([]);
    stage.enters();
    await accepted;
    expect(kept).toMatchObject([{ nick: "bot", password: "pw", invitation: stage.only }]);
    expect(kept[0]?.jid.toString()).toBe(D);
    expect(stage.log.filter(({ level }) => level === "error")).toMatchObject([
      { fields: { error: "disk full" } },
    ]);
  });

  it("of a room that was entered meanwhile gives that room", async () => {
    const stage = new InvitedStage({ invited: { maxRooms: 0 } });
    stage.receive(direct());
    const { room } = stage.client.join(D, "other");
    const accepted = stage.only.accept();
    await turn();
    stage.enters("other");
    expect(await accepted).toBe(room);
  });
});

describe("declining", () => {
  it.each([
    ["an account, as ejabberd names it", CRONE],
    ["an occupant, as Prosody names them", `${D}/crone`],
  ])("tells the room of %s, with the reason (XEP-0045 §7.8.2)", async (_who, by) => {
    const stage = new InvitedStage();
    await stage.invite(mediated({ by }));
    expect(await stage.only.decline("Sorry, I'm too busy")).toBe(true);
    const [message] = stage.session.sentOf("message");
    expect([message?.attrs["to"], message?.attrs["type"]]).toEqual([D, undefined]);
    const decline = message?.getChild("x", "http://jabber.org/protocol/muc#user")?.getChild("decline");
    expect([decline?.attrs["to"], decline?.getChildText("reason")]).toEqual([by, "Sorry, I'm too busy"]);
    expect(stage.only.decision).toBe("decline");
  });

  it("needs no reason", async () => {
    const stage = new InvitedStage();
    await stage.invite(mediated());
    await stage.only.decline();
    expect(stage.session.sentOf("message")[0]?.toString()).not.toContain("reason");
  });

  it("sends nothing for a direct one, and says so: XEP-0249 knows no refusal", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    expect(await stage.only.decline("no")).toBe(false);
    expect([stage.session.sent, stage.only.decision]).toEqual([[], "decline"]);
    expect(stage.log.find(({ fields }) => "why" in fields)?.fields["why"]).toBe("XEP-0249 knows no refusal");
  });

  it.each([null, "@@", D])("sends nothing where the room names no inviter (%s)", async (by) => {
    const stage = new InvitedStage();
    await stage.invite(mediated({ by }));
    expect(await stage.only.decline()).toBe(false);
    expect(stage.session.sentOf("message")).toEqual([]);
  });

  it("rejects where it cannot be sent, and need not be awaited", async () => {
    const stage = new InvitedStage();
    await stage.invite(mediated());
    stage.session.broken = new Error("offline");
    await expect(stage.only.decline()).rejects.toThrow("offline");
    expect(stage.log.some(({ level }) => level === "warn")).toBe(true);
  });

  it("takes only a text as reason", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    await expect(stage.only.decline(1 as never)).rejects.toThrow(ArgumentError);
    expect(stage.only.decided).toBe(false);
  });
});

describe("a decision", () => {
  it.each(["accept", "decline", "ignore"] as const)("after %s is refused, whatever it is", async (first) => {
    const stage = new InvitedStage();
    stage.receive(direct());
    const { only } = stage;
    void only[first]();
    await expect(only.accept()).rejects.toThrow(DecidedError);
    await expect(only.decline()).rejects.toMatchObject({ code: "decided" });
    expect(() => only.ignore()).toThrow(DecidedError);
    expect([only.decision, decisions(stage).length]).toEqual([first, 1]);
  });

  it("to ignore sends nothing", () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    stage.only.ignore();
    expect([stage.session.sent, decisions(stage)]).toEqual([[], [["ignore", "code, without a policy"]]]);
  });

  it("is not there where nobody decides: nothing is sent, and after a day it is over", async () => {
    const stage = new InvitedStage();
    stage.receive(direct());
    await turn();
    expect([stage.session.sent, stage.only.decided]).toEqual([[], false]);
    stage.clock.advance(86_399_999);
    expect(stage.only.decided).toBe(false);
    stage.clock.advance(1);
    expect([stage.only.decision, stage.session.sent]).toEqual(["expired", []]);
    await expect(stage.only.accept()).rejects.toThrow(DecidedError);
  });

  it("can be given less time, or more", () => {
    const stage = new InvitedStage({ invited: { expiresMs: 1_000 } });
    stage.receive(direct(), direct({ attrs: `jid="b@chat.lit"` }));
    const [short, long] = stage.invitations;
    long?.expiresIn(5_000);
    stage.clock.advance(1_000);
    expect([short?.decision, long?.decision]).toEqual(["expired", null]);
    stage.clock.advance(4_000);
    expect(long?.decision).toBe("expired");
    long?.expiresIn(1);
    expect(() => long?.expiresIn(0)).toThrow(ArgumentError);
    expect(() => long?.expiresIn(Number.NaN)).toThrow(ArgumentError);
  });

  it("leaves no timer behind, and neither does the end of the session", () => {
    const stage = new InvitedStage();
    const timers = stage.clock.pending;
    stage.receive(direct(), direct({ attrs: `jid="b@chat.lit"` }));
    stage.invitations[0]?.ignore();
    stage.session.stop();
    expect([stage.invitations[1]?.decision, stage.clock.pending]).toEqual(["expired", timers]);
  });

  it("has to come before a thousand others wait for theirs", () => {
    const stage = new InvitedStage();
    for (let i = 0; i < 1_001; i++) stage.receive(direct({ attrs: `jid="r${i}@chat.lit"` }));
    expect(stage.invitations.filter(({ decided }) => decided)).toEqual([stage.invitations[0]]);
  });

  it("is logged with who decides at that moment", () => {
    let by: string | null = "acceptFrom";
    const stage = new InvitedStage({ invited: { decidedBy: () => by } });
    stage.receive(direct(), direct({ attrs: `jid="b@chat.lit"` }));
    stage.invitations[0]?.ignore();
    by = null;
    stage.invitations[1]?.ignore();
    expect(decisions(stage)).toEqual([
      ["ignore", "acceptFrom"],
      ["ignore", "code, without a policy"],
    ]);
  });
});

describe("an invitation that is printed", () => {
  it("tells neither the password nor what people wrote", async () => {
    const stage = new InvitedStage();
    const body = "<body>crone invites you to the room, the password is 'cauldronburn'</body>";
    await stage.invite(
      mediated({ reason: "it is cauldronburn", user: "<password>cauldronburn</password>", more: body }),
    );
    const { only } = stage;
    expect(only.password).toBe("cauldronburn");
    const printed = [JSON.stringify(only), inspect(only), `${JSON.stringify(stage.log)}`];
    for (const text of printed.slice(0, 2)) expect(text).toContain(D);
    for (const text of printed) expect(text).not.toContain("cauldronburn");
    expect(Object.keys(only)).not.toContain("password");
    const accepted = only.accept();
    await turn();
    stage.receive(refusal("not-authorized", { room: D, nick: "bot", id: join(stage)?.attrs["id"] ?? "" }));
    await expect(accepted).rejects.toMatchObject({ reason: "passwordRequired" });
    expect(JSON.stringify(stage.log)).not.toContain("cauldronburn");
  });
});
