import { describe, expect, it } from "vitest";

import { LanguageMap } from "../../../src/base/language-map.js";
import { only, Stage, types } from "../support/stage.js";
import { DISCO_INFO, F, features, message, own, presence, R, S, subject } from "../support/stanzas.js";

const thread = "<thread>t1</thread>";
const body = "<body>hallo</body>";

describe("the subject", () => {
  it("50: is told with who set it, and kept (XEP-0045 §7.2.15, §8.1)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(subject(F, "foo"));
    const told = only(events, "subject");
    expect([told.occupant, told.nick, told.initial]).toEqual([room.getOccupant(F), F, false]);
    expect([...told.subject]).toEqual([["", "foo"]]);
    expect([room.subject.toString(), room.subjectSetter]).toEqual(["foo", F]);
    const before = room.subject;
    stage.receive(subject(F, "foo"));
    expect(room.subject).not.toBe(before);
    expect(types(events)).toEqual(["subject", "subject"]);
  });

  it("52: set by the room itself: nobody's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(subject(null, "foo"));
    const { occupant, nick } = only(events, "subject");
    expect([occupant, nick, room.subjectSetter, room.subject.toString()]).toEqual([null, null, null, "foo"]);
  });

  it.each([
    ["53", "a body", `<body xml:lang="de">hallo</body>`],
    ["61", "a body and a thread", body + thread],
  ])("%s: with %s it is a message, and no subject (XEP-0045 §7.2.15)", async (_n, _what, more) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(subject(S, "foo", more));
    expect(types(events)).toEqual(["message"]);
    expect([room.subject.size, room.subjectSetter]).toEqual([0, null]);
    expect(only(events, "message").body).toBe("hallo");
  });

  it("61: with a thread and no body it is neither, and noticed", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(subject(F, "foo", thread));
    expect([events, room.subject.size, stage.diagnostics]).toEqual([[], 0, ["message-without-body"]]);
  });

  it("55: an empty one clears it: a map without entries", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(F), own(), subject(F, "foo"));
    stage.receive(message(F, { body: null, more: "<subject/>" }));
    const [, cleared] = events.filter((event) => event.type === "subject");
    expect(cleared?.type === "subject" && [...cleared.subject]).toEqual([]);
    expect([room.subject.size, room.subject.toString(), room.state]).toEqual([0, "", "active"]);
  });

  it("56: by language: what has none inherits that of the stanza", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const both = `<subject>foo</subject><subject xml:lang="de">Fu</subject>`;
    stage.receive(message(F, { body: null, more: both }));
    expect(room.subject.toJSON()).toEqual({ "": "foo", de: "Fu" });
    stage.receive(message(F, { body: null, more: both }).replace("<message", `<message xml:lang="en"`));
    expect(room.subject.toJSON()).toEqual({ en: "foo", de: "Fu" });
  });

  it("that comes with entering is no change; who set it then may be somebody else than who has the nick now (XEP-0045 §7.2.15)", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(presence(F), own(), subject(F, "foo"));
    const { occupant, initial } = only(events, "subject");
    expect([initial, occupant?.nick]).toEqual([true, F]);
    expect(occupant).not.toBe(room.getOccupant(F));
  });

  it("that comes with entering is of who is there, where an id that the room vouches for says so", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    const id = `<occupant-id xmlns="urn:xmpp:occupant-id:0" id="f"/>`;
    stage.session.answer(DISCO_INFO, { payload: features("urn:xmpp:occupant-id:0") });
    stage.receive(presence(F, { more: id }), own(), subject("before", "foo", id));
    expect(only(events, "subject").occupant).toBe(room.getOccupant(F));
  });

  it("59: setting it sends a subject and no body (XEP-0045 §8.1)", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.setSubject("toil & trouble");
    const [sent] = stage.session.sentOf("message");
    expect(sent?.attrs).toMatchObject({ to: R, type: "groupchat" });
    expect(sent?.children.map((child) => child.toString())).toEqual([
      "<subject>toil &amp; trouble</subject>",
    ]);
  });

  it("59: in languages, and to nothing", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    await room.setSubject(LanguageMap.from({ "": "foo", de: "Fu" }));
    await room.setSubject("");
    expect(stage.session.sentOf("message").map((sent) => sent.children.join(""))).toEqual([
      `<subject>foo</subject><subject xml:lang="de">Fu</subject>`,
      "<subject/>",
    ]);
  });

  it("before we are in, a subject changes nothing, and is noticed", async () => {
    const stage = new Stage();
    const { room, events } = await stage.join();
    stage.receive(subject(F, "foo"));
    expect([room.state, events, room.subject.size]).toEqual(["joining", [], 0]);
    expect(stage.diagnostics).toEqual(["message-while-joining"]);
  });
});
