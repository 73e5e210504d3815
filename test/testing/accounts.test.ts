import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TestServer } from "../../src/testing/index.js";
import { RawClient } from "./support/raw-client.js";

let server: TestServer;
beforeEach(() => {
  server = new TestServer({ domain: "example.org" });
});
afterEach(() => server.close());

async function online(name: string, resource: string, priority?: number): Promise<RawClient> {
  const client = await RawClient.login(server, `${name}@example.org`, resource);
  client.send(
    priority === undefined ? "<presence/>" : `<presence><priority>${priority}</priority></presence>`,
  );
  await client.barrier("example.org");
  client.received.length = 0;
  return client;
}

async function bodies(client: RawClient): Promise<(string | null)[]> {
  await client.barrier("example.org");
  return client.received.filter((each) => each.name === "message").map((each) => each.getChildText("body"));
}

const message = (to: string, text: string, type = "chat"): string =>
  `<message to='${to}' type='${type}' id='${text}'><body>${text}</body></message>`;

describe("messages between accounts (RFC 6121 §8.5)", () => {
  test("§8.5.3.1 to a full JID: to that client, from the sender's full JID", async () => {
    const [alice, phone, desk] = [
      await online("alice", "a"),
      await online("bob", "phone"),
      await online("bob", "desk"),
    ];
    alice.send(message("bob@example.org/phone", "hi"));
    await alice.barrier("example.org");
    expect(await bodies(phone)).toEqual(["hi"]);
    expect(await bodies(desk)).toEqual([]);
    expect(phone.received.at(-1)?.attrs).toMatchObject({ from: "alice@example.org/a", "xml:lang": "en" });
  });

  test("§8.5.2.1.1 to the account: to those that want messages most, none with a negative priority", async () => {
    const alice = await online("alice", "a");
    const clients = [
      await online("bob", "low", 0),
      await online("bob", "high", 5),
      await online("bob", "never", -1),
    ];
    alice.send(message("bob@example.org", "hi"));
    await alice.barrier("example.org");
    expect(await Promise.all(clients.map(bodies))).toEqual([[], ["hi"], []]);
  });

  test("§8.5.3.2.1 a conversation with a client that has gone goes on with the account", async () => {
    const [alice, bob] = [await online("alice", "a"), await online("bob", "new")];
    alice.send(message("bob@example.org/old", "still there?"));
    alice.send(message("bob@example.org/old", "news", "headline"));
    await alice.barrier("example.org");
    expect(await bodies(bob)).toEqual(["still there?"]);
  });

  test("XEP-0160: kept while nobody is available, invitations too, and delivered with a delay by the domain", async () => {
    const alice = await online("alice", "a");
    alice.send(message("bob@example.org", "one"));
    alice.send(
      "<message to='bob@example.org'><x xmlns='jabber:x:conference' jid='r@rooms.example.org'/></message>",
    );
    alice.send(
      "<message to='bob@example.org' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    );
    await alice.barrier("example.org");
    const bob = await RawClient.login(server, "bob@example.org", "b");
    await bob.barrier("example.org");
    expect(bob.received).toEqual([]);
    bob.send("<presence/>");
    expect(await bodies(bob)).toEqual(["one", null]);
    const delays = bob.received
      .slice(1)
      .map((each) => each.getChild("delay", "urn:xmpp:delay")?.attrs["from"]);
    expect(delays).toEqual(["example.org", "example.org"]);
  });

  test("§8.5.2.1.1 groupchat to an account is refused; strict: an account that is not listed too", async () => {
    server.addAccount("alice@example.org", "secret");
    const alice = await online("alice", "a");
    alice.send(message("alice@example.org", "1", "groupchat"));
    alice.send(message("nobody@example.org", "2"));
    await alice.barrier("example.org");
    expect(alice.received.map((each) => each.toString())).toEqual([
      expect.stringMatching(/id="1".*<service-unavailable/),
      expect.stringMatching(/id="2".*<service-unavailable/),
    ]);
  });

  test("RFC 6120 §10.3: a message without an address is for the own account", async () => {
    const alice = await online("alice", "a");
    alice.send("<message><body>note</body></message>");
    expect(await bodies(alice)).toEqual(["note"]);
  });
});

describe("presence (RFC 6121 §4)", () => {
  test("§4.2.2 the account's other clients are told of each other, and of the end", async () => {
    const phone = await online("bob", "phone");
    const desk = await RawClient.login(server, "bob@example.org", "desk");
    desk.send("<presence><show>away</show></presence>");
    await desk.barrier("example.org");
    await phone.barrier("example.org");
    expect(phone.received.map((each) => each.attrs["from"])).toEqual(["bob@example.org/desk"]);
    expect(desk.received.map((each) => each.attrs["from"])).toEqual([
      "bob@example.org/desk",
      "bob@example.org/phone",
    ]);
    desk.send("</stream:stream>");
    await desk.whenClosed();
    await phone.barrier("example.org");
    expect(phone.received.at(-1)?.attrs["type"]).toBe("unavailable");
  });

  test("§4.6 directed presence: to that address, and unavailable when the stream ends", async () => {
    const [alice, bob] = [await online("alice", "a"), await online("bob", "b")];
    alice.send("<presence to='bob@example.org/b'/><presence to='bob@example.org' type='subscribe'/>");
    await alice.barrier("example.org");
    alice.send("</stream:stream>");
    await alice.whenClosed();
    await bob.barrier("example.org");
    expect(bob.received.map((each) => each.attrs["type"])).toEqual([undefined, "subscribe", "unavailable"]);
  });

  test("§4.5.2 a broadcast farewell leaves the rooms", async () => {
    const alice = await online("alice", "a");
    alice.send("<presence to='r@rooms.example.org/A'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
    await alice.barrier("example.org");
    expect(server.room("r@rooms.example.org").exists).toBe(true);
    alice.send("<presence type='unavailable'/>");
    await alice.barrier("example.org");
    expect(server.room("r@rooms.example.org").exists).toBe(false);
  });
});

describe("domains", () => {
  test("where clients log in there are accounts, everywhere else there are rooms", async () => {
    const open = new TestServer();
    const client = await RawClient.login(open, "bot@one.example", "x");
    const info = await client.ask(
      "<iq type='get' to='anything.example'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    );
    expect(info.toString()).toContain('category="conference"');
    const own = await client.ask(
      "<iq type='get' to='one.example'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    );
    expect(own.toString()).toContain('category="server"');
    expect(() => open.room("room@one.example")).toThrow("is no room");
    await open.close();
  });

  test("a domain that cannot be reached: remote-server-not-found, until it can", async () => {
    const client = await online("bot", "x");
    const ping = "<iq type='get' to='rooms.example.org'><ping xmlns='urn:xmpp:ping'/></iq>";
    server.unreachable("rooms.example.org");
    expect((await client.ask(ping)).toString()).toContain("remote-server-not-found");
    server.unreachable("rooms.example.org", false);
    expect((await client.ask(ping)).attrs["type"]).toBe("result");
  });
});
