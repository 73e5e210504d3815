import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TestServer, type TestUser } from "../../../src/testing/index.js";
import { ManualClock } from "../support/manual-clock.js";
import { RawClient } from "../support/raw-client.js";

const SM = "urn:xmpp:sm:3";
const ROOM = "lobby@rooms.example.org";
const JOIN = `<presence to='${ROOM}/Bob' id='join'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`;

let clock: ManualClock;
let server: TestServer;
let alice: TestUser;
beforeEach(async () => {
  clock = new ManualClock();
  server = new TestServer({ clock, domain: "example.org" });
  alice = await server.enter(ROOM, "alice");
});
afterEach(() => server.close());

/** A client with stream management that is in the room and has acknowledged nothing. */
async function managed(): Promise<{ bob: RawClient; id: string; received: () => number }> {
  const bob = await RawClient.login(server, "bob@example.org", "home");
  bob.send(`<enable xmlns='${SM}' resume='true'/>`);
  const enabled = await bob.next((each) => each.name === "enabled");
  bob.received.length = 0;
  bob.send(JOIN);
  await bob.barrier("example.org");
  const received = (): number => bob.received.filter((each) => each.xmlns !== SM).length + 1;
  return { bob, id: enabled.attrs["id"] ?? "", received };
}

async function resumed(id: string, h: number, account = "bob@example.org"): Promise<RawClient> {
  const bob = await RawClient.connect(server);
  await bob.authenticate(account);
  bob.received.length = 0;
  const answer = bob.next((each) => each.xmlns === SM && each.name !== "r");
  bob.send(`<resume xmlns='${SM}' previd='${id}' h='${h}'/>`);
  await Promise.race([answer, bob.whenClosed()]);
  return bob;
}

function isIn(nick: string): boolean {
  return server.room(ROOM).occupants.some((occupant) => occupant.nick === nick);
}

function farewellOf(nick: string): { codes: (string | undefined)[]; status: string | null } | null {
  const stanza = alice.received.findLast(
    (each) => each.attrs["type"] === "unavailable" && each.attrs["from"] === `${ROOM}/${nick}`,
  );
  if (stanza === undefined) return null;
  const x = stanza.getChild("x", "http://jabber.org/protocol/muc#user");
  const codes = (x?.getChildren("status") ?? []).map((each) => each.attrs["code"]);
  return { codes, status: stanza.getChildText("status") };
}

/** Resolves when the service has dealt with all that was sent and lost. */
const settled = (): Promise<string> => alice.whisper("alice", "x");

describe("stream management (XEP-0198)", () => {
  test("§3 enabled with an id and how long it lasts; a second time is an error", async () => {
    const { bob } = await managed();
    expect(bob.text).toMatch(/<enabled xmlns="urn:xmpp:sm:3" id="[^"]+" resume="true" max="300"\/>/);
    bob.send(`<enable xmlns='${SM}'/>`);
    const failed = await bob.next((each) => each.name === "failed");
    expect(failed.getChildElements()[0]?.name).toBe("unexpected-request");
  });

  test("§3 not before a resource is bound", async () => {
    const bob = await RawClient.connect(server);
    await bob.authenticate("bob@example.org");
    bob.send(`<enable xmlns='${SM}'/>`);
    expect((await bob.next((each) => each.name === "failed")).toString()).toContain("unexpected-request");
  });

  test("§4 what the client sends is counted from enable on, stanzas only", async () => {
    const { bob } = await managed();
    bob.send(`<message to='${ROOM}' type='groupchat'><body>1</body></message> <r xmlns='${SM}'/>`);
    const answer = await bob.next((each) => each.name === "a");
    // The join, the ping behind it, the message.
    expect(answer.attrs["h"]).toBe("3");
  });

  test("§4 the service asks for an acknowledgement behind what it sends", async () => {
    const { bob } = await managed();
    await bob.barrier("example.org");
    const first = bob.received.findIndex((each) => each.is("r", SM));
    expect(first).toBeGreaterThan(0);
  });

  test("§5 resumed: what was not acknowledged comes again in order, and nobody noticed", async () => {
    const { bob, id, received } = await managed();
    const h = received();
    server.cut("bob@example.org");
    await bob.whenClosed();
    await alice.say("one");
    await alice.whisper("Bob", "psst");
    await alice.say("two");
    const again = await resumed(id, h);
    await again.barrier("example.org");
    expect(again.received[0]?.is("resumed", SM)).toBe(true);
    expect(again.received[0]?.attrs["h"]).toBe("2");
    const bodies = again.received.map((each) => each.getChildText("body")).filter((body) => body !== null);
    expect(bodies).toEqual(["one", "psst", "two"]);
    for (const each of again.received.filter((stanza) => stanza.name === "message"))
      expect(each.getChild("delay", "urn:xmpp:delay")?.attrs["from"]).toBe("bob@example.org");
    expect(farewellOf("Bob")).toBeNull();
    clock.advance(600_000);
    await settled();
    expect(isIn("Bob")).toBe(true);
  });

  test("§5 a session that is still connected is taken over, and its old stream ends with conflict", async () => {
    const { bob, id, received } = await managed();
    const again = await resumed(id, received());
    await bob.whenClosed();
    expect(bob.text).toContain("<conflict");
    await again.barrier("example.org");
    expect(isIn("Bob")).toBe(true);
  });

  test("§5 an unknown session: item-not-found, and the client can bind", async () => {
    const bob = await resumed("nonsense", 0);
    expect(bob.received[0]?.toString()).toBe(
      `<failed xmlns="${SM}"><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`,
    );
    bob.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    expect((await bob.next((each) => each.attrs["id"] === "b")).attrs["type"]).toBe("result");
  });

  test("§5 somebody else's session cannot be had", async () => {
    const { id } = await managed();
    const eve = await resumed(id, 0, "eve@example.org");
    expect(eve.received[0]?.toString()).toContain("item-not-found");
    expect(eve.received[0]?.attrs["h"]).toBeUndefined();
  });

  test("§5 after the time-out on the service's clock it is over: h is told, others see him go", async () => {
    const { bob, id, received } = await managed();
    bob.send(`<a xmlns='${SM}' h='${received()}'/>`);
    await bob.barrier("example.org");
    bob.send(`<a xmlns='${SM}' h='${received() + 1}'/>`);
    await bob.barrier("example.org");
    server.cut("bob@example.org");
    await bob.whenClosed();
    await settled();
    clock.advance(299_000);
    await settled();
    expect(isIn("Bob")).toBe(true);
    clock.advance(1000);
    await settled();
    expect(isIn("Bob")).toBe(false);
    expect(farewellOf("Bob")).toEqual({ codes: [], status: null });
    const late = await resumed(id, 0);
    expect(late.received[0]?.attrs["h"]).toBe("4");
    expect(clock.pending).toBe(0);
  });

  test("with a groupchat message that never arrived he is removed with 333 (Prosody)", async () => {
    const { bob, received } = await managed();
    bob.send(`<a xmlns='${SM}' h='${received()}'/>`);
    server.cut("bob@example.org");
    await bob.whenClosed();
    await alice.say("are you there?");
    server.expireSession("bob@example.org");
    await settled();
    expect(farewellOf("Bob")).toEqual({ codes: ["333"], status: "Kicked: recipient unavailable" });
  });

  test("XEP-0160: a private message that never arrived waits for the account's next client", async () => {
    const { bob, received } = await managed();
    const h = received();
    server.cut("bob@example.org");
    await bob.whenClosed();
    await alice.whisper("Bob", "for later");
    server.expireSession("bob@example.org");
    const next = await RawClient.login(server, "bob@example.org", "work");
    next.send("<presence/>");
    await next.barrier("example.org");
    const bodies = next.received.map((each) => each.getChildText("body")).filter((body) => body !== null);
    expect(bodies).toEqual(["for later"]);
    expect(h).toBeGreaterThan(1);
  });

  test.each([
    ["§4 more than was sent", "999", "Client acknowledged more stanzas than sent by server"],
    ["less than before (Prosody)", "0", "Client acknowledged less stanzas than already acknowledged"],
  ])("%s ends the stream and the session", async (_name, h, text) => {
    const { bob, received } = await managed();
    bob.send(`<a xmlns='${SM}' h='${received()}'/><a xmlns='${SM}' h='${h}'/>`);
    await bob.whenClosed();
    expect(bob.text).toContain("<undefined-condition");
    expect(bob.text).toContain(text);
    await settled();
    expect(farewellOf("Bob")).toEqual({ codes: [], status: `Disconnected: ${text}` });
  });

  test("§5 resuming with an impossible count ends the stream", async () => {
    const { id } = await managed();
    const bob = await resumed(id, 999);
    await bob.whenClosed();
    expect(bob.text).toContain("<undefined-condition");
  });

  test("§5 a stream that the client closes in order is not resumable", async () => {
    const { bob, id } = await managed();
    bob.send("</stream:stream>");
    await bob.whenClosed();
    expect(isIn("Bob")).toBe(false);
    expect(farewellOf("Bob")).toEqual({ codes: [], status: null });
    expect((await resumed(id, 0)).received[0]?.name).toBe("failed");
  });

  test("without stream management a lost connection is the end of the session", async () => {
    const bob = await RawClient.login(server, "bob@example.org", "home");
    bob.send(JOIN);
    await bob.barrier("example.org");
    server.cut("bob@example.org/home");
    await bob.whenClosed();
    await settled();
    expect(farewellOf("Bob")).toEqual({ codes: [], status: null });
  });
});
