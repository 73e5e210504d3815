// npm run bench:memory: the heap that rooms and their occupants keep, after forced garbage collection.
//
// Stanzas are parsed from text as they come off a stream, so that what they pin counts too; there is no connection.
// Budgets: less than 1 KiB for an occupant in a room of 10,000, less than 10 KiB for an empty room of 1,000.
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";

import {
  Emitter,
  IqRequests,
  JID,
  MucClient,
  systemClock,
  type Element,
  type Session,
  type SessionEvents,
} from "mucwright/muc";

// The parser is no part of the package's surface: it is taken from the build, with the types of the source.
const { StreamParser } = (await import(
  new URL("../dist/xmpp/stream-parser.js", import.meta.url).href
)) as typeof import("../src/xmpp/stream-parser.js");

const OCCUPANTS = 10_000;
const ROOMS = 1_000;
const INFO = "http://jabber.org/protocol/disco#info";
const USER = "http://jabber.org/protocol/muc#user";

/** A session without a connection: what is sent is kept, what comes is text. */
class Wire extends Emitter<SessionEvents> {
  readonly state = "online";
  readonly jid = JID.parse("bot@example.org/bench");
  readonly sent: Element[] = [];
  readonly iq = new IqRequests({
    clock: systemClock,
    send: (stanza) => this.send(stanza),
    jid: () => this.jid,
  });

  send(stanza: Element): Promise<void> {
    this.sent.push(stanza);
    return Promise.resolve();
  }

  sentOf(name: string): readonly Element[] {
    return this.sent.filter((stanza) => stanza.name === name);
  }

  receive(...stanzas: readonly string[]): void {
    const onElement = (element: Element): void => {
      if (element.name === "iq") this.iq.answer(element);
      else this.emit(element.name === "presence" ? "presence" : "message", element);
    };
    for (const stanza of stanzas)
      new StreamParser({ onStart: () => {}, onElement, onEnd: () => {} }, { framed: true }).write(
        stanza.replace(/^<\w+/, '$& xmlns="jabber:client"'),
      );
  }
}

async function heapBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run node with --expose-gc");
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await turn();
  }
  return process.memoryUsage().heapUsed;
}

const presence = (room: string, nick: string, jid: string, status: string): string =>
  `<presence from="${room}/${nick}" to="bot@example.org/bench" id="${nick}-1"><show>away</show><status>${status}</status>` +
  `<c xmlns="http://jabber.org/protocol/caps" hash="sha-1" node="https://example.org/client" ver="94Y7MuW5ZbbekK4bo1R7KliKmS4="/>` +
  `<x xmlns="${USER}"><item affiliation="member" role="participant" jid="${jid}"/></x></presence>`;
const own = (room: string): string =>
  `<presence from="${room}/bot"><x xmlns="${USER}"><item affiliation="none" role="participant"/><status code="110"/></x></presence>`;
const subject = (room: string): string => `<message type="groupchat" from="${room}"><subject/></message>`;

function makeClient(): { session: Wire; client: MucClient } {
  const session = new Wire();
  // a client uses no more of a session than this
  return { session, client: new MucClient(session as unknown as Session) };
}

/** Answers what was asked, so that only what is kept for good is measured. */
function answerAll(session: Wire): void {
  for (const { attrs } of session.sentOf("iq"))
    session.receive(
      `<iq type="result" id="${attrs["id"]}" from="${attrs["to"]}"><query xmlns="${INFO}"/></iq>`,
    );
  session.sent.length = 0;
}

/** Lets this many rooms be entered. They do not all join at once, and who is not answered in time gives up. */
async function enter(session: Wire, count: number): Promise<void> {
  for (let entered = 0; entered < count; await delay(20)) {
    for (const { attrs } of session.sentOf("presence")) {
      const room = (attrs["to"] ?? "").replace(/\/.*/, "");
      session.receive(own(room), subject(room));
      entered++;
    }
    answerAll(session);
  }
}

async function occupantBytes(): Promise<number> {
  const { session, client } = makeClient();
  const room = "lobby@rooms.example.org";
  const joined = client.join(room, "bot").room;
  await enter(session, 1);
  const before = await heapBytes();
  for (let index = 0; index < OCCUPANTS; index++)
    session.receive(
      presence(
        room,
        `somebody ${index}`,
        `account-of-somebody-${index}@example.org/phone`,
        `Busy with ${index}`,
      ),
    );
  await turn();
  const bytes = (await heapBytes()) - before;
  if (joined.occupants.length !== OCCUPANTS + 1) throw new Error("Not all came in");
  return bytes / OCCUPANTS;
}

async function roomBytes(): Promise<number> {
  const { session, client } = makeClient();
  const before = await heapBytes();
  for (let index = 0; index < ROOMS; index++) client.join(`room${index}@rooms.example.org`, "bot");
  await enter(session, ROOMS);
  await turn();
  const bytes = (await heapBytes()) - before;
  if (![...client.rooms.values()].every(({ active }) => active)) throw new Error("Not all are active");
  return bytes / ROOMS;
}

const figures = [
  ["an occupant", await occupantBytes(), 1024],
  ["an empty room", await roomBytes(), 10 * 1024],
] as const;
for (const [what, bytes, budget] of figures) {
  console.log(`${what}: ${Math.round(bytes)} bytes of heap (budget ${budget})`);
  if (bytes >= budget) process.exitCode = 1;
}
process.exit();
