import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Element } from "../../../src/base/element.js";
import { TestServer } from "../../../src/testing/index.js";
import { ManualClock } from "../support/manual-clock.js";
import { RawClient } from "../support/raw-client.js";

const ROOM = "lobby@rooms.example.org";
const MUC = "http://jabber.org/protocol/muc";
const USER = `${MUC}#user`;

let server: TestServer;
let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
  server = new TestServer({ domain: "example.org", clock });
});
afterEach(() => server.close());

const client = (name: string, resource = "home"): Promise<RawClient> =>
  RawClient.login(server, `${name}@example.org`, resource);

const joining = (nick: string, inside = ""): string =>
  `<presence to='${ROOM}/${nick}' id='join-${nick}'><x xmlns='${MUC}'>${inside}</x></presence>`;

async function join(name: string, nick: string, resource?: string): Promise<RawClient> {
  const joined = await client(name, resource);
  joined.send(joining(nick));
  await joined.barrier("example.org");
  return joined;
}

function codes(stanza: Element | undefined): (string | undefined)[] {
  const statuses = stanza?.getChild("x", USER)?.getChildren("status") ?? [];
  return statuses.map((each) => each.attrs["code"]);
}

function condition(stanza: Element | undefined): string | undefined {
  return stanza?.getChild("error")?.getChildElements()[0]?.name;
}

const own = (stanzas: readonly Element[]): Element | undefined =>
  stanzas.find((each) => codes(each).includes("110"));
const owner = (form: string): string =>
  `<iq type='set' to='${ROOM}'><query xmlns='${MUC}#owner'><x xmlns='jabber:x:data' type='submit'>${form}</x></query></iq>`;
const field = (name: string, value: string): string =>
  `<field var='muc#roomconfig_${name}'><value>${value}</value></field>`;

describe("entering (XEP-0045 §7.2)", () => {
  test("§10.1.1 a new room: 201, locked for others until its owner has configured it", async () => {
    const alice = await join("alice", "Alice");
    expect(codes(own(alice.received))).toEqual(["201", "110"]);
    const bob = await join("bob", "Bob");
    expect(condition(bob.received[0])).toBe("item-not-found");
    expect(server.room(ROOM).locked).toBe(true);
    await alice.ask(owner(""));
    bob.received.length = 0;
    bob.send(joining("Bob"));
    await bob.barrier("example.org");
    expect(codes(own(bob.received))).toEqual(["110"]);
  });

  test("§7.2.2 the service gives another nick: 210", async () => {
    server = new TestServer({ domain: "example.org", assignNick: (nick) => `${nick}-1` });
    server.room(ROOM).open();
    const bob = await join("bob", "Bob");
    expect(own(bob.received)?.attrs["from"]).toBe(`${ROOM}/Bob-1`);
    expect(codes(own(bob.received))).toEqual(["210", "110"]);
  });

  test("§7.2.9 a full room: resource-constraint (ejabberd), but owners and admins get in", async () => {
    server.room(ROOM).configure({ maxUsers: 1 });
    server.room(ROOM).setAffiliation("admin@example.org", "admin");
    await join("alice", "Alice");
    expect(condition((await join("bob", "Bob")).received[0])).toBe("resource-constraint");
    expect(codes(own((await join("admin", "Admin")).received))).toEqual(["110"]);
  });

  test("§7.2.8 the nick that belongs to somebody else's entry is taken", async () => {
    server.room(ROOM).setAffiliation("bob@example.org", "member", { nick: "Bobby" });
    expect(condition((await join("alice", "Bobby")).received[0])).toBe("conflict");
    expect(codes(own((await join("bob", "Bobby")).received))).toEqual(["110"]);
  });

  test("§9.1 a domain that is banned is so with all its accounts, but for those that are something else", async () => {
    server.room(ROOM).setAffiliation("example.org", "outcast");
    server.room(ROOM).setAffiliation("alice@example.org", "member");
    expect(condition((await join("bob", "Bob")).received[0])).toBe("forbidden");
    expect(codes(own((await join("alice", "Alice")).received))).toEqual(["110"]);
  });

  test("§7.2.3 a room that is not anonymous says so: 100, and shows addresses to all", async () => {
    server.room(ROOM).configure({ whois: "anyone" });
    await join("alice", "Alice");
    const bob = await join("bob", "Bob");
    expect(codes(own(bob.received))).toEqual(["100", "110"]);
    expect(bob.received[0]?.getChild("x", USER)?.getChild("item")?.attrs["jid"]).toBe(
      "alice@example.org/home",
    );
  });

  test("XEP-0421: an occupant-id is of the account, whatever nick, and no other room's", async () => {
    const id = (stanza: Element | undefined): string | undefined =>
      stanza?.getChild("occupant-id", "urn:xmpp:occupant-id:0")?.attrs["id"];
    server.room(ROOM).open();
    const bob = await join("bob", "Bob");
    bob.send(
      `<presence to='${ROOM}/Robert'/><presence to='other@rooms.example.org/Bob'><x xmlns='${MUC}'/></presence>`,
    );
    await bob.barrier("example.org");
    const ids = bob.received
      .filter((each) => each.attrs["type"] === undefined && codes(each).includes("110"))
      .map(id);
    expect(ids[0]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test("a refusal leaves no empty room behind", async () => {
    const bob = await client("bob");
    bob.send(`<presence to='${ROOM}'><x xmlns='${MUC}'/></presence><presence to='${ROOM}/Bob'/>`);
    await bob.barrier("example.org");
    expect(bob.received.map(condition)).toEqual(["item-not-found", "item-not-found"]);
    expect(server.room(ROOM).exists).toBe(false);
  });
});

describe("several clients of one account (both servers)", () => {
  test("one nick: a message reaches both, only the last one takes the occupant along", async () => {
    server.room(ROOM).open();
    const alice = await join("alice", "Alice");
    const phone = await join("bob", "Bob", "phone");
    const desk = await join("bob", "Bob", "desk");
    alice.received.length = 0;
    alice.send(`<message to='${ROOM}/Bob' type='chat'><body>both?</body></message>`);
    await alice.barrier("example.org");
    for (const each of [phone, desk]) {
      await each.barrier("example.org");
      expect(each.received.at(-1)?.getChildText("body")).toBe("both?");
    }
    phone.send(`<presence to='${ROOM}/Bob' type='unavailable'/>`);
    await phone.barrier("example.org");
    expect(phone.received.at(-1)?.attrs["type"]).toBe("unavailable");
    expect(server.room(ROOM).occupants.map(({ nick, jids }) => [nick, jids.length])).toEqual([
      ["Alice", 1],
      ["Bob", 1],
    ]);
    desk.send("</stream:stream>");
    await desk.whenClosed();
    expect(server.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["Alice"]);
  });

  test("one of them takes another nick: it is somebody of its own then", async () => {
    server.room(ROOM).open();
    await join("bob", "Bob", "phone");
    const desk = await join("bob", "Bob", "desk");
    desk.send(`<presence to='${ROOM}/Bobby'/>`);
    await desk.barrier("example.org");
    expect(server.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["Bob", "Bobby"]);
  });
});

describe("the room is configured (XEP-0045 §10.2)", () => {
  test("the form has what the room is, and takes what it has", async () => {
    const alice = await join("alice", "Alice");
    const result = await alice.ask(
      owner(
        field("roomname", "Lobby") +
          field("maxusers", "7") +
          field("whois", "anyone") +
          field("nonsense", "1"),
      ),
    );
    expect(result.attrs["type"]).toBe("result");
    await alice.barrier("example.org");
    expect(codes(alice.received.at(-1))).toEqual(["172", "104"]);
    expect(server.room(ROOM).config).toMatchObject({ roomName: "Lobby", maxUsers: 7, whois: "anyone" });
    const form = await alice.ask(`<iq type='get' to='${ROOM}'><query xmlns='${MUC}#owner'/></iq>`);
    expect(form.toString()).toMatch(/var="muc#roomconfig_roomname"[^>]*><value>Lobby</);
  });

  test("a value that is none: bad-request, and nothing is changed", async () => {
    const alice = await join("alice", "Alice");
    for (const bad of [field("whois", "martians"), field("maxusers", "many"), field("historylength", "-1")])
      expect(condition(await alice.ask(owner(field("roomname", "x") + bad)))).toBe("bad-request");
    expect(server.room(ROOM).config?.roomName).toBe("");
    expect(server.room(ROOM).locked).toBe(true);
  });

  test.each([
    ["no form at all", ""],
    [
      "a form of another kind",
      "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:x</value></field></x>",
    ],
    ["a form that is no answer", "<x xmlns='jabber:x:data' type='form'/>"],
  ])("%s: bad-request", async (_name, inside) => {
    const alice = await join("alice", "Alice");
    const iq = `<iq type='set' to='${ROOM}'><query xmlns='${MUC}#owner'>${inside}</query></iq>`;
    expect(condition(await alice.ask(iq))).toBe("bad-request");
  });

  test("§10.2 made members-only: who is no member goes with 322, and all are told (ejabberd)", async () => {
    server.room(ROOM).setAffiliation("alice@example.org", "owner");
    const alice = await join("alice", "Alice");
    const bob = await join("bob", "Bob");
    await alice.ask(owner(field("membersonly", "1")));
    await bob.barrier("example.org");
    expect(codes(bob.received.at(-1))).toEqual(["322", "110"]);
    const seen = alice.received.filter((each) => each.attrs["type"] === "unavailable");
    expect(seen.map(codes)).toEqual([["322"]]);
    expect(server.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["Alice"]);
  });

  test("§6.4 disco tells what the room is, and lists it where it is public", async () => {
    server
      .room(ROOM)
      .configure({ membersOnly: true, moderatedRoom: true, roomSecret: "x", roomName: "Lobby" });
    const bob = await client("bob");
    const query = "<query xmlns='http://jabber.org/protocol/disco#";
    const info = (await bob.ask(`<iq type='get' to='${ROOM}'>${query}info'/></iq>`)).toString();
    for (const feature of [
      "muc_membersonly",
      "muc_moderated",
      "muc_passwordprotected",
      "muc_persistent",
      "urn:xmpp:occupant-id:0",
    ])
      expect(info).toContain(`<feature var="${feature}"/>`);
    expect(info).toContain('name="Lobby"');
    const items = `<iq type='get' to='rooms.example.org'>${query}items'/></iq>`;
    expect((await bob.ask(items)).toString()).toContain(ROOM);
    server.room(ROOM).configure({ publicRoom: false });
    expect((await bob.ask(items)).toString()).not.toContain(ROOM);
  });
});

describe("invitations (XEP-0045 §7.8.2)", () => {
  const invite = `<message to='${ROOM}'><x xmlns='${USER}'><invite to='bob@example.org'/></x></message>`;

  test("where occupants may not invite, moderators may", async () => {
    server.room(ROOM).configure({ allowInvites: false });
    server.room(ROOM).setAffiliation("admin@example.org", "admin");
    const [alice, admin, bob] = [
      await join("alice", "Alice"),
      await join("admin", "Admin"),
      await client("bob"),
    ];
    bob.send("<presence/>");
    alice.send(invite);
    await alice.barrier("example.org");
    expect(condition(alice.received.at(-1))).toBe("forbidden");
    admin.send(invite);
    await admin.barrier("example.org");
    await bob.barrier("example.org");
    expect(bob.received.at(-1)?.getChild("x", USER)?.getChild("invite")?.attrs["from"]).toBe(`${ROOM}/Admin`);
  });

  test("who is banned cannot, and an invitee that is none is malformed", async () => {
    server.room(ROOM).setAffiliation("eve@example.org", "outcast");
    const eve = await client("eve");
    eve.send(invite);
    eve.send(invite.replace("bob@example.org", "@@"));
    await eve.barrier("example.org");
    expect(eve.received.map(condition)).toEqual(["forbidden", "jid-malformed"]);
  });
});

describe("requests to occupants", () => {
  test("are relayed with another id, and only who was asked can answer", async () => {
    server.room(ROOM).open();
    const [alice, bob] = [await join("alice", "Alice"), await join("bob", "Bob")];
    const eve = await join("eve", "Eve");
    const asked = alice.next((each) => each.name === "iq" && each.getChild("q", "urn:x") !== undefined);
    const answer = bob.ask(`<iq type='get' to='${ROOM}/Alice'><q xmlns='urn:x'/></iq>`);
    const relayed = await asked;
    expect(relayed.attrs["from"]).toBe(`${ROOM}/Bob`);
    expect(relayed.attrs["id"]).not.toBe("ask-1");
    const reply = `<iq type='result' to='${ROOM}/Bob' id='${relayed.attrs["id"]}'><q xmlns='urn:x' by='`;
    eve.send(`${reply}eve'/></iq>`);
    await eve.barrier("example.org");
    alice.send(`${reply}alice'/></iq>`);
    const got = await answer;
    expect(got.attrs["from"]).toBe(`${ROOM}/Alice`);
    expect(got.getChild("q")?.attrs["by"]).toBe("alice");
  });
});

describe("the end of a room (XEP-0045 §10.9)", () => {
  test("a room that was to stay leaves word where it went, for 31 days (Prosody)", async () => {
    server.room(ROOM).open();
    const bob = await join("bob", "Bob");
    server.room(ROOM).destroy({ alternative: "new@rooms.example.org", reason: "moved" });
    await bob.barrier("example.org");
    expect(bob.received.at(-1)?.toString()).toMatch(/<destroy jid="new@rooms.example.org"><reason>moved/);
    bob.received.length = 0;
    bob.send(joining("Bob"));
    await bob.barrier("example.org");
    expect(bob.received[0]?.toString()).toMatch(/<gone [^>]*>xmpp:new@rooms.example.org\?join<.*moved/);
    clock.advance(31 * 86_400_000);
    bob.send(joining("Bob"));
    await bob.barrier("example.org");
    expect(codes(own(bob.received))).toEqual(["201", "110"]);
  });

  test("a room that was not to stay can be made anew at once", async () => {
    const alice = await join("alice", "Alice");
    await alice.ask(`<iq type='set' to='${ROOM}'><query xmlns='${MUC}#owner'><destroy/></query></iq>`);
    expect(server.room(ROOM).exists).toBe(false);
    alice.received.length = 0;
    alice.send(joining("Alice"));
    await alice.barrier("example.org");
    expect(codes(own(alice.received))).toEqual(["201", "110"]);
  });
});

describe("history (XEP-0045 §7.2.13, §7.2.14)", () => {
  test("keeps as many messages as the service was told, and gives no more than the room says", async () => {
    server = new TestServer({ domain: "example.org", historySize: 3 });
    const alice = await server.enter(ROOM, "alice");
    for (const text of ["1", "2", "3", "4"]) await alice.say(text);
    expect(server.room(ROOM).history.map((each) => each.getChildText("body"))).toEqual(["2", "3", "4"]);
    server.room(ROOM).configure({ historyLength: 1 });
    const bob = await join("bob", "Bob");
    expect(bob.received.map((each) => each.getChildText("body")).filter((text) => text !== null)).toEqual([
      "4",
    ]);
  });
});

describe("the service's side of a room", () => {
  test("looking at a room makes none, acting does", () => {
    const room = server.room(ROOM);
    expect([room.exists, room.occupants, room.subject, room.config, room.transcript]).toEqual([
      false,
      [],
      "",
      null,
      [],
    ]);
    room.setAffiliation("alice@example.org/x", "owner");
    expect(room.exists).toBe(true);
    expect([...room.affiliations]).toEqual([["alice@example.org", "owner"]]);
  });

  test.each([[307], [301], [321], [333]])("removes somebody with status %i", async (status) => {
    server.room(ROOM).open();
    const bob = await join("bob", "Bob");
    server.room(ROOM).kick("Bob", { status, reason: "because" });
    await bob.barrier("example.org");
    expect(codes(bob.received.at(-1))).toEqual([String(status), "110"]);
    expect(bob.received.at(-1)?.toString()).toContain("<reason>because</reason>");
    expect(() => server.room(ROOM).kick("Bob")).toThrow('Nobody called "Bob"');
  });

  test("gives roles, and sets the subject", async () => {
    server.room(ROOM).open();
    const bob = await join("bob", "Bob");
    server.room(ROOM).setRole("Bob", "visitor", { reason: "quiet" });
    server.room(ROOM).setSubject("topic", "somebody");
    await bob.barrier("example.org");
    const [role, subject] = bob.received.slice(-2);
    expect(role?.getChild("x", USER)?.getChild("item")?.attrs["role"]).toBe("visitor");
    expect(subject?.attrs["from"]).toBe(`${ROOM}/somebody`);
  });
});
