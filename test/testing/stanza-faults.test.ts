// What the service does to stanzas on their way to clients: late, twice, in another order.
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "node:net";

import type { Duplex } from "node:stream";

import { TestServer, type FaultScope } from "../../src/testing/index.js";
import { ManualClock } from "./support/manual-clock.js";
import { RawClient } from "./support/raw-client.js";

const ROOM = "lobby@rooms.example.org";
const JOIN = `<presence to='${ROOM}/Bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`;
const PING = `<iq type='get' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>`;

let server: TestServer;
let clock: ManualClock;
afterEach(() => server.close());

function start(): void {
  clock = new ManualClock();
  server = new TestServer({ clock, domain: "example.org" });
  server.room(ROOM).open();
}

async function inRoom(account = "bob@example.org", managed = false): Promise<RawClient> {
  const bob = await RawClient.login(server, account, "home");
  bob.send((managed ? "<enable xmlns='urn:xmpp:sm:3' resume='true'/>" : "") + JOIN);
  await bob.barrier("example.org");
  bob.received.length = 0;
  return bob;
}

/** What was said to him in the room, in the order in which it came. */
const heard = ({ received }: RawClient): string[] =>
  received.flatMap((each) => (each.name === "message" ? (each.getChildText("body") ?? []) : []));

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const pass = (ms: number): Promise<void> => (clock.advance(ms), turns());

describe("delay", () => {
  test("all stanzas are late by so much, in their order, answers too", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.delay(2_000);
    await alice.say("one");
    await pass(500);
    await alice.say("two");
    const pong = bob.ask(PING);
    await turns();
    await pass(1_499);
    expect(heard(bob)).toEqual([]);
    await pass(1);
    expect(heard(bob)).toEqual(["one"]);
    await pass(500);
    expect(heard(bob)).toEqual(["one", "two"]);
    expect((await pong).attrs["type"]).toBe("result");
  });

  test("several add up, and whoever ends one has at once what it kept back", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    const endFirst = server.delay(1_000);
    const endSecond = server.delay(500);
    await alice.say("one");
    await pass(1_000);
    await pass(499);
    expect(heard(bob)).toEqual([]);
    await pass(1);
    expect(heard(bob)).toEqual(["one"]);
    for (const line of ["two", "three"]) await alice.say(line);
    endFirst();
    await turns();
    expect(heard(bob)).toEqual(["one"]);
    endSecond();
    await turns();
    expect(heard(bob)).toEqual(["one", "two", "three"]);
    await alice.say("four");
    await turns();
    expect(heard(bob).at(-1)).toBe("four");
    endFirst();
    expect(clock.pending).toBe(0);
  });

  test("is no time that cannot be", () => {
    start();
    for (const delayMs of [-1, Number.NaN, Infinity]) expect(() => server.delay(delayMs)).toThrow("no time");
  });

  test("what was on its way to a session that is over never arrives, and nothing is left of it", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom("bob@example.org", true);
    server.delay(1_000);
    await alice.say("one");
    server.expireSession("bob@example.org");
    await turns();
    expect(clock.pending).toBe(0);
    await pass(5_000);
    expect(heard(bob)).toEqual([]);
  });

  test("is over when the service is closed, and nothing is left of it", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.delay(1_000);
    await alice.say("one");
    await server.close();
    expect([heard(bob), clock.pending]).toEqual([[], 0]);
  });

  test("what comes in while the service stands still comes behind that", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.delay(1_000);
    await alice.say("one");
    server.freeze();
    await pass(1_000);
    expect(heard(bob)).toEqual([]);
    server.thaw();
    await turns();
    expect(heard(bob)).toEqual(["one"]);
  });
});

describe("duplicate", () => {
  test("every stanza comes twice, and both are counted by stream management (XEP-0198 §4)", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom("bob@example.org", true);
    const end = server.duplicate();
    await alice.say("one");
    await turns();
    expect(heard(bob)).toEqual(["one", "one"]);
    end();
    await alice.say("two");
    await turns();
    expect(heard(bob)).toEqual(["one", "one", "two"]);
    const stanzas = bob.text.match(/<(?:message|presence|iq)[\s>]/g)?.length ?? 0;
    // the answer to the bind came before anything was counted
    bob.send(`<a xmlns='urn:xmpp:sm:3' h='${stanzas - 1}'/>`);
    await turns();
    expect(bob.closed).toBe(false);
    bob.send(`<a xmlns='urn:xmpp:sm:3' h='${stanzas}'/>`);
    await bob.whenClosed();
  });
});

describe("reorder", () => {
  test("the second of two goes first, also over the turns of others; answers keep their place", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    server.reorder();
    await alice.say("one");
    expect((await bob.ask(PING)).attrs["type"]).toBe("result");
    expect(heard(bob)).toEqual([]);
    for (const line of ["two", "three", "four"]) await alice.say(line);
    await turns();
    expect(heard(bob)).toEqual(["two", "one", "four", "three"]);
  });

  test("what nothing comes after in a second arrives by itself; at the end at once", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    const end = server.reorder();
    await alice.say("one");
    await pass(999);
    expect(heard(bob)).toEqual([]);
    await pass(1);
    expect(heard(bob)).toEqual(["one"]);
    await alice.say("two");
    end();
    await turns();
    expect(heard(bob)).toEqual(["one", "two"]);
  });
});

describe("whom they are for", () => {
  const isSecret: NonNullable<FaultScope["only"]> = (stanza) => stanza.getChildText("body") === "secret";

  test("an account, a client, some stanzas; users of the test where they are named", async () => {
    start();
    const alice = await server.enter(ROOM, "alice");
    const bob = await inRoom();
    const carol = await RawClient.login(server, "carol@example.org", "home");
    carol.send(JOIN.replace("/Bob", "/Carol"));
    await carol.barrier("example.org");
    server.duplicate("bob@example.org");
    server.duplicate({ to: "carol@example.org/home", only: isSecret });
    server.duplicate({ to: "carol@example.org/elsewhere" });
    server.duplicate({ to: alice.jid.bare(), only: isSecret });
    for (const line of ["one", "secret"]) await alice.say(line);
    await turns();
    expect(heard(bob)).toEqual(["one", "one", "secret", "secret"]);
    expect(heard(carol)).toEqual(["one", "secret", "secret"]);
    const toAlice = alice.received.flatMap((each) => each.getChildText("body") ?? []);
    expect(toAlice).toEqual(["one", "secret", "secret"]);
  });

  test("all of them together, over TCP as in memory: each stanza goes through one after the other", async () => {
    start();
    const { port } = await server.listen();
    const alice = await server.enter(ROOM, "alice");
    const socket: Duplex = connect(port, "127.0.0.1");
    const bob = new RawClient(socket);
    await bob.authenticate("bob@example.org");
    bob.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>" + JOIN);
    await bob.barrier("example.org");
    bob.received.length = 0;
    server.reorder();
    server.duplicate();
    server.delay(1_000);
    for (const line of ["one", "two"]) await alice.say(line);
    const pong = bob.ask(PING);
    await turns();
    expect(heard(bob)).toEqual([]);
    clock.advance(1_000);
    await pong;
    expect(heard(bob)).toEqual(["two", "two", "one", "one"]);
    socket.destroy();
  });
});
