import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { StructuredLogger } from "../../src/base/logger.js";
import { TestServer, type TestUser } from "../../src/testing/index.js";
import { RawClient } from "./support/raw-client.js";
import { readTrace } from "./support/trace.js";

const ROOM = "lobby@rooms.example.org";
const RUNS = 150;

const SENT = [
  "11-subject",
  "12-message-reflection",
  "23-role-affiliation",
  "25-voice-request",
  "26-mediated-invite",
]
  .flatMap((trace) => readTrace(trace))
  .filter(({ kind }) => kind === "sent")
  .map(({ stanza }) => stanza.toString().replaceAll(/[\w-]+@conference\.localhost/g, ROOM));

/** Pieces that a stream is made of, well-formed or not. */
const fragment = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "<presence",
    "<message to='",
    ROOM,
    "/Bob'",
    ">",
    "/>",
    "</message>",
    "<iq type='set'",
    " id='x'",
    "<x xmlns='",
    "http://jabber.org/protocol/muc",
    "#user",
    "#admin",
    "#owner",
    "'><item",
    " role='none'",
    " nick='Bob'",
    " __proto__='1'",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#0;",
    "&lt",
    "<?xml?>",
    "<stream:stream>",
    "</stream:stream>",
    "<r xmlns='urn:xmpp:sm:3'/>",
    "<a xmlns='urn:xmpp:sm:3' h='-1'/>",
    "<enable xmlns='urn:xmpp:sm:3' resume='1'/>",
  ),
);

/** A recorded stanza with some of its characters replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SENT),
    fc.array(fc.tuple(fc.nat(4000), fc.string({ maxLength: 3 })), { maxLength: 4 }),
  )
  .map(([stanza, changes]) =>
    changes.reduce(
      (text, [at, by]) => text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1),
      stanza,
    ),
  );

describe("hostile clients", () => {
  let server: TestServer;
  let alice: TestUser;
  /** What the service did not foresee: it goes on, but it is a mistake of ours. */
  const failures: string[] = [];
  beforeAll(async () => {
    const logger = new StructuredLogger({ level: "error", write: ({ text }) => failures.push(text) });
    server = new TestServer({ domain: "example.org", logger });
    alice = await server.enter(ROOM, "alice", { affiliation: "owner" });
  });
  afterAll(() => server.close());

  /** Others are served as before: an answer comes, and what is said is heard. */
  async function othersGoOn(): Promise<boolean> {
    const id = await alice.say("still here");
    return failures.length === 0 && alice.received.some((each) => each.attrs["id"] === id);
  }

  test("any text, before and after the login, harms nobody else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { maxLength: 30 }), fc.boolean(), async (pieces, loggedIn) => {
        const client = loggedIn
          ? await RawClient.login(server, "eve@example.org", "x")
          : await RawClient.connect(server);
        for (const piece of pieces) client.send(piece);
        expect(await othersGoOn()).toBe(true);
        client.duplex.destroy();
      }),
      { numRuns: RUNS },
    );
  });

  test("any bytes harm nobody else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const client = await RawClient.login(server, "eve@example.org", "x");
        client.duplex.write(bytes);
        expect(await othersGoOn()).toBe(true);
        client.duplex.destroy();
      }),
      { numRuns: RUNS },
    );
  });

  test("recorded stanzas, mutated: each stream is answered or ended, and the room goes on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 5 }), async (stanzas) => {
        const client = await RawClient.login(server, "eve@example.org", "x");
        client.send(`<presence to='${ROOM}/Eve'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
        for (const stanza of stanzas) client.send(stanza);
        expect(await othersGoOn()).toBe(true);
        client.duplex.destroy();
      }),
      { numRuns: RUNS },
    );
  });

  test("a stream in any pieces is the same stream", async () => {
    const text = `<message to='${ROOM}' type='groupchat' id='cut'><body>grüße 😀 &amp; mehr</body></message>`;
    const bytes = Buffer.from(text);
    server.room(ROOM).setAffiliation("eve@example.org", "none");
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const client = await RawClient.login(server, "eve@example.org", "x");
        client.send(`<presence to='${ROOM}/Eve'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
        const heard = client.next(
          (each) => each.attrs["id"] === "cut" && each.getChild("delay") === undefined,
        );
        const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
        for (const [index, end] of ends.entries())
          client.duplex.write(bytes.subarray(ends[index - 1] ?? 0, end));
        expect((await heard).getChildText("body")).toBe("grüße 😀 & mehr");
        client.duplex.destroy();
      }),
      { numRuns: 50 },
    );
  });
});

describe("order", () => {
  test("everybody gets the same messages in the same order, never while they are being sent", async () => {
    const server = new TestServer();
    const users = await Promise.all(["a", "b", "c"].map((nick) => server.enter(ROOM, nick)));
    let handled = 0;
    const said = users.flatMap((user) =>
      Array.from({ length: 20 }, async (_, index) => {
        const before = handled;
        const done = user.say(`${user.nick}${index}`);
        expect(handled).toBe(before);
        await done;
        handled++;
      }),
    );
    await Promise.all(said);
    const heard = users.map((user) =>
      user.received.map((each) => each.getChildText("body")).filter((body) => body !== null),
    );
    expect(heard[0]).toHaveLength(60);
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[2]).toEqual(heard[0]);
    const own = heard[0]?.filter((body) => body.startsWith("b")) ?? [];
    expect(own).toEqual(Array.from({ length: 20 }, (_, index) => `b${index}`));
    await server.close();
  });
});
