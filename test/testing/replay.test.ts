import { afterEach, describe, expect, test } from "vitest";

import { ManualClock } from "./support/manual-clock.js";
import type { Element } from "../../src/base/element.js";
import { TestServer } from "../../src/testing/index.js";
import { RawClient } from "./support/raw-client.js";
import { comparable, readTrace, type TraceEvent } from "./support/trace.js";

const MUC = "http://jabber.org/protocol/muc";

interface Scenario {
  readonly trace: string;
  /** What happened before the recording began: `who: stanza`, with R for the room. */
  readonly before?: readonly string[];
  /** The id of the stanza that the recording is left off before: what follows this service does not do. */
  readonly until?: string;
  /** Ids that are left out, with what they led to, for the reason given beside. */
  readonly except?: readonly string[];
  /** Whose stream is closed once he has the answer to this id. */
  readonly closed?: { readonly who: string; readonly after: string };
  /** Ids of two stanzas of two clients that Prosody handled in the other order than they were recorded. */
  readonly swapped?: readonly [string, string];
}

const join = (who: string, number = 1, nick = who[0]?.toUpperCase() + who.slice(1)): string =>
  `${who}: <presence to='R/${nick}' id='${who}-${number}'><x xmlns='${MUC}'/></presence>`;
const instant = (number = 2): string =>
  `alice: <iq type='set' id='alice-${number}' to='R'><query xmlns='${MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>`;
const admin = (item: string): string =>
  `alice: <iq type='set' id='setup' to='R'><query xmlns='${MUC}#admin'>${item}</query></iq>`;
const config = (name: string, value: string): string =>
  `alice: <iq type='set' id='setup' to='R'><query xmlns='${MUC}#owner'><x xmlns='jabber:x:data' type='submit'><field var='muc#roomconfig_${name}'><value>${value}</value></field></x></query></iq>`;
const say = (id: string, content: string): string =>
  `alice: <message to='R' type='groupchat' id='${id}'>${content}</message>`;
const MOD = admin("<item affiliation='admin' jid='mod@localhost'/>");
const IN = [join("alice"), instant()];

const SCENARIOS: readonly Scenario[] = [
  { trace: "01-create-instant-room" },
  {
    trace: "03-join-existing",
    swapped: ["alice-4", "carol-3"],
    before: [
      ...IN,
      "alice: <message to='R' type='groupchat' id='alice-3'><body>before anyone came</body></message>",
    ],
  },
  { trace: "04-join-password" },
  { trace: "05-join-members-only" },
  { trace: "06-join-banned" },
  // Prosody still names the client that has left in what the other one gets then.
  { trace: "07-nick-conflict", until: "alice-3" },
  { trace: "09-room-locked" },
  {
    trace: "10-history",
    before: [
      ...IN,
      say("alice-3", "<body>old 1</body>"),
      say("alice-4", "<body>old 2</body>"),
      say("alice-5", "<body>old 3</body>"),
      "clock: 3500",
      say(
        "alice-6",
        "<body>new 1</body><x-lab xmlns='urn:lab:extension'/><origin-id id='o1' xmlns='urn:xmpp:sid:0'/>",
      ),
      say("alice-8", "<body>new 2</body>"),
      "clock: 500",
    ],
  },
  { trace: "11-subject" },
  { trace: "12-message-reflection", before: [...IN, join("bob")] },
  // Carbons are not offered.
  { trace: "14-private-message", except: ["alice2-1", "alice-3"], before: [...IN, join("bob")] },
  { trace: "15-nick-change", before: [...IN, join("carol"), join("bob")] },
  { trace: "16-presence-change", before: [...IN, join("bob")] },
  { trace: "17-leave", closed: { who: "bob", after: "bob-3" }, before: [...IN, join("carol"), join("bob")] },
  { trace: "18-kick", before: [...IN, MOD, join("mod"), join("carol"), join("bob")] },
  { trace: "19-ban", before: [...IN, MOD, join("mod"), join("carol"), join("bob")] },
  {
    trace: "20-affiliation-lost-members-only",
    before: [
      ...IN,
      config("membersonly", "1"),
      admin("<item affiliation='member' jid='bob@localhost'/>"),
      admin("<item affiliation='member' jid='carol@localhost'/>"),
      join("carol"),
      join("bob"),
    ],
  },
  { trace: "22-voice", before: [...IN, MOD, join("mod"), join("carol"), join("bob")] },
  { trace: "23-role-affiliation", before: [...IN, MOD, join("mod"), join("carol"), join("bob")] },
  { trace: "24-lists", before: [...IN, MOD, join("mod"), join("carol"), join("bob")] },
  {
    trace: "25-voice-request",
    before: [...IN, config("moderatedroom", "1"), MOD, join("mod"), join("carol"), join("bob")],
  },
  { trace: "26-mediated-invite", before: [...IN] },
  { trace: "27-decline", before: [...IN] },
  {
    trace: "29-destroy",
    before: [...IN, config("persistentroom", "1"), MOD, join("mod"), join("carol"), join("bob")],
  },
  // A recorded answer to an id of Prosody's; a bare room that does not exist; a domain that does not.
  { trace: "35-self-ping", except: ["bob-3", "bob-7", "bob-12"], before: [...IN, join("bob")] },
  // Archiving comes later.
  {
    trace: "44-config-change",
    until: "alice-8",
    before: [...IN, MOD, join("mod"), join("carol"), join("bob")],
  },
  { trace: "49-bounced-groupchat", before: [...IN, join("bob")] },
  { trace: "62-set-current-nick", before: [...IN, join("bob")] },
];

describe("what Prosody was recorded to do", () => {
  let server: TestServer;
  const clients = new Map<string, RawClient>();
  afterEach(async () => {
    clients.clear();
    await server.close();
  });

  /** Logs somebody in, once. Who is recorded to become available does so then, all others at once. */
  async function client(name: string, available = true): Promise<RawClient> {
    const known = clients.get(name);
    if (known !== undefined) return known;
    const second = name.endsWith("2");
    const account = second ? name.slice(0, -1) : name;
    const made = await RawClient.login(server, `${account}@localhost`, second ? "second" : "lab");
    if (available) made.send("<presence/>");
    await made.barrier();
    made.received.length = 0;
    clients.set(name, made);
    return made;
  }

  async function settled(): Promise<void> {
    for (const each of clients.values()) await each.barrier();
  }

  test.each(SCENARIOS)("$trace", async (scenario) => {
    const all = readTrace(scenario.trace);
    const [first] = all;
    const end =
      scenario.until === undefined
        ? -1
        : all.findIndex(({ stanza }) => stanza.attrs["id"] === scenario.until);
    const events = (end < 0 ? all : all.slice(0, end)).filter(
      ({ stanza }) => scenario.except?.includes(stanza.attrs["id"] ?? "") !== true && !isOfTheStream(stanza),
    );
    swap(events, scenario.swapped);
    const clock = new ManualClock((first?.at ?? 0) - 4000);
    server = new TestServer({ domain: "localhost", clock });
    const room = roomOf(events);
    for (const name of new Set(events.map((event) => event.who)))
      await client(name, !events.some((event) => event.who === name && isInitialPresence(event)));
    for (const step of scenario.before ?? []) {
      const [who = ""] = step.split(": ", 1);
      const what = step.slice(who.length + 2);
      if (who === "clock") clock.advance(Number(what));
      else (await client(who)).send(what.replaceAll("to='R", `to='${room}`));
      await settled();
    }
    for (const each of clients.values()) each.received.length = 0;
    for (const { kind, who, stanza, at } of events) {
      if (kind !== "sent") continue;
      clock.set(at);
      const sender = await client(who);
      sender.send(stanza.toString());
      await settled();
      if (scenario.closed === undefined || scenario.closed.after !== stanza.attrs["id"]) continue;
      sender.send("</stream:stream>");
      await sender.whenClosed();
      clients.delete(who);
    }
    const got = new Map([...clients].map(([name, { received }]) => [name, comparable(received)]));
    const recorded = [...clients.keys()].map((name) => {
      const lines = events.filter((event) => event.kind === "recv" && event.who === name);
      return [name, comparable(lines.map((event) => event.stanza))] as const;
    });
    expect(got).toEqual(new Map(recorded));
  });
});

/** The room that a recording is about. */
function roomOf(events: ReturnType<typeof readTrace>): string {
  for (const { stanza } of events) {
    const [room = ""] = (stanza.attrs["to"] ?? "").split("/");
    if (room.endsWith("@conference.localhost")) return room;
  }
  throw new Error("A recording without a room");
}

/** Binding, and what a client was recorded to answer to a request that came with an id of Prosody's making. */
function isOfTheStream(stanza: Element): boolean {
  return (stanza.attrs["id"] ?? "").endsWith("=") || stanza.getChild("bind") !== undefined;
}

function isInitialPresence({ kind, stanza }: TraceEvent): boolean {
  return kind === "sent" && stanza.name === "presence" && Object.keys(stanza.attrs).length === 0;
}

function swap(events: TraceEvent[], ids: Scenario["swapped"]): void {
  const [first, second] = (ids ?? []).map((id) =>
    events.findIndex(({ kind, stanza }) => kind === "sent" && stanza.attrs["id"] === id),
  );
  const [a, b] = [events[first ?? -1], events[second ?? -1]];
  if (first === undefined || second === undefined || a === undefined || b === undefined) return;
  events[first] = b;
  events[second] = a;
}
