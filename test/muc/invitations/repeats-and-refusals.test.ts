// Invitations that come again, or in great number, and refusals.
import { describe, expect, it } from "vitest";

import { turn } from "../support/stage.js";
import { DISCO_INFO, F, NS_USER, R } from "../support/stanzas.js";
import { ACCOUNT_INFO, CRONE, D, direct, InvitedStage, mediated, ROOM_INFO } from "./support/stanzas.js";

describe("the same invitation again", () => {
  it("is told once within a minute; from somebody else, or with another password, it is another", () => {
    const stage = new InvitedStage();
    stage.receive(direct(), direct({ id: "d2" }), direct({ from: "crone1@shakespeare.lit/phone" }));
    expect(stage.only.decided).toBe(false);
    stage.receive(
      direct({ from: "hecate@shakespeare.lit/x" }),
      direct({ attrs: `jid="${D}" password="pw"` }),
    );
    expect(stage.invitations).toHaveLength(3);
    stage.clock.advance(59_000);
    stage.receive(direct());
    expect(stage.invitations).toHaveLength(3);
    stage.clock.advance(2_000);
    stage.receive(direct());
    expect(stage.invitations).toHaveLength(4);
  });

  it("counts once of each kind, too, where both name the same inviter", async () => {
    const stage = new InvitedStage();
    await stage.invite(mediated());
    stage.receive(direct());
    expect(stage.only.mode).toBe("mediated");
    expect(stage.diagnostics).toEqual(["repeated-invitation"]);
  });

  it("has a window that can be set", () => {
    const stage = new InvitedStage({ invited: { repeatWindowMs: 1_000 } });
    stage.receive(direct());
    stage.clock.advance(1_000);
    stage.receive(direct());
    expect(stage.invitations).toHaveLength(2);
  });
});

describe("many mediated invitations", () => {
  it("of one address need one question, and are bounded", async () => {
    const stage = new InvitedStage();
    for (let i = 0; i < 20; i++) stage.receive(mediated({ by: `user${i}@evil.lit/x` }));
    expect(stage.asked).toEqual([D]);
    stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    await turn();
    expect(stage.invitations).toHaveLength(8);
    expect(stage.diagnostics).toEqual(Array.from({ length: 12 }, () => "too-many-invitations"));
  });

  it("of many addresses ask a bounded number of questions at a time", async () => {
    const stage = new InvitedStage();
    for (let i = 0; i < 100; i++) stage.receive(mediated({ room: `r${i}@chat.evil.lit` }));
    expect(stage.asked).toHaveLength(32);
    while (stage.asked.length > 0) stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    await turn();
    expect(stage.invitations).toHaveLength(32);
    // What found no place may come again.
    await stage.invite(mediated({ room: "r99@chat.evil.lit" }));
    expect(stage.invitations).toHaveLength(33);
  });

  it("find no room any more where it was entered meanwhile", async () => {
    const stage = new InvitedStage();
    stage.receive(mediated());
    stage.client.join(D, "bot");
    await turn();
    stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    await turn();
    expect([stage.invitations, stage.diagnostics]).toEqual([[], ["invitation-to-known-room"]]);
  });
});

describe("a refusal", () => {
  const decline = (attrs = `from="hecate@shakespeare.lit"`, from = R): string =>
    `<message from="${from}"><x xmlns="${NS_USER}"><decline ${attrs}><reason>Sorry</reason></decline></x></message>`;

  it("224: is told with who, and why (XEP-0045 §7.8.2)", async () => {
    const stage = new InvitedStage();
    const { events } = await stage.active();
    stage.receive(decline(), decline().replace("<reason>Sorry</reason>", "<reason/>"));
    const [told, silent] = stage.declined;
    expect([told?.type, String(told?.room), String(told?.from), told?.reason]).toEqual([
      "invitationDeclined",
      R,
      "hecate@shakespeare.lit",
      "Sorry",
    ]);
    expect([silent?.reason, events]).toEqual([null, []]);
    expect(JSON.stringify(told)).not.toContain("Sorry");
  });

  it("of a room that we are not in has to be one of a room", async () => {
    const stage = new InvitedStage();
    stage.receive(decline(undefined, D), decline(undefined, "mallory@evil.lit"));
    stage.session.answer(DISCO_INFO, { payload: ROOM_INFO });
    stage.session.answer(DISCO_INFO, { payload: ACCOUNT_INFO });
    await turn();
    expect(stage.declined.map(({ room }) => room.toString())).toEqual([D]);
    expect(stage.diagnostics).toEqual(["forged-invitation"]);
  });

  it.each([
    ["of an occupant", undefined, `${R}/${F}`, "forged-invitation"],
    ["of a client", undefined, CRONE, "forged-invitation"],
    ["in the form that goes to a room", `to="x@y" from="x@y"`, R, "outbound-invitation"],
    ["of nobody", "", R, "bad-invitation"],
  ])("%s is none", async (_what, attrs, from, code) => {
    const stage = new InvitedStage();
    await stage.active();
    stage.receive(decline(attrs, from));
    expect([stage.declined, stage.diagnostics]).toEqual([[], [code]]);
  });
});
