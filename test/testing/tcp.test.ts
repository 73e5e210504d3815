import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TestServer } from "../../src/testing/index.js";
import { client, xml, type Entity, type XmlElement } from "./support/xmppjs.js";

const ROOM = "lobby@rooms.example.org";
const MUC = "http://jabber.org/protocol/muc";

/** Somebody else's client, over a real socket. */
class Peer {
  readonly entity: Entity;
  readonly received: XmlElement[] = [];
  #waiting: (() => void)[] = [];

  constructor(port: number, username: string, password: string, mechanism = "PLAIN") {
    this.entity = client({
      service: `xmpp://127.0.0.1:${port}`,
      domain: "example.org",
      resource: "tcp",
      credentials: (authenticate) => authenticate({ username, password }, mechanism),
    });
    this.entity.on("error", () => {});
    this.entity.on("stanza", (stanza: XmlElement) => {
      this.received.push(stanza);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** RFC 6121 §4.2: available, once stream management is on (before, the library miscounts). */
  async start(): Promise<this> {
    await this.entity.start();
    while (!this.entity.streamManagement.enabled) await new Promise((resolve) => setImmediate(resolve));
    await this.entity.send(xml("presence"));
    await this.find((stanza) => stanza.name === "presence");
    return this;
  }

  async find(pick: (stanza: XmlElement) => boolean): Promise<XmlElement> {
    for (;;) {
      const found = this.received.find(pick);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async join(nick: string): Promise<XmlElement> {
    await this.entity.send(xml("presence", { to: `${ROOM}/${nick}`, id: "join" }, xml("x", { xmlns: MUC })));
    return this.find((stanza) => stanza.attrs["id"] === "join" && stanza.attrs["from"] === `${ROOM}/${nick}`);
  }
}

describe("@xmpp/client over TCP", () => {
  let server: TestServer;
  let port: number;
  const peers: Peer[] = [];
  beforeEach(async () => {
    server = new TestServer({ accounts: { "bob@example.org": "b", "carol@example.org": "c" } });
    ({ port } = await server.listen());
  });
  afterEach(async () => {
    for (const { entity } of peers.splice(0)) {
      entity.reconnect.stop();
      await entity.stop();
    }
    await server.close();
  });

  async function peer(name: string, password: string, mechanism?: string): Promise<Peer> {
    const made = new Peer(port, name, password, mechanism);
    peers.push(made);
    return made.start();
  }

  test("listens on the loopback address only", async () => {
    const other = new TestServer();
    expect(await other.listen()).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
    await expect(other.listen()).rejects.toThrow("listens already");
    await other.close();
  });

  test("RFC 5802: the library logs in with SCRAM-SHA-1", async () => {
    const bob = await peer("bob", "b", "SCRAM-SHA-1");
    expect(bob.entity.jid?.toString()).toBe("bob@example.org/tcp");
  });

  test("RFC 6120 §6.5.10: a wrong password is refused, with PLAIN and with SCRAM", async () => {
    for (const mechanism of ["PLAIN", "SCRAM-SHA-1"]) {
      const eve = new Peer(port, "bob", "wrong", mechanism);
      await expect(eve.entity.start()).rejects.toMatchObject({ condition: "not-authorized" });
      await eve.entity.stop();
    }
  });

  test("XEP-0045 §7.2, §7.4: join, speak, be heard, history for who comes later", async () => {
    server.room(ROOM).open();
    const bob = await peer("bob", "b");
    await bob.join("Bob");
    await bob.entity.send(
      xml("message", { to: ROOM, type: "groupchat", id: "m1" }, xml("body", {}, "hello")),
    );
    const reflected = await bob.find((stanza) => stanza.attrs["id"] === "m1");
    expect(reflected.attrs["from"]).toBe(`${ROOM}/Bob`);
    const carol = await peer("carol", "c");
    await carol.join("Carol");
    const history = await carol.find((stanza) => stanza.attrs["id"] === "m1");
    expect(history.getChild("delay", "urn:xmpp:delay")?.attrs["from"]).toBe(ROOM);
    const subject = await carol.find((stanza) => stanza.getChild("subject") !== undefined);
    expect(carol.received.indexOf(subject)).toBeGreaterThan(carol.received.indexOf(history));
    expect(server.room(ROOM).transcript.map(({ nick, body }) => `${nick}: ${body}`)).toEqual(["Bob: hello"]);
  });

  test("XEP-0198 §5: the connection is cut, the library resumes, and misses nothing", async () => {
    server.room(ROOM).open();
    const bob = await peer("bob", "b");
    await bob.join("Bob");
    const carol = await peer("carol", "c");
    await carol.join("Carol");
    server.cut("bob@example.org");
    await carol.entity.send(
      xml("message", { to: ROOM, type: "groupchat", id: "m2" }, xml("body", {}, "missed?")),
    );
    const missed = await bob.find((stanza) => stanza.attrs["id"] === "m2");
    // Not history: the delay says how long it waited for the client, as on both servers.
    expect(missed.getChild("delay", "urn:xmpp:delay")?.attrs["from"]).toBe("bob@example.org");
    expect(server.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["Bob", "Carol"]);
  });
});
