import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { xml } from "../../src/base/element.js";
import { TestServer, TestServiceError, type TestUser } from "../../src/testing/index.js";
import { RawClient } from "./support/raw-client.js";

const ROOM = "lobby@rooms.example.org";

let server: TestServer;
let alice: TestUser;
let bob: TestUser;
beforeEach(async () => {
  server = new TestServer();
  alice = await server.enter(ROOM, "alice", { affiliation: "owner" });
  bob = await server.enter(ROOM, "Bob");
});
afterEach(() => server.close());

const refused = (condition: string): object => expect.objectContaining({ condition, code: "xmpp" });

describe("entering", () => {
  test("the same nick is the same account; affiliation and role are granted beforehand", async () => {
    expect(alice.jid.bare().toString()).toBe("alice@example.org");
    await bob.leave();
    const again = await server.enter(ROOM, "Bob");
    expect(again.jid.bare().equals(bob.jid.bare())).toBe(true);
    const quiet = await server.enter(ROOM, "q", { role: "visitor", jid: "quinn@example.net/desk" });
    expect(quiet.jid.toString()).toBe("quinn@example.net/desk");
    const seen = server
      .room(ROOM)
      .occupants.map(({ nick, role, affiliation }) => `${nick} ${role} ${affiliation}`);
    expect(seen).toEqual(["alice moderator owner", "Bob participant none", "q visitor none"]);
  });

  test("nicks that look alike are different accounts", async () => {
    const other = await server.enter(ROOM, "ALICE");
    expect(other.jid.bare().toString()).toBe("alice-2@example.org");
  });

  test("a user of the test is never somebody who is logged in already", async () => {
    const keeper = await RawClient.login(server, "keeper@example.org", "x");
    const user = await server.enter(ROOM, "keeper");
    expect(user.jid.bare().toString()).toBe("keeper-2@example.org");
    keeper.duplex.destroy();
  });

  test("what the room refuses rejects, and leaves no session behind", async () => {
    await expect(server.enter(ROOM, "Bob", { jid: "eve@example.org" })).rejects.toThrow(TestServiceError);
    server.room(ROOM).configure({ roomSecret: "sesame" });
    await expect(server.enter(ROOM, "carol")).rejects.toEqual(refused("not-authorized"));
    const carol = await server.enter(ROOM, "carol", { password: "sesame" });
    expect(carol.nick).toBe("carol");
  });

  test("mistakes are told", async () => {
    await expect(server.enter("example.org", "x")).rejects.toThrow("is no room");
    await expect(server.enter(ROOM, "x", { jid: "example.org" })).rejects.toThrow("is no account");
    await expect(server.enter(ROOM, "x", { jid: "x@rooms.example.org" })).rejects.toThrow("has rooms");
  });
});

test("nothing is left behind by what cannot be sent", async () => {
  await bob.leave();
  const failures: unknown[] = [];
  const note = (error: unknown): void => void failures.push(error);
  process.on("unhandledRejection", note);
  await expect(bob.whisper("alice", "x")).rejects.toMatchObject({ code: "notJoined" });
  await expect(bob.kick("alice")).rejects.toMatchObject({ code: "notJoined" });
  void alice.nextMessage({ timeoutMs: 1 });
  await expect(alice.nextMessage({ timeoutMs: 2 })).rejects.toMatchObject({ code: "timeout" });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(failures).toEqual([]);
});

describe("what a user does", () => {
  test("says, whispers, corrects, reacts", async () => {
    const id = await bob.say("helo");
    const correction = await bob.correct(id, "hello");
    const reaction = await bob.react(id, "👍", "🎉");
    const whispered = await bob.whisper("alice", "psst");
    const first = await alice.nextMessage();
    expect(first).toMatchObject({ nick: "Bob", text: "helo", id, private: false });
    const second = await alice.nextMessage();
    expect(second).toMatchObject({ text: "hello", id: correction });
    expect(second.stanza.getChild("replace", "urn:xmpp:message-correct:0")?.attrs["id"]).toBe(id);
    expect(await alice.nextMessage()).toMatchObject({ body: "psst", id: whispered, isPrivate: true });
    const reactions = alice.received.find((each) => each.attrs["id"] === reaction);
    expect(reactions?.getChild("reactions", "urn:xmpp:reactions:0")?.getChildElements()).toHaveLength(2);
  });

  test("waits for a message; gives up in time; sees neither its own words nor history", async () => {
    const waiting = alice.nextMessage();
    await alice.say("mine");
    await bob.say("yours");
    expect((await waiting).text).toBe("yours");
    const carol = await server.enter(ROOM, "carol");
    await expect(carol.nextMessage({ timeoutMs: 1 })).rejects.toMatchObject({ code: "timeout" });
  });

  test("reads what is said to it alone, and what is said to all, each in its order", async () => {
    const waiting = alice.nextMessage({ private: true });
    await bob.say("to all");
    await bob.whisper("alice", "to you");
    await bob.whisper("alice", "to you, too");
    await bob.say("to all again");
    expect(await waiting).toMatchObject({ body: "to you", isPrivate: true });
    expect(await alice.nextMessage({ private: false })).toMatchObject({ body: "to all", isPrivate: false });
    expect((await alice.nextMessage({ private: false })).body).toBe("to all again");
    expect((await alice.nextMessage()).body).toBe("to you, too");
    await bob.say("and now?");
    await expect(alice.nextMessage({ private: true, timeoutMs: 20 })).rejects.toThrow(
      "alice got no private message within 20 ms\nWhat was said to all is unread:\n  <Bob> and now?",
    );
    await alice.nextMessage();
    await expect(alice.nextMessage({ private: false, timeoutMs: 20 })).rejects.toThrow(
      /no message to all.*ms$/,
    );
  });

  test("knows the text of a message by its older name, too, and whether it was private", async () => {
    await bob.whisper("alice", "psst");
    const message = await alice.nextMessage();
    expect([message.body, message.text, message.isPrivate, message.private]).toEqual([
      "psst",
      "psst",
      true,
      true,
    ]);
    await bob.say("hello");
    expect(server.room(ROOM).transcript.map(({ body, text }) => [body, text])).toEqual([["hello", "hello"]]);
  });

  test("takes another nick, and is told when it is taken", async () => {
    await bob.setNick("Robert");
    expect(bob.nick).toBe("Robert");
    await bob.setNick("Robert");
    await expect(bob.setNick("alice")).rejects.toEqual(refused("conflict"));
    await bob.say("still me");
    expect((await alice.nextMessage()).nick).toBe("Robert");
  });

  test("kicks, and whoever was kicked can come back", async () => {
    await alice.kick("Bob", "enough");
    await expect(bob.say("hey")).rejects.toEqual(refused("not-acceptable"));
    await expect(bob.kick("alice")).rejects.toEqual(refused("not-allowed"));
    await bob.join();
    await bob.say("sorry");
    expect((await alice.nextMessage()).body).toBe("sorry");
  });

  test("bans by nick or by address", async () => {
    await alice.ban("Bob", "enough");
    await expect(bob.join()).rejects.toEqual(refused("forbidden"));
    await alice.ban("carol@example.org");
    expect([...server.room(ROOM).affiliations.values()]).toEqual(["owner", "outcast", "outcast"]);
  });

  test("gives roles and affiliations, and asks for a voice", async () => {
    await alice.setRole("Bob", "visitor");
    await expect(bob.say("me?")).rejects.toEqual(refused("forbidden"));
    await bob.requestVoice();
    await alice.whisper("alice", "barrier");
    const request = alice.received.find((each) => each.getChild("x", "jabber:x:data") !== undefined);
    expect(request?.attrs["from"]).toBe(ROOM);
    await alice.setAffiliation(bob.jid, "member", "welcome");
    await bob.say("thanks");
    await expect(bob.setAffiliation("eve@example.org", "outcast")).rejects.toEqual(refused("not-allowed"));
  });

  test("asks for a voice where nobody hears it, and is told why: no error, as of real services", async () => {
    const print = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    await bob.requestVoice();
    await alice.setRole("Bob", "visitor");
    await bob.requestVoice();
    expect(print.mock.calls).toEqual([
      ["Nobody hears that Bob asks for a voice: who asks is no visitor, but a participant"],
    ]);
    await alice.leave();
    await bob.requestVoice();
    expect(print.mock.calls.slice(1)).toEqual([[expect.stringContaining("the room has no moderator")]]);
    await bob.leave();
    await expect(bob.requestVoice()).rejects.toMatchObject({ code: "notJoined" });
    expect(print.mock.calls.at(-1)).toEqual([expect.stringContaining("who asks is not in the room")]);
  });

  test("sets the subject where it may, changes presence, leaves", async () => {
    await alice.setSubject("topic");
    await expect(bob.setSubject("mine")).rejects.toEqual(refused("forbidden"));
    expect(server.room(ROOM).subject).toBe("topic");
    await bob.setPresence({ show: "away", status: "lunch" });
    await bob.leave("bye");
    await alice.whisper("alice", "barrier");
    const [gone, away] = alice.received.filter((each) => each.attrs["from"] === `${ROOM}/Bob`).toReversed();
    expect([away?.getChildText("show"), gone?.getChildText("status")]).toEqual(["away", "bye"]);
    await expect(bob.say("anyone?")).rejects.toMatchObject({ code: "notJoined" });
  });

  test("invites, and whispers only to who is there", async () => {
    await bob.invite("alice@example.org", "come");
    const invitation = alice.received.find((each) => each.attrs["from"] === ROOM && each.getChild("body"));
    expect(invitation?.toString()).toContain("<reason>come</reason>");
    await expect(bob.whisper("nobody", "hi")).rejects.toEqual(refused("item-not-found"));
    await expect(bob.invite("not an address@@")).rejects.toEqual(refused("jid-malformed"));
  });

  test("invites from account to account, where it is to", async () => {
    await bob.invite("alice@example.org", { direct: true, reason: "come", password: "cauldron" });
    const invitation = alice.received.find((each) => each.getChild("x", "jabber:x:conference"));
    expect(invitation?.attrs["from"]).toBe(bob.jid.toString());
    const x = invitation?.getChild("x", "jabber:x:conference");
    expect(x?.attrs).toMatchObject({ jid: ROOM, reason: "come", password: "cauldron" });
  });

  test("sends anything, and answers what it is asked like a client", async () => {
    bob.send(
      xml("iq", { type: "get", id: "p", to: `${ROOM}/alice` }, xml("ping", { xmlns: "urn:xmpp:ping" })),
    );
    bob.send(xml("iq", { type: "get", id: "q", to: `${ROOM}/alice` }, xml("query", { xmlns: "urn:x" })));
    await bob.say("done");
    await alice.say("done");
    await bob.whisper("Bob", "barrier");
    const answers = bob.received
      .filter((each) => each.name === "iq")
      .map(({ attrs }) => `${attrs["id"]} ${attrs["type"]}`);
    expect(answers.sort()).toEqual(["p result", "q error"]);
  });

  test("talks to accounts directly", async () => {
    bob.send(xml("message", { to: alice.jid.bare().toString(), type: "chat" }, xml("body", null, "direct")));
    expect(await alice.nextMessage()).toMatchObject({ nick: null, body: "direct", isPrivate: true });
  });
});

test("with a list of accounts users of the test get in all the same", async () => {
  const strict = new TestServer({ accounts: {}, domain: "example.org" });
  const user = await strict.enter(ROOM, "user");
  expect(await user.say("hi")).toMatch(/./);
  await strict.close();
});
