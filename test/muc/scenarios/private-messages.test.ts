// What is said to us alone: by occupants, and outside of any room.
import { describe, expect, it } from "vitest";

import { ArgumentError, NotJoinedError } from "../../../src/base/errors.js";
import type { DirectMessageReceived } from "../../../src/muc/events/direct-message.js";
import { only, Stage, turn, types } from "../support/stage.js";
import { F, message, NS_USER, presence, R, S, T, unavailable } from "../support/stanzas.js";

const MARK = `<x xmlns="${NS_USER}"/>`;
const CARBONS = "urn:xmpp:carbons:2";
const carbon = (kind: string, from: string, inner: string): string =>
  `<message from="${from}" type="chat"><${kind} xmlns="${CARBONS}"><forwarded xmlns="urn:xmpp:forward:0">${inner.replace("<message", `<message xmlns="jabber:client"`)}</forwarded></${kind}></message>`;

function directs(stage: Stage): DirectMessageReceived[] {
  const told: DirectMessageReceived[] = [];
  stage.client.on("directMessage", (event) => told.push(event));
  return told;
}

describe("a private message", () => {
  it.each(["chat", "normal", undefined])(
    "250: of type %s is told with its occupant, and is no message (XEP-0045 §7.5)",
    async (type) => {
      const stage = new Stage();
      const told = directs(stage);
      const { room, events } = await stage.active();
      const stanza = message(F, { id: "p1", type: type ?? "x", body: "psst", more: MARK });
      stage.receive(type === undefined ? stanza.replace(` type="x"`, "") : stanza);
      const heard = only(events, "privateMessage");
      expect([types(events), told]).toEqual([["privateMessage"], []]);
      expect([heard.occupant, heard.nick, heard.body, heard.id, heard.source]).toEqual([
        room.getOccupant(F),
        F,
        "psst",
        "p1",
        "live",
      ]);
    },
  );

  it("is answered to the occupant alone, over a change of nick", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { id: "p1", type: "chat" }));
    stage.receive(
      unavailable(F, { codes: [303], item: { nick: "oldhag" } }),
      presence("oldhag"),
      presence(F),
    );
    const heard = only(events, "privateMessage");
    await heard.reply("aye");
    await heard.whisper("aye, aye");
    const [reply, whisper] = stage.session.sentOf("message");
    expect(reply?.attrs).toMatchObject({ to: `${R}/oldhag`, type: "chat" });
    expect(reply?.getChild("reply", "urn:xmpp:reply:0")?.attrs).toMatchObject({ id: "p1", to: `${R}/${F}` });
    expect(whisper?.attrs["to"]).toBe(`${R}/oldhag`);
    expect(whisper?.getChild("reply")).toBeUndefined();
  });

  it("of somebody who has left is answered to nobody, though the nick is somebody else's by now", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F, { type: "chat" }), unavailable(F), presence(F));
    await expect(only(events, "privateMessage").reply("aye")).rejects.toThrow(NotJoinedError);
    expect(stage.session.sentOf("message")).toEqual([]);
  });

  it("of a nick that nobody has is a stranger's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(message(S, { type: "chat" }));
    const { occupant } = only(events, "privateMessage");
    expect([occupant.nick, occupant.affiliation, room.occupants.includes(occupant)]).toEqual([
      S,
      "none",
      false,
    ]);
  });

  it("that was kept while we were out is a stranger's", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const before = room.getOccupant(F);
    stage.session.lose();
    stage.session.establish();
    events.length = 0;
    stage.receive(message(F, { type: "chat", delayed: true }));
    expect(only(events, "privateMessage").occupant).not.toBe(before);
    expect(only(events, "privateMessage").occupant.affiliation).toBe("none");
    expect(only(events, "privateMessage").source).toBe("missed");
  });

  it("of our own is noticed: it would be answered for ever", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(T, { type: "chat" }));
    expect([events, stage.diagnostics]).toEqual([[], ["own-private-message"]]);
  });

  it("may be corrected, in private too", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const more = `<replace xmlns="urn:xmpp:message-correct:0" id="p1"/>`;
    stage.receive(message(F, { type: "chat", id: "p1" }), message(F, { type: "chat", body: "better", more }));
    const update = only(events, "messageUpdate");
    expect(types(events)).toEqual(["privateMessage", "messageUpdate"]);
    expect(update).toMatchObject({ isPrivate: true, proven: true, body: "better", message: null });
  });

  it("may be taken back, with a text for clients that know no better", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const what = "urn:xmpp:message-retract:1";
    const more = `<retract xmlns="${what}" id="p1"/><fallback xmlns="urn:xmpp:fallback:0" for="${what}"/>`;
    stage.receive(
      message(F, { type: "chat", id: "p1" }),
      message(F, { type: "chat", body: "taken back", more }),
    );
    expect(types(events)).toEqual(["privateMessage", "messageUpdate"]);
    expect(only(events, "messageUpdate")).toMatchObject({
      kind: "retraction",
      isPrivate: true,
      proven: true,
    });
  });

  it("does not say to the room that it is there", async () => {
    const stage = new Stage();
    const { room } = await stage.join();
    stage.receive(message(F, { type: "chat" }));
    expect(room.state).toBe("joining");
  });
});

describe("a direct message", () => {
  const stanza = `<message from="macbeth@castle.lit/hall" id="d1" type="chat"><body>hail</body></message>`;

  it("is told by the client, and by no room; the answer goes to the sender, unmarked", async () => {
    const stage = new Stage();
    const told = directs(stage);
    const { events } = await stage.active();
    stage.receive(stanza);
    const [heard] = told;
    expect([heard?.type, heard?.from.toString(), heard?.body, heard?.id, events]).toEqual([
      "directMessage",
      "macbeth@castle.lit/hall",
      "hail",
      "d1",
      [],
    ]);
    await heard?.reply("hail to thee");
    const [sent] = stage.session.sentOf("message");
    expect(sent?.attrs).toMatchObject({ to: "macbeth@castle.lit/hall", type: "chat" });
    expect(sent?.getChild("x")).toBeUndefined();
    expect(sent?.getChild("reply", "urn:xmpp:reply:0")?.attrs["id"]).toBe("d1");
  });

  it("an answer passes the hook, and its failure reaches the log", async () => {
    const causes: unknown[] = [];
    const stage = new Stage({
      prepare: (draft, cause) => {
        causes.push(cause);
        return [draft];
      },
    });
    const told = directs(stage);
    stage.receive(stanza);
    stage.session.broken = new Error("no stream");
    void told[0]?.reply("x");
    await turn();
    expect(causes).toEqual(told);
    expect(stage.log.map(({ text }) => text)).toContain("An answer could not be sent");
  });

  it("without a sender is from our own account, and cannot be answered", async () => {
    const stage = new Stage();
    const told = directs(stage);
    const { events } = await stage.active();
    stage.receive(`<message type="chat"><body>note</body></message>`);
    expect([told.map(({ from }) => from.toString()), events]).toEqual([["bot@shakespeare.lit"], []]);
    await expect(told[0]?.reply("x")).rejects.toThrow(ArgumentError);
  });

  it.each([
    [
      "251: with the mark of a room that we are not in",
      `<message from="heath@x/y" type="chat"><body>hi</body>${MARK}</message>`,
      "private-message-of-unknown-room",
    ],
    [
      "without a body",
      `<message from="macbeth@castle.lit/hall" type="chat"><active xmlns="http://jabber.org/protocol/chatstates"/></message>`,
      "message-without-body",
    ],
    [
      "a headline",
      `<message from="castle.lit" type="headline"><body>news</body></message>`,
      "strange-message-type",
    ],
    [
      "an error",
      `<message from="macbeth@castle.lit" type="error"><body>hi</body></message>`,
      "stray-message-error",
    ],
    ["no address", `<message from="@" type="chat"><body>hi</body></message>`, "bad-jid"],
    [
      "our very own",
      `<message from="bot@shakespeare.lit/cave" type="chat"><body>hi</body></message>`,
      "own-message",
    ],
  ])("%s is none, and noticed", async (_what, text, code) => {
    const stage = new Stage();
    const told = directs(stage);
    stage.receive(text);
    expect([told, stage.diagnostics]).toEqual([[], [code]]);
  });

  it("251: of a room that we are not in, without a mark, is one", () => {
    const stage = new Stage();
    const told = directs(stage);
    stage.receive(message(F, { type: "chat" }));
    expect(told).toHaveLength(1);
  });
});

describe("253: a copy of what another client of ours got or sent (XEP-0280)", () => {
  const lines = [
    message(F, { id: "m1" }),
    message(F, { type: "chat" }),
    message(F, { type: "chat", more: MARK }),
  ];

  it.each(["sent", "received"])("(%s) of what was said in a room is no event", async (kind) => {
    const stage = new Stage();
    const told = directs(stage);
    const { events } = await stage.active();
    stage.receive(...lines.map((line) => carbon(kind, "bot@shakespeare.lit", line)));
    expect([events, told, stage.diagnostics]).toEqual([[], [], ["carbon", "carbon", "carbon"]]);
  });

  it.each(["mallory@evil.lit", "bot@shakespeare.lit/elsewhere", R, `${R}/${F}`, "shakespeare.lit"])(
    "from %s is forged",
    async (from) => {
      const stage = new Stage();
      const told = directs(stage);
      const { events } = await stage.active();
      stage.receive(carbon("received", from, message(F)), carbon("sent", from, message(F)));
      expect([events, told]).toEqual([[], []]);
      expect(stage.diagnostics).toEqual(["forged-carbon", "forged-carbon"]);
    },
  );
});
