import { describe, expect, it } from "vitest";

import { parseStanzas } from "../../support/fake-session.js";
import { only, Stage, turn, types } from "../support/stage.js";
import { F, message, own, presence, R, S, subject, T, unavailable } from "../support/stanzas.js";

describe("listeners", () => {
  it("259: one that throws is reported, stays, and keeps nobody else from hearing", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    const heard: string[] = [];
    room.on("message", () => {
      throw new Error("toil");
    });
    room.on("message", async () => {
      await turn();
      throw new Error("trouble");
    });
    room.on("message", ({ body }) => heard.push(body));
    stage.receive(message(F, "1"), message(F, "2"));
    await turn();
    await turn();
    expect([heard, types(events)]).toEqual([
      ["1", "2"],
      ["message", "message"],
    ]);
    expect(stage.log.filter(({ text }) => text === "A listener of a room failed")).toHaveLength(4);
  });

  it("259: one that throws in `enter` keeps nobody out of the room", async () => {
    const stage = new Stage();
    const { room, entered } = await stage.join();
    room.on("enter", () => {
      throw new Error("toil");
    });
    stage.receive(own(), subject());
    await entered;
    expect(room.active).toBe(true);
  });

  it("260: one that returns true is called again", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    let calls = 0;
    room.on("message", () => {
      calls++;
      return true;
    });
    stage.receive(message(F), message(F));
    expect(calls).toBe(2);
  });

  it("may leave, ask and join from inside any event: one transition after another", async () => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    room.on("message", () => void room.leave());
    room.on("exit", () => void stage.client.join(R, T));
    stage.receive(message(F));
    stage.receive(unavailable(T, { codes: [110] }));
    await turn();
    expect(types(events)).toEqual(["message", "role", "exit"]);
    expect(stage.client.getRoom(R)?.state).toBe("joining");
  });

  it("are called while the room shows exactly the event", async () => {
    const stage = new Stage();
    const { room } = await stage.active();
    const shown: string[] = [];
    const show = (what: string): void => {
      shown.push(`${what}: ${room.occupants.map(({ nick }) => nick).join(" ")}`);
    };
    room.on("join", ({ occupant }) => show(`join ${occupant.nick}`));
    room.on("leave", ({ occupant }) => show(`leave ${occupant.nick}`));
    room.on("nick", ({ newNick }) => show(`nick ${newNick}`));
    stage.receive(presence(S), unavailable(F), unavailable(S, { codes: [303], item: { nick: "crone" } }));
    expect(shown).toEqual([`join ${S}: ${T} ${F} ${S}`, `leave ${F}: ${T} ${S}`, `nick crone: ${T} crone`]);
  });
});

describe("263: what a room shows is not to be written", () => {
  it.each([
    "service",
    "jid",
    "active",
    "joined",
    "subject",
    "subjectSetter",
    "me",
    "occupants",
    "state",
    "nick",
    "outage",
  ])("%s", async (name) => {
    const { room } = await new Stage().active();
    const before: unknown = Reflect.get(room, name);
    try {
      Reflect.set(room, name, "nonsense");
    } catch {
      // refused aloud
    }
    expect(Reflect.get(room, name)).toBe(before);
  });
});

describe("broken stanzas", () => {
  const broken: readonly [string, string][] = [
    ["presence without a sender", "<presence/>"],
    ["a message without a sender", "<message type='groupchat'><body>x</body></message>"],
    ["an empty sender", "<presence from=''/>"],
    ["an empty nick", `<presence from="${R}/"/>`],
    ["a line of an empty nick", `<message from="${R}/" type="groupchat"><body>x</body></message>`],
    ["a sender that is no address", "<presence from='@@/x'/>"],
    ["a nick that no nick can be", `<presence from="${R}/a&#x85;b"/>`],
    ["a nick of 2000 letters", `<presence from="${R}/${"x".repeat(2_000)}"/>`],
    [
      "status codes that are none",
      presence(F, { user: "<status/><status code='x'/><status code='-1'/><status code='1e9'/>" }),
    ],
    [
      "an item with a broken address",
      presence(F, { item: { jid: "@@@", role: "participant", affiliation: "none" } }),
    ],
    [
      "an actor with a broken address",
      presence(F, {
        user: "<item role='participant' affiliation='none'><actor jid='@'/></item>",
        item: null,
      }),
    ],
    [
      "nested rooms",
      presence(F, { more: "<x xmlns='http://jabber.org/protocol/muc#user'><status code='301'/></x>" }),
    ],
    [
      "a destroy with a broken address",
      message(F, {
        body: null,
        more: "<x xmlns='http://jabber.org/protocol/muc#user'><destroy jid='@'/></x>",
      }),
    ],
    ["a delay that is none", message(F, { more: "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>" })],
    ["a message of an unknown type", message(F, { type: "nonsense" })],
    ["presence of an unknown type", presence(F, { type: "nonsense" })],
    ["a thousand levels of nesting", message(F, { more: "<a>".repeat(200) + "</a>".repeat(200) })],
    ["a huge body", message(F, "x".repeat(1_000_000))],
  ];

  it.each(broken)("%s: nobody is thrown out, and the next stanza is heard", async (_what, stanza) => {
    const stage = new Stage();
    const { room, events } = await stage.active();
    stage.receive(stanza);
    events.length = 0;
    stage.receive(message(F, "still here"));
    expect(only(events, "message").body).toBe("still here");
    expect([room.active, room.occupants.map(({ nick }) => nick)]).toEqual([true, [T, F]]);
    expect(stage.diagnostics).not.toContain("room-failed");
  });

  it("are noticed where they are dropped", async () => {
    const stage = new Stage();
    await stage.active();
    stage.receive(
      `<presence from="${R}/"/>`,
      `<presence from="${R}/a&#x85;b"/>`,
      message(F, { type: "headline" }),
    );
    expect(stage.diagnostics).toEqual(["bad-jid", "bad-jid", "strange-message-type"]);
  });

  it("an address in other letters is the same room", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    stage.receive(message(F).replace(R, "COVEN@CHAT.shakespeare.lit"));
    expect(only(events, "message").nick).toBe(F);
  });
});

describe("a defect of ours", () => {
  it("in one stanza costs nothing but that stanza", async () => {
    const stage = new Stage();
    const { events } = await stage.active();
    const [trap] = parseStanzas(message(F));
    if (trap === undefined) throw new Error("no stanza");
    Object.defineProperty(trap, "children", {
      get() {
        throw new Error("a defect");
      },
    });
    stage.session.receive(trap, message(F, "next"));
    expect([stage.diagnostics, only(events, "message").body]).toEqual([["room-failed"], "next"]);
    expect(stage.log.some(({ level }) => level === "error")).toBe(true);
  });

  it("in what a transition does leaves the rest of it done, and no room in limbo", async () => {
    const stage = new Stage();
    stage.session.send = () => {
      throw new Error("a defect");
    };
    const { room, events } = await stage.join();
    expect([room.state, stage.diagnostics]).toEqual(["joining", ["room-failed"]]);
    stage.clock.advance(30_000);
    expect([room.state, types(events)]).toEqual(["left", ["failure"]]);
  });
});

describe("what reaches the log", () => {
  it("is neither a password nor what was said", async () => {
    const stage = new Stage();
    await stage.active({ password: "hunter2" });
    stage.receive(
      message(F, "a secret"),
      unavailable(T, { codes: [110], user: "<destroy><password>hunter2</password></destroy>" }),
    );
    expect(stage.log.length).toBeGreaterThan(0);
    expect(JSON.stringify(stage.log)).not.toMatch(/hunter2|a secret/);
  });
});
