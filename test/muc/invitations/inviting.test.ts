// Invitations of ours: what goes out, and what comes back.
import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError } from "../../../src/base/errors.js";
import type { InviteOptions } from "../../../src/muc/invitations/write.js";
import { only, types } from "../support/stage.js";
import { errorOf, F, NS_USER, R } from "../support/stanzas.js";
import { InvitedStage } from "./support/stanzas.js";

const HECATE = "hecate@shakespeare.lit";

async function invite(jid: string, options?: InviteOptions, password?: string) {
  const stage = new InvitedStage();
  const joined = await stage.active(password === undefined ? {} : { password });
  await joined.room.invite(jid, options);
  const [stanza, ...others] = stage.session.sent;
  if (stanza === undefined || others.length > 0) throw new Error("not one stanza was sent");
  return { stage, ...joined, stanza };
}

const bounce = (from: string, id: string | undefined, condition = "service-unavailable"): string =>
  `<message from="${from}" id="${id}" type="error"><x xmlns="jabber:x:conference" jid="${R}"/>${errorOf(condition)}</message>`;

describe("a direct invitation", () => {
  it("goes to the account, past the room (XEP-0249 §2)", async () => {
    const { stanza } = await invite(`${HECATE}/broom`, { reason: "Hey Hecate" });
    expect([stanza.name, stanza.attrs["to"], stanza.attrs["type"]]).toEqual(["message", HECATE, undefined]);
    expect(stanza.attrs["id"]).toMatch(/.{20}/);
    const [x, ...others] = stanza.getChildElements();
    expect([x?.xmlns, x?.attrs, others]).toEqual([
      "jabber:x:conference",
      { xmlns: "jabber:x:conference", jid: R, reason: "Hey Hecate" },
      [],
    ]);
  });

  it("continues a one-to-one conversation, in its thread (XEP-0249 §3)", async () => {
    const { stanza } = await invite(HECATE, { thread: "e0ff" });
    expect(stanza.getChild("x")?.attrs).toMatchObject({ continue: "true", thread: "e0ff" });
  });

  it.each([
    ["the one that we entered with", "cauldronburn", {}, "cauldronburn"],
    ["another", "cauldronburn", { password: "pw" }, "pw"],
    ["none where there is none", undefined, {}, undefined],
    ["none where none is wanted", "cauldronburn", { password: "" }, undefined],
  ])("has the password: %s", async (_which, own, options, password) => {
    const { stanza } = await invite(HECATE, options, own);
    expect(stanza.getChild("x")?.attrs["password"]).toBe(password);
  });

  it.each([HECATE, `${HECATE}/broom`, "shakespeare.lit"])(
    "221: that comes back from %s is a message that failed, once, and no invitation",
    async (from) => {
      const { stage, stanza, events } = await invite(HECATE);
      const { id } = stanza.attrs;
      stage.receive(bounce(from, id), bounce(from, id));
      const failed = only(events, "messageError");
      expect([failed.id, failed.error.condition]).toEqual([id, "service-unavailable"]);
      expect([stage.invitations, stage.diagnostics]).toEqual([[], ["stray-message-error"]]);
    },
  );

  it.each(["mallory@evil.lit", `${R}/${F}`, R, "evil.lit"])("is not refused by %s", async (from) => {
    const { stage, stanza, events } = await invite(HECATE);
    stage.receive(bounce(from, stanza.attrs["id"]));
    expect([types(events), stage.diagnostics]).toEqual([[], ["stray-message-error"]]);
  });

  it("that comes back when the room is over is noticed only", async () => {
    const { stage, stanza, events, room } = await invite(HECATE);
    void room.leave();
    stage.session.stop();
    events.length = 0;
    stage.receive(bounce(HECATE, stanza.attrs["id"]));
    expect([types(events), stage.diagnostics]).toEqual([[], ["stray-message-error"]]);
  });

  it("may fail for the last few hundred that were sent", async () => {
    const stage = new InvitedStage();
    const { room, events } = await stage.active();
    for (let i = 0; i < 300; i++) await room.invite(`user${i}@shakespeare.lit`);
    for (const { attrs } of stage.session.sent.slice()) stage.receive(bounce(attrs["to"] ?? "", attrs["id"]));
    expect(types(events)).toHaveLength(256);
  });
});

describe("a mediated invitation", () => {
  it("226: goes to the room, for whom is given, with the reason (XEP-0045 §7.8.2)", async () => {
    const { stanza } = await invite(
      `${HECATE}/broom`,
      { mode: "mediated", reason: "Hey Hecate" },
      "cauldronburn",
    );
    expect([stanza.attrs["to"], stanza.attrs["type"]]).toEqual([R, undefined]);
    const x = stanza.getChild("x", NS_USER);
    const sent = x?.getChild("invite");
    expect([sent?.attrs["to"], sent?.attrs["from"], sent?.getChildText("reason")]).toEqual([
      `${HECATE}/broom`,
      undefined,
      "Hey Hecate",
    ]);
    expect([x?.getChild("password"), sent?.getChild("continue")]).toEqual([undefined, undefined]);
  });

  it("continues a one-to-one conversation, and has a password where one is given (XEP-0045 §7.9)", async () => {
    const { stanza } = await invite(HECATE, { mode: "mediated", thread: "e0ff", password: "pw" });
    const x = stanza.getChild("x", NS_USER);
    expect(x?.getChild("invite")?.getChild("continue")?.attrs["thread"]).toBe("e0ff");
    expect(x?.getChildText("password")).toBe("pw");
  });

  it("is refused by the room alone", async () => {
    const { stage, stanza, events } = await invite(HECATE, { mode: "mediated" });
    const { id } = stanza.attrs;
    stage.receive(bounce(HECATE, id, "not-allowed"));
    expect(types(events)).toEqual([]);
    stage.receive(bounce(R, id, "not-allowed"));
    expect(only(events, "messageError").error.condition).toBe("not-allowed");
  });
});

describe("an invitation that cannot be", () => {
  it.each([
    ["to what is no address", "@@", {}],
    ["to the room itself", R, {}],
    ["to an occupant, who is in", `${R}/${F}`, { mode: "mediated" as const }],
    ["of another kind", HECATE, { mode: "by pigeon" as never }],
    ["with a reason that is no text", HECATE, { reason: 1 as never }],
    ["with a password that is no text", HECATE, { password: null as never }],
  ])("%s is refused before anything is sent", async (_what, jid, options) => {
    const stage = new InvitedStage();
    const { room } = await stage.active();
    await expect(room.invite(jid, options)).rejects.toThrow(ArgumentError);
    expect(stage.session.sent).toEqual([]);
  });

  it("because we are not in is refused, too", async () => {
    const stage = new InvitedStage();
    const { room } = await stage.join();
    stage.session.sent.length = 0;
    await expect(room.invite(HECATE)).rejects.toThrow(NotJoinedError);
    expect(stage.session.sent).toEqual([]);
  });
});

describe("many of our own rooms", () => {
  it("each hear of their own invitations only", async () => {
    const stage = new InvitedStage();
    const first = await stage.active();
    const second = await stage.join({}, "bot", "second@chat.shakespeare.lit");
    await first.room.invite(HECATE);
    const id = stage.session.sentOf("message")[0]?.attrs["id"];
    stage.receive(bounce(HECATE, id));
    expect([types(first.events), types(second.events)]).toEqual([["messageError"], []]);
  });
});
