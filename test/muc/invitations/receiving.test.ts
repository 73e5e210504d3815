// What counts as an invitation, and what each says.
import { describe, expect, it } from "vitest";

import { DISCO_INFO, F, message, NS_USER, R } from "../support/stanzas.js";
import { turn, types } from "../support/stage.js";
import {
  ACCOUNT_INFO,
  carbon,
  CRONE,
  D,
  delay,
  direct,
  InvitedStage,
  MARK,
  mediated,
  ROOM_INFO,
} from "./support/stanzas.js";

const OWN = "bot@shakespeare.lit";

describe("a direct invitation", () => {
  it("is told with all that it says (XEP-0249 §2)", () => {
    const stage = new InvitedStage();
    const attrs = `jid="${D}" password="cauldronburn" reason="Hey Hecate" continue="true" thread="e0ffe42b28561960c6b12b944a092794b9683a38"`;
    stage.receive(direct({ attrs }));
    const { only } = stage;
    expect([only.room.toString(), only.from.toString(), String(only.inviter)]).toEqual([
      D,
      CRONE,
      "crone1@shakespeare.lit",
    ]);
    expect(only).toMatchObject({
      type: "invitation",
      proof: "sender",
      mode: "direct",
      password: "cauldronburn",
      reason: "Hey Hecate",
      thread: "e0ffe42b28561960c6b12b944a092794b9683a38",
      continues: true,
      delayed: false,
      decided: false,
      decision: null,
    });
    expect(only.receivedAt.getTime()).toBe(stage.clock.now());
    expect(only.stanza.getChild("x")?.attrs["jid"]).toBe(D);
    expect([stage.asked, stage.diagnostics]).toEqual([[], []]);
  });

  it("says nothing where it says nothing, and may have its reason between the tags", () => {
    const stage = new InvitedStage();
    stage.receive(direct(), direct({ attrs: `jid="other@chat.shakespeare.lit"`, text: "come" }));
    const [plain, old] = stage.invitations;
    expect(plain).toMatchObject({ password: null, reason: null, thread: null, continues: false });
    expect(old?.reason).toBe("come");
  });

  it.each([
    ["217: no room", `reason="x"`],
    ["an empty room", `jid=""`],
    ["a service", `jid="chat.shakespeare.lit"`],
    ["an occupant", `jid="${D}/crone"`],
    ["no address", `jid="@@"`],
  ])("to %s is none, and what says more than that is not lost", (_what, attrs) => {
    const stage = new InvitedStage();
    const told: string[] = [];
    stage.client.on("directMessage", ({ body }) => told.push(body));
    stage.receive(direct({ attrs }));
    expect([stage.invitations, stage.diagnostics, told]).toEqual([[], ["bad-invitation"], []]);
    stage.receive(direct({ attrs, more: "<body>hello</body>" }));
    expect([stage.invitations, told]).toEqual([[], ["hello"]]);
  });

  it("that comes by private message proves nothing of the inviter, and is no private message", async () => {
    const stage = new InvitedStage();
    const { events } = await stage.active();
    const told: string[] = [];
    stage.client.on("directMessage", ({ body }) => told.push(body));
    for (const more of [MARK, ""])
      stage.receive(
        direct({
          from: `${R}/${F}`,
          type: "chat",
          more: `<body>join us</body>${more}`,
          attrs: `jid="a${more.length}@b"`,
        }),
      );
    // Of a room that we are not in, the mark tells.
    stage.receive(direct({ from: `far@away.lit/nick`, type: "chat", more: MARK }));
    expect(stage.invitations.map(({ proof, inviter, mode }) => [proof, inviter, mode])).toEqual(
      Array.from({ length: 3 }, () => ["none", null, "direct"]),
    );
    expect(stage.invitations.map(({ from }) => from.toString())).toEqual([
      `${R}/${F}`,
      `${R}/${F}`,
      "far@away.lit/nick",
    ]);
    expect([types(events), told]).toEqual([[], []]);
  });
});

describe("a mediated invitation", () => {
  it("212: is told when what sent it says that it is a room (XEP-0045 §7.8.2)", async () => {
    const stage = new InvitedStage();
    stage.receive(mediated({ reason: "Hey Hecate", user: "<password>cauldronburn</password>" }));
    expect([stage.invitations, stage.asked]).toEqual([[], [D]]);
    stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    await turn();
    const { only } = stage;
    expect([only.room, only.from, only.inviter].map(String)).toEqual([D, D, "crone1@shakespeare.lit"]);
    expect(only).toMatchObject({
      proof: "claimed",
      mode: "mediated",
      password: "cauldronburn",
      reason: "Hey Hecate",
      thread: null,
      continues: false,
    });
  });

  it.each([
    ["220: beside the invite", { user: "<password>pw</password>" }, "pw"],
    ["within the invite", { invite: "<password>pw</password>" }, "pw"],
    [
      "of the direct one beside it",
      { more: `<x xmlns="jabber:x:conference" jid="${D}" password="pw"/>` },
      "pw",
    ],
    ["214: nowhere", {}, null],
  ])("has its password %s", async (_where, init, password) => {
    const stage = new InvitedStage();
    await stage.invite(mediated(init));
    expect(stage.only.password).toBe(password);
  });

  it.each([
    ["an occupant of the room, as Prosody names", `${D}/crone`, null],
    ["214: nobody", null, null],
    ["the room itself", D, null],
    ["what is no address", "@@", null],
    ["an account, as ejabberd names", CRONE, "crone1@shakespeare.lit"],
  ])("names %s as the inviter", async (_whom, by, inviter) => {
    const stage = new InvitedStage();
    await stage.invite(mediated({ by }));
    const { only } = stage;
    expect([only.inviter?.toString() ?? null, only.proof]).toEqual([inviter, "claimed"]);
  });

  it("may be the room's own, to somebody whom it made a member: there is nobody to refuse it to (XEP-0045 §9.3)", async () => {
    const stage = new InvitedStage();
    await stage.invite(mediated({ by: null, user: "<password>cauldronburn</password>" }));
    const { only } = stage;
    expect(only).toMatchObject({
      mode: "mediated",
      proof: "claimed",
      inviter: null,
      password: "cauldronburn",
    });
    expect(await only.decline("no")).toBe(false);
    expect(stage.session.sentOf("message")).toEqual([]);
  });

  it("may continue a one-to-one conversation (XEP-0045 §7.9)", async () => {
    const stage = new InvitedStage();
    await stage.invite(mediated({ invite: `<continue thread="e0ff"/>` }));
    await stage.invite(mediated({ room: `other@${"chat.shakespeare.lit"}`, invite: "<continue/>" }));
    expect(stage.invitations.map(({ continues, thread }) => [continues, thread])).toEqual([
      [true, "e0ff"],
      [true, null],
    ]);
  });

  it("with a direct one beside it, as both servers send it, is one, of the room that sent it", async () => {
    const stage = new InvitedStage();
    await stage.invite(
      mediated({ more: `<x xmlns="jabber:x:conference" jid="elsewhere@chat"/><body>hi</body>` }),
    );
    expect(stage.only).toMatchObject({ mode: "mediated" });
    expect(stage.only.room.toString()).toBe(D);
  });

  it.each([
    ["223: an account, of what looks like a room", ACCOUNT_INFO],
    ["what tells nothing", ""],
  ])("from %s is none", async (_what, info) => {
    const stage = new InvitedStage();
    await stage.invite(
      mediated({ room: "mallory@evil.lit", more: `<x xmlns="jabber:x:conference" jid="${D}"/>` }),
      info,
    );
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["forged-invitation"]]);
  });

  it.each(["item-not-found", "service-unavailable", "remote-server-not-found"])(
    "from what answers %s is none",
    async (error) => {
      const stage = new InvitedStage();
      stage.receive(mediated());
      stage.session.answer(DISCO_INFO, { error });
      await turn();
      expect([stage.invitations, stage.diagnostics]).toEqual([[], ["unproven-invitation"]]);
    },
  );

  it("from what never answers is none", async () => {
    const stage = new InvitedStage();
    stage.receive(mediated());
    stage.clock.advance(30_000);
    await turn();
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["unproven-invitation"]]);
  });

  it("whose answer is lost with the session is asked about again in the next", async () => {
    const stage = new InvitedStage();
    stage.receive(mediated());
    stage.session.lose();
    await turn();
    stage.session.sent.length = 0;
    stage.session.establish();
    expect([stage.asked, stage.diagnostics]).toEqual([[D], []]);
    stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    await turn();
    expect(stage.only.room.toString()).toBe(D);
    stage.session.lose();
    stage.session.sent.length = 0;
    stage.session.establish();
    expect(stage.asked).toEqual([]);
  });

  it.each([
    ["a client", "mallory@evil.lit/x"],
    ["an occupant of some room", `${D}/mallory`],
    ["a service", "chat.shakespeare.lit"],
  ])("from %s is forged, and nobody is asked (XEP-0045 §13)", (_what, room) => {
    const stage = new InvitedStage();
    stage.receive(mediated({ room }));
    expect([stage.invitations, stage.asked]).toEqual([[], []]);
    expect(stage.diagnostics).toEqual(["forged-invitation"]);
  });

  it("from an occupant of our room is forged; what they say beside it is a private message", async () => {
    const stage = new InvitedStage();
    const { events } = await stage.active();
    const forged = `<x xmlns="${NS_USER}"><invite from="admin@localhost"/></x>`;
    stage.receive(message(F, { type: "chat", body: "x", more: forged }));
    stage.receive(message(F, { type: "chat", body: null, more: forged }));
    expect([stage.invitations, types(events), stage.asked]).toEqual([[], ["privateMessage"], []]);
    expect(stage.diagnostics).toEqual(["forged-invitation", "forged-invitation"]);
  });

  it.each([` to="x@y"`, ` to="${OWN}"`])("215: in the form that goes to a room (%s) is none", (attrs) => {
    const stage = new InvitedStage();
    stage.receive(mediated({ attrs }));
    expect([stage.invitations, stage.diagnostics, stage.asked]).toEqual([[], ["outbound-invitation"], []]);
  });
});

describe("what looks like an invitation", () => {
  it("is a line like any other where it is said in a room", async () => {
    const stage = new InvitedStage();
    const { events } = await stage.active();
    const x = `<x xmlns="jabber:x:conference" jid="${D}"/>`;
    const forged = `<x xmlns="${NS_USER}"><invite from="admin@localhost"/><status code="110"/></x>`;
    stage.receive(
      message(F, { body: "over there", more: x }),
      message(F, { body: null, more: forged }),
      message(F, { body: "hi", more: forged }),
    );
    expect([types(events), stage.invitations]).toEqual([["message", "message"], []]);
  });

  it("is none of a room that we are in, nor to one", async () => {
    const stage = new InvitedStage();
    await stage.active();
    stage.receive(
      mediated({ room: R }),
      direct({ attrs: `jid="${R}"` }),
      direct({ attrs: `jid="${R.toUpperCase()}"` }),
    );
    expect([stage.invitations, stage.asked]).toEqual([[], []]);
    expect(stage.diagnostics).toEqual(Array.from({ length: 3 }, () => "invitation-to-known-room"));
  });

  it("221: is none where it comes back as an error that we know nothing of", () => {
    const stage = new InvitedStage();
    stage.receive(direct({ type: "error" }), mediated({ type: "error" }));
    expect([stage.invitations, stage.diagnostics]).toEqual([
      [],
      ["stray-message-error", "stray-message-error"],
    ]);
  });

  it("is none as a headline, which nobody is to act on", () => {
    const stage = new InvitedStage();
    stage.receive(direct({ type: "headline" }));
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["strange-message-type"]]);
  });

  it.each([`${OWN}/cave`, `${OWN}/other`, OWN])("218: of our own account (%s) is none", (from) => {
    const stage = new InvitedStage();
    stage.receive(direct({ from }), mediated({ room: from }));
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["own-invitation", "own-invitation"]]);
  });

  it("from nobody is from our own account, and none", () => {
    const stage = new InvitedStage();
    stage.receive(direct().replace(` from="${CRONE}"`, ""));
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["bad-jid"]]);
  });
});

describe("a copy of an invitation that another client of ours got", () => {
  it.each([OWN, null])("counts once, as the same invitation (from %s)", async (from) => {
    const stage = new InvitedStage();
    stage.receive(direct(), carbon("received", from, direct()));
    expect(stage.only.from.toString()).toBe(CRONE);
    expect(stage.diagnostics).toEqual(["repeated-invitation"]);
    await stage.invite(carbon("received", from, mediated({ by: `${D}/crone` })));
    expect(stage.invitations.map(({ mode, from: sender }) => [mode, sender.toString()])).toEqual([
      ["direct", CRONE],
      ["mediated", D],
    ]);
  });

  it.each(["mallory@evil.lit", `${OWN}/other`, CRONE, "shakespeare.lit"])("is forged by %s", (from) => {
    const stage = new InvitedStage();
    stage.receive(carbon("received", from, direct()), carbon("received", from, mediated()));
    expect([stage.invitations, stage.asked]).toEqual([[], []]);
    expect(stage.diagnostics.every((code) => code === "forged-carbon" || code === "carbon")).toBe(true);
  });

  it("is none of what our other client sent, of what was said in a room, and of an error", () => {
    const stage = new InvitedStage();
    stage.receive(
      carbon("sent", OWN, direct({ from: `${OWN}/other` })),
      carbon("received", OWN, direct({ type: "groupchat" })),
      carbon("received", OWN, direct({ type: "error" })),
      carbon("received", OWN, `<message from="${CRONE}"><body>hi</body></message>`),
    );
    expect([stage.invitations, stage.diagnostics]).toEqual([[], Array.from({ length: 4 }, () => "carbon")]);
  });

  it("is dated by what forwards it", () => {
    const stage = new InvitedStage();
    const stamp = "2009-01-01T00:00:00Z";
    stage.receive(
      carbon("received", OWN, direct()).replace("<message xmlns", `${delay(stamp)}<message xmlns`),
    );
    expect(stage.only).toMatchObject({ delayed: true, receivedAt: new Date(stamp) });
  });
});

describe("an invitation that was kept before it came", () => {
  it("says since when: by the earliest delay, for a later one may be the sender's (XEP-0203)", () => {
    const stage = new InvitedStage();
    const day = new Date(stage.clock.now() - 86_400_000).toISOString();
    const minute = new Date(stage.clock.now() - 60_000).toISOString();
    stage.receive(direct({ more: delay(minute) + delay(day) + delay("nonsense") }));
    expect(stage.only).toMatchObject({ delayed: true, receivedAt: new Date(day), ageMs: 86_400_000 });
    stage.clock.advance(1_000);
    expect(stage.only.ageMs).toBe(86_401_000);
  });

  it("is not of the future, and what is no time is no delay", () => {
    const stage = new InvitedStage();
    stage.receive(
      direct({ more: delay("2999-01-01T00:00:00Z") }),
      direct({ attrs: `jid="a@b"`, more: delay("soon") }),
    );
    const [future, nonsense] = stage.invitations;
    expect(future).toMatchObject({ delayed: true, receivedAt: new Date(stage.clock.now()), ageMs: 0 });
    expect(nonsense).toMatchObject({ delayed: false, receivedAt: new Date(stage.clock.now()) });
  });
});
