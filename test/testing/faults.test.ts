import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Duplex } from "node:stream";

import { StructuredLogger } from "../../src/base/logger.js";
import { TestServer } from "../../src/testing/index.js";
import { ManualClock } from "./support/manual-clock.js";
import { RawClient } from "./support/raw-client.js";

const ROOM = "lobby@rooms.example.org";
const JOIN = `<presence to='${ROOM}/Bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;

let server: TestServer;
beforeEach(() => {
  server = new TestServer({ domain: "example.org" });
});
afterEach(() => server.close());

async function inRoom(): Promise<RawClient> {
  const bob = await RawClient.login(server, "bob@example.org", "home");
  bob.send(JOIN);
  await bob.barrier("example.org");
  bob.received.length = 0;
  return bob;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("freeze and thaw", () => {
  test("nothing is answered, then everything, in order", async () => {
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.freeze();
    const said = [alice.say("one"), alice.say("two")];
    bob.send(`<message to='${ROOM}' type='groupchat'><body>three</body></message>`);
    const late = RawClient.login(server, "carol@example.org", "home");
    await turns();
    expect(bob.received).toEqual([]);
    expect(server.room(ROOM).transcript).toEqual([]);
    server.thaw();
    await Promise.all(said);
    await (await late).barrier("example.org");
    await bob.barrier("example.org");
    const lines = server.room(ROOM).transcript.map(({ body }) => body);
    expect(lines.filter((line) => line !== "three")).toEqual(["one", "two"]);
    expect(lines).toContain("three");
  });

  test("a time-out that falls into the freeze takes effect after it", async () => {
    const clock = new ManualClock();
    const frozen = new TestServer({ clock, domain: "example.org" });
    frozen.room(ROOM).open();
    const bob = await RawClient.login(frozen, "bob@example.org", "home");
    bob.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>" + JOIN);
    await bob.barrier("example.org");
    frozen.cut();
    await bob.whenClosed();
    await turns();
    frozen.freeze();
    clock.advance(400_000);
    await turns();
    expect(frozen.room(ROOM).occupants).toHaveLength(1);
    frozen.thaw();
    await turns();
    expect(frozen.room(ROOM).occupants).toHaveLength(0);
    await frozen.close();
  });
});

describe("cut", () => {
  test("breaks all connections, without a word, and leaves users of the test alone", async () => {
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.cut();
    await bob.whenClosed();
    expect(bob.received).toEqual([]);
    await alice.say("still here");
    expect(server.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["alice"]);
  });
});

describe("the service of rooms goes down and comes back", () => {
  test("XEP-0045 §15.6.2: all are told with 332 and are out; what is persistent stays", async () => {
    const alice = await server.enter(ROOM, "alice", { affiliation: "admin" });
    await alice.setSubject("topic");
    const bob = await inRoom();
    const temporary = `<presence to='other@rooms.example.org/Bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;
    bob.send(temporary);
    await bob.barrier("example.org");
    bob.received.length = 0;
    server.restartService();
    await bob.barrier("example.org");
    const farewells = bob.received.map((each) => each.toString());
    expect(farewells).toHaveLength(2);
    for (const each of farewells) expect(each).toMatch(/type="unavailable".*code="332".*code="110"/);
    expect(server.room("other@rooms.example.org").exists).toBe(false);
    const room = server.room(ROOM);
    expect([room.occupants, room.subject, room.affiliations.get("alice@example.org")]).toEqual([
      [],
      "topic",
      "admin",
    ]);
    await expect(alice.say("hello?")).rejects.toMatchObject({ condition: "not-acceptable" });
  });
});

describe("a ghost", () => {
  test("nobody is told, and a ping of oneself finds it out (XEP-0410)", async () => {
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.ghost(ROOM, "Bob");
    await bob.barrier("example.org");
    expect(bob.received).toEqual([]);
    expect(alice.received.some((each) => each.attrs["type"] === "unavailable")).toBe(false);
    const ping = await bob.ask(`<iq type='get' to='${ROOM}/Bob'><ping xmlns='urn:xmpp:ping'/></iq>`);
    expect(ping.toString()).toContain("<not-acceptable");
  });
});

describe("a mistake of the service, or of what a test gave it", () => {
  test("is logged, answered, and stops nothing", async () => {
    const lines: string[] = [];
    const logger = new StructuredLogger({ level: "error", write: ({ text }) => lines.push(text) });
    const assignNick = (nick: string): string => {
      if (nick === "Bob") throw new Error("oh");
      return nick;
    };
    const clumsy = new TestServer({ domain: "example.org", logger, assignNick });
    clumsy.room(ROOM).open();
    const bob = await RawClient.login(clumsy, "bob@example.org", "home");
    bob.send(JOIN + JOIN.replace("/Bob", "/Robert"));
    await bob.barrier("example.org");
    expect(bob.received[0]?.toString()).toContain("<service-unavailable");
    expect(clumsy.room(ROOM).occupants.map(({ nick }) => nick)).toEqual(["Robert"]);
    expect(lines).toEqual(["A stanza could not be handled"]);
    await clumsy.close();
  });

  test("does not cost the stanzas behind it in the same bytes", async () => {
    const lines: string[] = [];
    const logger = new StructuredLogger({ level: "error", write: ({ text }) => lines.push(text) });
    let broken = false;
    class BrokenClock extends ManualClock {
      override now(): number {
        if (broken) throw new Error("no time");
        return super.now();
      }
    }
    const clumsy = new TestServer({ domain: "example.org", logger, clock: new BrokenClock() });
    const bob = await RawClient.login(clumsy, "bob@example.org", "home");
    broken = true;
    bob.send(
      "<presence/>" + "<iq type='get' id='behind' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>",
    );
    await bob.next((each) => each.attrs["id"] === "behind");
    broken = false;
    expect(lines).toEqual(["A stanza of a client could not be handled"]);
    await clumsy.close();
  });
});

describe("closing", () => {
  test("ends streams with system-shutdown, is idempotent, and takes nobody any more", async () => {
    const bob = await inRoom();
    await server.close();
    await server.close();
    await bob.whenClosed();
    expect(bob.text).toContain("<system-shutdown");
    const { signal } = new AbortController();
    expect(() => server.connect({ domain: "", service: null, signal })).toThrow("closed");
  });

  test("is bounded: a client that reads nothing and closes nothing does not hold it up", async () => {
    const { signal } = new AbortController();
    const stuck = (await server.connect({ domain: "", service: null, signal })) as Duplex;
    stuck.on("error", () => {});
    stuck.write("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='example.org'>");
    await turns();
    const { calls } = vi.spyOn(globalThis, "setTimeout").mock;
    await server.close();
    expect(Math.max(...calls.map(([, delayMs = 0]) => delayMs))).toBe(500);
  });

  test("an aborted attempt closes its connection", async () => {
    const controller = new AbortController();
    const link = (await server.connect({ domain: "", service: null, signal: controller.signal })) as Duplex;
    const closed = new Promise((resolve) => link.once("close", resolve));
    controller.abort();
    await closed;
    expect(link.destroyed).toBe(true);
  });
});
