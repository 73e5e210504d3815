import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError } from "../../../src/base/errors.js";
import { xml } from "../../../src/base/element.js";
import type { Prepare } from "../../../src/muc/room-host.js";
import { only, Stage, turn, types } from "../support/stage.js";
import { errorOf, F, message, presence, R, S, T, unavailable } from "../support/stanzas.js";

const REPLY = "urn:xmpp:reply:0";

describe("what is said in the room", () => {
  it("62: a line of a nick that nobody has is a stranger's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(message(S, "when shall we three meet again"));
    const { occupant, nick, body, source } = only(events, "message");
    expect([nick, body, source]).toEqual([S, "when shall we three meet again", "live"]);
    expect([occupant.nick, occupant.role, occupant.affiliation]).toEqual([S, "none", "none"]);
    expect(room.occupants).not.toContain(occupant);
  });

  it("64: our own comes back as a reflection", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(message(T, { id: "m1" }));
    const { occupant, source, id } = only(events, "message");
    expect([occupant, source, id]).toEqual([room.me, "reflection", "m1"]);
  });

  it("65: a line of somebody present is of the very occupant of `join`", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(presence(S), message(S));
    expect(only(events, "message").occupant).toBe(only(events, "join").occupant);
  });

  it("67: two lines of a ghost are of two strangers", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message("ghost"), message("ghost"));
    const [a, b] = events.map((event) => (event.type === "message" ? event.occupant : null));
    expect(a).not.toBe(b);
    expect(a?.uid).not.toBe(b?.uid);
  });

  it.each([
    ["nothing", ""],
    ["a marker of nothing", `<displayed xmlns="urn:xmpp:chat-markers:0"/>`],
    ["a chat state that there is none of", `<bored xmlns="http://jabber.org/protocol/chatstates"/>`],
    ["a wish for a receipt", `<request xmlns="urn:xmpp:receipts"/>`],
  ])("68: without a body (%s) it is no message, and noticed", async (_what, more) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { body: null, more }));
    expect([events, stage.diagnostics]).toEqual([[], ["message-without-body"]]);
  });

  it("an empty body is one", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, ""));
    expect(only(events, "message").body).toBe("");
  });

  it("70: of a room that we know nothing of is noticed, and nobody's", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { room: "heath@chat.shakespeare.lit" }));
    expect([events, stage.diagnostics]).toEqual([[], ["unknown-room"]]);
  });

  it("of the room itself is a service message", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(null, "the service goes down at noon"));
    const { body, source } = only(events, "serviceMessage");
    expect([body, source]).toEqual(["the service goes down at noon", "live"]);
  });

  it("that comes before we are in is noticed, and nothing else", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(message(F), message(null));
    expect([room.state, events]).toEqual(["joining", []]);
    expect(stage.diagnostics).toEqual(["message-while-joining", "message-while-joining"]);
  });
});

describe("what a message says of itself", () => {
  it("ids, thread, reply, languages and mentions", async () => {
    const stage = new Stage({ languages: ["de"] });
    const { events } = await stage.active();
    stage.receive(
      message(F, {
        id: "m1",
        body: null,
        more:
          `<body>${T}, hello</body><body xml:lang="de">hallo</body><thread>t1</thread>` +
          `<stanza-id xmlns="urn:xmpp:sid:0" by="f@x" id="forged"/>` +
          `<stanza-id xmlns="urn:xmpp:sid:0" by="${R}" id="s1"/><origin-id xmlns="urn:xmpp:sid:0" id="o1"/>` +
          `<reply xmlns="${REPLY}" id="m0" to="${R}/${S}"/>`,
      }),
    );
    const told = only(events, "message");
    expect(told).toMatchObject({ id: "m1", stanzaId: "s1", originId: "o1", thread: "t1", replaces: null });
    expect(told.bodies.toJSON()).toEqual({ "": `${T}, hello`, de: "hallo" });
    expect([told.body, told.mentionsMe]).toEqual(["hallo", false]);
    expect([told.replyTo?.id, told.replyTo?.to?.toString()]).toEqual(["m0", `${R}/${S}`]);
  });

  it("nothing, where nothing is said", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F));
    const told = only(events, "message");
    expect([told.id, told.stanzaId, told.originId, told.thread, told.replaces, told.replyTo]).toEqual(
      Array.from({ length: 6 }, () => null),
    );
    expect(told.sentAt).toEqual(new Date(stage.clock.now()));
  });

  it.each([
    [`${T}: hello`, true],
    [`hello ${T.toUpperCase()}!`, true],
    [`${T}s are many`, false],
    [`the ${T}_2`, false],
    ["nobody", false],
  ])("%s mentions us: %s", async (body, mentions) => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, body));
    expect(only(events, "message").mentionsMe).toBe(mentions);
  });

  it("a nick that would be a pattern is none", async () => {
    const stage = new Stage();
    const { events } = await stage.join({}, "(.*)[");
    stage.receive(presence("(.*)[", { codes: [110] }), message(F, "anything"), message(F, "hi (.*)["));
    expect(events.flatMap((event) => (event.type === "message" ? [event.mentionsMe] : []))).toEqual([
      false,
      true,
    ]);
  });

  it("two delays: the earliest is when it was sent", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const delay = (stamp: string): string => `<delay xmlns="urn:xmpp:delay" stamp="${stamp}"/>`;
    stage.receive(
      message(F, { more: delay("2026-01-01T00:00:05Z") + delay("nonsense") + delay("2026-01-01T00:00:01Z") }),
    );
    expect(only(events, "message").sentAt).toEqual(new Date("2026-01-01T00:00:01Z"));
  });

  it("what is printed of it is neither the stanza nor a password", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { id: "m1", body: "secret" }));
    expect(JSON.stringify(events)).toBe(
      `[{"type":"message","room":"${R}","nick":"${F}","source":"live","id":"m1"}]`,
    );
  });
});

describe("saying something", () => {
  it("goes to the room, as a groupchat message with an id", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.sendMessage("double, double");
    await room.sendMessage({ body: "toil", thread: "t1", id: "m2", replaces: "m1" });
    const [first, second] = stage.session.sentOf("message");
    expect(first?.attrs).toMatchObject({ to: R, type: "groupchat" });
    expect(first?.attrs["id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(first?.getChildText("body")).toBe("double, double");
    expect([second?.attrs["id"], second?.getChildText("thread")]).toEqual(["m2", "t1"]);
    expect(second?.getChild("replace", "urn:xmpp:message-correct:0")?.attrs["id"]).toBe("m1");
  });

  it("markup in a text is text", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.sendMessage("</body><presence/>\u0000\uFFFE");
    expect(stage.session.sentOf("message")[0]?.toString()).toContain(
      "<body>&lt;/body&gt;&lt;presence/&gt;</body>",
    );
  });

  it.each(["joining", "suspended", "waiting", "leaving", "left"])(
    "is refused while the room is %s",
    async (state) => {
      const stage = new Stage();
      const { room } = state === "joining" ? await stage.join() : await stage.active();
      if (state === "suspended") stage.session.lose();
      if (state === "waiting") stage.receive(unavailable(T, { codes: [110, 332] }));
      if (state === "leaving") void room.leave();
      if (state === "left") stage.receive(unavailable(T, { codes: [110, 301] }));
      expect(room.state).toBe(state);
      stage.session.sent.length = 0;
      await expect(room.sendMessage("hello?")).rejects.toThrow(NotJoinedError);
      await expect(room.setSubject("hello?")).rejects.toThrow(NotJoinedError);
      await expect(room.sendPrivate(F, "hello?")).rejects.toThrow(NotJoinedError);
      expect(stage.session.sent).toEqual([]);
    },
  );

  it("nothing at all cannot be said", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await expect(room.sendMessage({})).rejects.toThrow(ArgumentError);
    await expect(room.sendPrivate(F, {})).rejects.toThrow(ArgumentError);
    expect(stage.session.sent).toEqual([]);
  });

  it("in private goes to the occupant, marked as what it is (XEP-0045 §7.5)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.sendPrivate(F, "psst");
    const [sent] = stage.session.sentOf("message");
    expect(sent?.attrs).toMatchObject({ to: `${R}/${F}`, type: "chat" });
    expect(sent?.getChild("x", "http://jabber.org/protocol/muc#user")).toBeDefined();
  });

  it("in private to an `Occupant` who left is refused, though somebody else has the nick by now", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const former = room.getOccupant(F);
    stage.receive(unavailable(F), presence(F));
    if (former === null) throw new Error("nobody");
    await expect(room.sendPrivate(former, "psst")).rejects.toThrow(NotJoinedError);
    expect(stage.session.sentOf("message")).toEqual([]);
  });

  it("a failure to send rejects, and of an answer that nobody awaits only reaches the log", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.session.broken = new Error("no stream");
    await expect(room.sendMessage("x")).rejects.toThrow("no stream");
    stage.receive(message(F));
    void only(events, "message").reply("x");
    void only(events, "message").whisper("x");
    await turn();
    expect(stage.log.filter(({ text }) => text === "An answer could not be sent")).toHaveLength(2);
  });
});

describe("answering", () => {
  it("in the room, with a reference to the message: by the room's id for it, where there is one (XEP-0461)", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(
      message(F, { id: "m1" }),
      message(F, { id: "m2", more: `<stanza-id xmlns="urn:xmpp:sid:0" by="${R}" id="s2"/>` }),
    );
    for (const event of events) if (event.type === "message") await event.reply("aye");
    expect(stage.session.sentOf("message").map((sent) => sent.getChild("reply", REPLY)?.attrs)).toEqual([
      { xmlns: REPLY, id: "m1", to: `${R}/${F}` },
      { xmlns: REPLY, id: "s2", to: `${R}/${F}` },
    ]);
  });

  it("in the room, without one", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F));
    await only(events, "message").say("aye");
    await only(events, "message").reply("no id, no reference");
    expect(stage.session.sentOf("message").every((sent) => sent.getChild("reply") === undefined)).toBe(true);
  });

  it("all of it passes one hook, which splits, marks or drops it", async () => {
    const causes: (string | null)[] = [];
    const prepare: Prepare = (draft, cause) => {
      causes.push(cause?.type ?? null);
      if (draft.body === "drop me") return [];
      return [draft, { ...draft, extensions: [xml("bot", { xmlns: "urn:x" })] }];
    };
    const stage = new Stage({ prepare });
    const { room, events } = await stage.active();
    stage.receive(message(F));
    const heard = only(events, "message");
    await heard.reply("1");
    await heard.say("2");
    await heard.whisper("3");
    await room.sendMessage("4");
    await room.sendPrivate(F, "5");
    await room.sendMessage("drop me");
    expect(causes).toEqual(["message", "message", "message", null, null, null]);
    const sent = stage.session.sentOf("message");
    expect(sent.map((each) => each.getChildText("body"))).toEqual("1122334455".split(""));
    expect(sent.filter((each) => each.getChild("bot", "urn:x"))).toHaveLength(5);
    expect(new Set(sent.map((each) => each.attrs["id"])).size).toBe(10);
  });

  it("is all or nothing: where one part cannot be sent, none is", async () => {
    const stage = new Stage({ prepare: (draft) => [draft, {}] });
    const { room } = await stage.active();
    await expect(room.sendMessage("x")).rejects.toThrow(ArgumentError);
    await turn();
    expect(stage.session.sent).toEqual([]);
  });
});

describe("76: what the room sends back", () => {
  const bounce = (id: string, condition: string, from = R): string =>
    `<message from="${from}" id="${id}" type="error">${errorOf(condition)}</message>`;

  it("is told with its id and its error, once", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.sendMessage({ body: "x", id: "m1" });
    stage.receive(bounce("m1", "forbidden"), bounce("m1", "forbidden"));
    const { id, error } = only(events, "messageError");
    expect([id, error.condition]).toEqual(["m1", "forbidden"]);
    expect(room.active).toBe(true);
    expect(stage.diagnostics).toEqual(["stray-message-error"]);
  });

  it("counts only from the bare room, and only for what was sent", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.sendMessage({ body: "x", id: "m1" });
    stage.receive(bounce("m1", "not-acceptable", `${R}/${F}`), bounce("m2", "not-acceptable"));
    expect([events, room.active]).toEqual([[], true]);
    expect(stage.diagnostics).toEqual(["stray-message-error", "stray-message-error"]);
  });

  it("for a subject, likewise", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.setSubject("x");
    stage.receive(bounce(stage.session.sent[0]?.attrs["id"] ?? "", "forbidden"));
    expect(only(events, "messageError").error.condition).toBe("forbidden");
  });

  it("as not-acceptable means that we are not in (XEP-0045 §7.4): the room comes back", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    await room.sendMessage({ body: "x", id: "m1" });
    stage.receive(bounce("m1", "not-acceptable"));
    expect(types(events)).toEqual(["messageError", "suspend"]);
    expect([only(events, "suspend").cause, room.state]).toEqual(["bounced", "waiting"]);
  });

  it("is forgotten for all but the last few hundred messages", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    for (let n = 0; n < 1_000; n++) await room.sendMessage({ body: "x", id: `m${n}` });
    stage.receive(bounce("m0", "forbidden"), bounce("m999", "forbidden"));
    expect(only(events, "messageError").id).toBe("m999");
  });
});
