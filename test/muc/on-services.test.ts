// The same on the embedded service and on both real servers.
import { expect, it } from "vitest";

import type { AnyRoomEvent } from "../../src/muc/events/event-map.js";
import { MucClient } from "../../src/muc/client.js";
import { Session } from "../../src/xmpp/session.js";
import { RawPeer } from "../support/raw-peer.js";
import type { Account } from "../support/service.js";
import { describeOnServices } from "../support/services.js";
import { eventually } from "../support/wait.js";
import { record } from "./support/stage.js";

const DEADLINE_MS = 45_000;

/** A client with an account of its own. */
async function connect(
  account: Account,
): Promise<{ session: Session; client: MucClient; [Symbol.asyncDispose](): Promise<void> }> {
  const session = new Session({ ...account, tls: { required: false } });
  const client = new MucClient(session);
  await session.start();
  return { session, client, [Symbol.asyncDispose]: () => session.stop() };
}

const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(check, { timeoutMs: DEADLINE_MS, what });

const told = (events: readonly AnyRoomEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === "message") return [`${event.source} ${event.nick}: ${event.body}`];
    if (event.type === "join") return [`${event.occupant.nick} joins${event.initial ? " (initial)" : ""}`];
    if (event.type === "leave") return [`${event.occupant.nick} leaves: ${event.mode}`];
    return event.type === "enter" ||
      event.type === "suspend" ||
      event.type === "resume" ||
      event.type === "exit"
      ? [event.type]
      : [];
  });

describeOnServices("a room", (service) => {
  it("is made, heard, spoken to and left (XEP-0045 §7.2.2, §7.2.3, §7.2.16, §7.4, §7.14, §10.1.2)", async () => {
    await using bot = await connect(await service.createAccount("bot"));
    const jid = service.room("made");
    const { room, entered } = bot.client.join(jid, "bot");
    const events = record(room);
    await entered;
    await until(() => room.active, "the room is active");
    const peer = await RawPeer.connect(await service.createAccount("peer"));
    await peer.join(jid, "peer");
    await until(() => room.getOccupant("peer") !== null, "the peer is there");
    await peer.say(jid, "hello");
    await until(() => told(events).includes("live peer: hello"), "the peer is heard");
    await room.sendMessage("hello yourself");
    await until(() => told(events).includes("reflection bot: hello yourself"), "our own comes back");
    await peer.stop();
    await until(() => told(events).includes("peer leaves: normal"), "the peer has left");
    await room.leave();
    expect(told(events)).toEqual([
      "enter",
      "peer joins",
      "live peer: hello",
      "reflection bot: hello yourself",
      "peer leaves: normal",
      "exit",
    ]);
  });

  it("is joined again with a new session; what was said before is not handled again", async () => {
    const account = await service.createAccount("bot");
    await using bot = await connect(account);
    const jid = service.room("again");
    const peer = await RawPeer.connect(await service.createAccount("peer"));
    await peer.join(jid, "peer");
    await peer.openRoom(jid);
    const { room, entered } = bot.client.join(jid, "bot");
    await entered;
    await until(() => room.active, "the room is active");
    const events = record(room);
    await peer.say(jid, "before");
    await until(() => told(events).includes("live peer: before"), "the peer is heard");
    // Another client with our resource ends our session for good.
    const rival = await RawPeer.connect(account, bot.session.jid?.resource ?? "");
    await until(() => told(events).includes("enter") && room.active, "the room is active again");
    await rival.stop();
    await peer.say(jid, "after");
    await until(() => told(events).includes("live peer: after"), "the peer is heard again");
    expect(told(events)).toEqual(["live peer: before", "suspend", "resume", "enter", "live peer: after"]);
    expect(room.occupants.map(({ nick }) => nick)).toEqual(["bot", "peer"]);
    await peer.stop();
  });
});
