// L: requests for voice, as moderators get them.
import { describe, expect, it } from "vitest";

import { ArgumentError, DecidedError } from "../../../src/base/errors.js";
import { VoiceRequestForm } from "../../../src/muc/forms/voice-request-form.js";
import type { RoleRequest } from "../../../src/muc/voice/role-request.js";
import { only, settled, Stage, turn, types, type Joined, type StageOptions } from "../support/stage.js";
import { F, own, presence, R, S, subject, T, unavailable } from "../support/stanzas.js";

const REQUEST = "http://jabber.org/protocol/muc#request";
const VISITOR = { affiliation: "none", role: "visitor", jid: "f@x/res" };
const PARTICIPANT = { ...VISITOR, role: "participant" };

interface Asked {
  readonly from?: string;
  readonly type?: string | null;
  readonly formType?: string;
  readonly about?: string;
  readonly fields?: string;
  readonly more?: string;
}

const field = (name: string, value: string | null, type: string | null = "text-single"): string =>
  `<field var="${name}"${type === null ? "" : ` type="${type}"`}>${value === null ? "" : `<value>${value}</value>`}</field>`;

const FIELDS =
  field("muc#role", "participant", "list-single") +
  field("muc#jid", "f@x/res", "jid-single") +
  field("muc#roomnick", F) +
  field("muc#request_allow", "false", "boolean");

/** The message that a room sends to its moderators. */
function asks({
  from = R,
  type = null,
  formType = "form",
  about = field("FORM_TYPE", REQUEST, "hidden"),
  fields = FIELDS,
  more = "",
}: Asked = {}): string {
  return `<message from="${from}"${type === null ? "" : ` type="${type}"`}><x xmlns="jabber:x:data" type="${formType}">${about}${fields}</x>${more}</message>`;
}

/** We are in, and F is there as a visitor. */
async function moderating(
  options: StageOptions = {},
  item: object = VISITOR,
): Promise<Joined & { stage: Stage }> {
  const stage = new Stage(options);
  const joined = await stage.active();
  stage.receive(presence(F, { item }));
  joined.events.length = 0;
  return { ...joined, stage };
}

async function requested(asked: Asked = {}): Promise<Joined & { stage: Stage; request: RoleRequest }> {
  const scene = await moderating();
  scene.stage.receive(asks(asked));
  return { ...scene, request: only(scene.events, "roleRequest") };
}

/** The forms that went to the room, by field. */
function answers(stage: Stage): Readonly<Record<string, string | null>>[] {
  return stage.session.sentOf("message").flatMap((message) => {
    const form = message.getChild("x", "jabber:x:data");
    if (form === undefined) return [];
    const fields = form
      .getChildren("field")
      .map((each) => [each.attrs["var"] ?? "", each.getChildText("value")] as const);
    return [
      Object.fromEntries([["to", message.attrs["to"] ?? ""], ["form", form.attrs["type"] ?? ""], ...fields]),
    ];
  });
}

const answer = (allow: "true" | "false") => ({
  to: R,
  form: "submit",
  FORM_TYPE: REQUEST,
  "muc#role": "participant",
  "muc#jid": "f@x/res",
  "muc#roomnick": F,
  "muc#request_allow": allow,
});

describe("a request for voice", () => {
  it.each([[null], ["normal"]])("200: is told with who asks, of type %j (XEP-0045 §8.6)", async (type) => {
    const { room, events, request, stage } = await requested({ type });
    expect(types(events)).toEqual(["roleRequest"]);
    expect([request.nick, request.realJid?.toString(), request.role, request.mismatch]).toEqual([
      F,
      "f@x/res",
      "participant",
      null,
    ]);
    expect(request.occupant).toBe(room.getOccupant(F));
    expect([request.decided, request.submission.done, request.decision]).toEqual([false, false, null]);
    expect(stage.session.sentOf("message")).toEqual([]);
  });

  it.each<[string, Asked]>([
    ["with FORM_TYPE not hidden", { about: field("FORM_TYPE", REQUEST) }],
    ["with FORM_TYPE without a type", { about: field("FORM_TYPE", REQUEST, null) }],
    [
      "209: with fields of other types",
      {
        fields:
          field("muc#role", "participant") +
          field("muc#jid", "f@x/res", null) +
          field("muc#roomnick", F, "text-private"),
      },
    ],
    [
      "without anything to allow",
      { fields: field("muc#jid", "f@x/res", "jid-single") + field("muc#roomnick", F) },
    ],
    ["with fields that nobody knows", { fields: FIELDS + field("vendor", "x", "strange") }],
  ])("%s is one", async (_what, asked) => {
    const { request, stage } = await requested(asked);
    await request.approve();
    expect(answers(stage)).toMatchObject([
      { "muc#jid": "f@x/res", "muc#roomnick": F, "muc#request_allow": "true" },
    ]);
  });

  it.each<[string, string, string]>([
    ["of an occupant", asks({ from: `${R}/${F}` }), "message-without-body"],
    ["of an occupant, of type normal", asks({ from: `${R}/${F}`, type: "normal" }), "message-without-body"],
    ["of type chat", asks({ type: "chat" }), "message-without-body"],
    ["205: that is an answer", asks({ formType: "submit" }), "strange-voice-request"],
    ["that is a result", asks({ formType: "result" }), "strange-voice-request"],
    ["that is given up", asks({ formType: "cancel" }), "strange-voice-request"],
    [
      "206: with another FORM_TYPE",
      asks({ about: field("FORM_TYPE", "urn:x", "hidden") }),
      "message-without-body",
    ],
    [
      "209: with an address that is none",
      asks({ fields: field("muc#jid", "@", "jid-single") + field("muc#roomnick", F) }),
      "malformed-voice-request",
    ],
    [
      "with a yes that is neither",
      asks({ fields: FIELDS.replace("false", "perhaps") }),
      "malformed-voice-request",
    ],
    ["of nobody", asks({ fields: field("muc#role", "participant") }), "malformed-voice-request"],
    [
      "in a copy",
      `<message from="bot@shakespeare.lit"><received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${asks()}</forwarded></received></message>`,
      "carbon",
    ],
    [
      "in a copy of the room's",
      `<message from="${R}"><received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${asks()}</forwarded></received></message>`,
      "forged-carbon",
    ],
  ])("%s is none, and noticed", async (_what, stanza, code) => {
    const { events, stage } = await moderating();
    stage.receive(stanza);
    expect([types(events), stage.diagnostics]).toEqual([[], [code]]);
  });

  it("of a room that we are not in is none", async () => {
    const stage = new Stage();
    const { events } = await stage.join();
    stage.receive(asks());
    expect(types(events)).toEqual([]);
    expect(stage.diagnostics).toEqual(["message-while-out"]);
  });
});

describe("who asks", () => {
  it("is nobody's where nobody has the nick", async () => {
    const { stage, events } = await moderating();
    stage.receive(unavailable(F), asks());
    expect(only(events, "roleRequest")).toMatchObject({ occupant: null, mismatch: "nick", nick: F });
  });

  it("is nobody's where who has the nick is somebody else", async () => {
    const { stage, events } = await moderating({}, { ...VISITOR, jid: "owner@x/res", affiliation: "owner" });
    stage.receive(asks());
    expect(only(events, "roleRequest")).toMatchObject({ occupant: null, mismatch: "realJid" });
  });

  it("is who has the nick where the room tells no addresses: it wrote the form, and streams are in order", async () => {
    const { stage, events, room } = await moderating({}, { affiliation: "member", role: "visitor" });
    stage.receive(asks());
    expect(only(events, "roleRequest").occupant).toBe(room.getOccupant(F));
  });

  it("is found by the address where the form names no nick", async () => {
    const { stage, events, room } = await moderating();
    stage.receive(asks({ fields: field("muc#jid", "f@x/other", "jid-single") }));
    expect(only(events, "roleRequest")).toMatchObject({ nick: "", occupant: room.getOccupant(F) });
  });
});

describe("an answer", () => {
  it("208: is the form with all that came, and yes or no (XEP-0045 §8.6)", async () => {
    const { request, stage } = await requested();
    await request.approve();
    expect(answers(stage)).toEqual([answer("true")]);
    const other = await requested();
    await other.request.deny();
    expect(answers(other.stage)).toEqual([answer("false")]);
    expect(other.stage.session.sentOf("message")).toHaveLength(1);
  });

  it("202: is given once: whoever comes second is told, and nothing more is sent", async () => {
    const { request, stage } = await requested();
    await request.approve();
    await expect(request.deny()).rejects.toBeInstanceOf(DecidedError);
    await expect(request.approve()).rejects.toMatchObject({ code: "decided" });
    await expect(request.submission.submit(request.form)).rejects.toBeInstanceOf(DecidedError);
    expect([request.decided, request.submission.done, request.decision]).toEqual([true, true, "approve"]);
    expect(answers(stage)).toHaveLength(1);
    expect((await request.submission.promise).requestAllow).toBe(true);
  });

  it("may be any form of the request, with what was changed in it", async () => {
    const { request, stage } = await requested();
    request.form.requestAllow = true;
    request.form.role = "participant";
    await request.submission.submit(request.form);
    expect([answers(stage), request.decision]).toEqual([[answer("true")], "approve"]);
  });

  it("that says neither yes nor no is refused, and nothing decided", async () => {
    const { request, stage } = await requested();
    await expect(request.submission.submit(new VoiceRequestForm())).rejects.toBeInstanceOf(ArgumentError);
    await expect(request.submission.submit("yes" as never)).rejects.toBeInstanceOf(ArgumentError);
    expect([request.decided, answers(stage)]).toEqual([false, []]);
  });

  it("203: is not given where nobody decides: nothing is sent, and a day later it is over", async () => {
    const { request, stage } = await requested();
    stage.clock.advance(86_399_999);
    expect(await settled(request.outcome)).toBe("pending");
    stage.clock.advance(1);
    expect(await request.outcome).toBe("expired");
    expect([stage.session.sentOf("message"), request.decided, request.decision]).toEqual([
      [],
      true,
      "expired",
    ]);
    await expect(request.submission.promise).rejects.toBeInstanceOf(DecidedError);
  });

  it("is no where it was to be given in time", async () => {
    const { request, stage } = await requested();
    request.expiresIn(60_000);
    expect(() => request.expiresIn(0)).toThrow(ArgumentError);
    stage.clock.advance(60_000);
    expect(await request.outcome).toBe("expired");
    expect(answers(stage)).toEqual([answer("false")]);
    await expect(request.approve()).rejects.toBeInstanceOf(DecidedError);
  });

  it("that is no can be said to who asked, who is told by nobody else", async () => {
    const { request, stage } = await requested();
    await request.deny({ tell: "not today" });
    const [, told] = stage.session.sentOf("message");
    expect([told?.attrs["to"], told?.attrs["type"], told?.getChildText("body")]).toEqual([
      `${R}/${F}`,
      "chat",
      "not today",
    ]);
  });

  it("that is no is not said to whoever has the nick by then", async () => {
    const { request, stage } = await requested();
    stage.receive(unavailable(F), presence(F));
    await expect(request.deny({ tell: "not today" })).rejects.toBeInstanceOf(DecidedError);
    expect(stage.session.sentOf("message")).toEqual([]);
  });
});

describe("what comes of it", () => {
  it("granted: when the role has changed", async () => {
    const { request, stage } = await requested();
    await request.approve();
    expect(await settled(request.outcome)).toBe("pending");
    stage.receive(presence(F, { item: PARTICIPANT }));
    expect(await request.outcome).toBe("granted");
    expect(stage.clock.pending).toBe(1);
  });

  it("denied: at once, for nobody tells of it", async () => {
    const { request } = await requested();
    await request.deny();
    expect(await request.outcome).toBe("denied");
  });

  it("answered elsewhere: the role has changed without us, and we have nothing to decide any more", async () => {
    const { request, stage } = await requested();
    stage.receive(presence(F, { item: PARTICIPANT }));
    expect(await request.outcome).toBe("answeredElsewhere");
    await expect(request.approve()).rejects.toBeInstanceOf(DecidedError);
    expect([request.decision, stage.session.sentOf("message")]).toEqual([null, []]);
  });

  it("left: with and without an approval", async () => {
    const first = await requested();
    first.stage.receive(unavailable(F));
    expect(await first.request.outcome).toBe("left");
    const second = await requested();
    await second.request.approve();
    second.stage.receive(unavailable(F));
    expect(await second.request.outcome).toBe("left");
  });

  it("is not left by a change of nick", async () => {
    const { request, stage } = await requested();
    await request.approve();
    stage.receive(
      unavailable(F, { codes: [303], item: { ...VISITOR, nick: "oldhag" } }),
      presence("oldhag", { item: PARTICIPANT }),
    );
    expect(await request.outcome).toBe("granted");
  });

  it("exited: we are out for good", async () => {
    const { request, stage } = await requested();
    stage.receive(unavailable(T, { codes: [110, 301] }));
    expect(await request.outcome).toBe("exited");
  });

  it("expired: the service does nothing with an approval, as of somebody who was gone", async () => {
    const { request, stage } = await requested();
    await request.approve();
    stage.clock.advance(30_000);
    expect(await request.outcome).toBe("expired");
  });

  it("granted: who could speak already, whose wish ejabberd passes on all the same", async () => {
    const { stage, events } = await moderating({}, PARTICIPANT);
    stage.receive(asks());
    const request = only(events, "roleRequest");
    await request.approve();
    expect(await request.outcome).toBe("granted");
  });

  it("is seen after an outage, too: roles are compared when we are in again", async () => {
    const { request, stage, room } = await requested();
    await request.approve();
    stage.session.lose();
    stage.session.establish();
    await turn();
    stage.receive(presence(F, { item: PARTICIPANT }), presence(S), own(), subject());
    expect(room.getOccupant(F)).toBe(request.occupant);
    expect(await request.outcome).toBe("granted");
  });

  it("is left after an outage where somebody else has the nick", async () => {
    const { request, stage } = await requested();
    stage.session.lose();
    stage.session.establish();
    await turn();
    stage.receive(presence(F, { item: { ...PARTICIPANT, jid: "mallory@x/r" } }), own(), subject());
    expect(await request.outcome).toBe("left");
  });

  it("may be awaited by a listener: it is settled before anything that waits for its turn", async () => {
    const { stage, room } = await moderating();
    const seen: string[] = [];
    room.on("roleRequest", (request) => {
      void request.approve();
      void request.outcome.then((outcome) => seen.push(outcome));
    });
    stage.receive(asks(), presence(F, { item: PARTICIPANT }));
    await turn();
    expect(seen).toEqual(["granted"]);
  });

  it("of requests without end: the oldest are over, and nothing grows", async () => {
    const { stage, events } = await moderating();
    for (let n = 0; n < 300; n++) stage.receive(asks());
    const requests = events.flatMap((event) => (event.type === "roleRequest" ? [event] : []));
    expect(requests.filter(({ decided }) => decided)).toHaveLength(44);
    await expect(requests[0]?.outcome).resolves.toBe("expired");
  });

  it("an answer that cannot be sent rejects, and reaches the log", async () => {
    const { request, stage } = await requested();
    stage.session.send = () => Promise.reject(new Error("no stream"));
    await expect(request.approve()).rejects.toThrow("no stream");
    expect(stage.log.some(({ text }) => text.includes("was not answered"))).toBe(true);
  });
});
