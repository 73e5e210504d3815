// Tracked messages whose way to the room, or back, is cut.
import { afterEach, expect, it } from "vitest";

import { MucClient } from "../../../src/muc/client.js";
import { Session } from "../../../src/xmpp/session.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { RawPeer } from "../../support/raw-peer.js";
import { describeOnServers, type SharedServer } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { record, types } from "../support/stage.js";

const DEADLINE_MS = 45_000;
const until = (check: () => boolean, what: string): Promise<true> =>
  eventually(check, { timeoutMs: DEADLINE_MS, what });

/** A bot behind a bad network, in a room with a peer. */
async function open(server: SharedServer, name: string) {
  const proxy = await FaultProxy.before(server.port);
  const account = await server.createAccount("bot");
  const session = new Session({
    ...account,
    service: `xmpp://127.0.0.1:${proxy.port}`,
    tls: { required: false },
    reconnect: { minDelayMs: 50, maxDelayMs: 500 },
  });
  const client = new MucClient(session);
  await session.start();
  const jid = server.room(name);
  const { room, entered } = client.join(jid, "bot");
  await entered;
  const peer = await RawPeer.connect(await server.createAccount("peer"));
  await peer.join(jid, "peer");
  await until(() => room.active && room.getOccupant("peer") !== null, "the peer is there");
  const events = record(room);
  const hears = (text: string): boolean => peer.messagesIn(jid).some(({ body }) => body === text);
  /** Ends the session at the server, unknown to the bot: its stream is replaced, and that one goes at once. */
  const replace = async (): Promise<void> => {
    const rival = await RawPeer.connect(account, session.jid?.resource ?? "");
    await rival.stop();
  };
  const close = async (): Promise<void> => {
    await peer.stop();
    await session.stop();
    await proxy.close();
  };
  return { proxy, session, room, events, hears, replace, close };
}

describeOnServers("a tracked message over a loss", (server) => {
  let scene: Awaited<ReturnType<typeof open>>;

  afterEach(() => scene.close());

  it("that is resumed comes back, and the room notices nothing", async () => {
    scene = await open(server, "resumed");
    const { proxy, room, events, hears } = scene;
    proxy.freeze("toClient");
    const tracker = room.sendMessageTracked("hello");
    await until(() => hears("hello"), "the peer hears it");
    expect(tracker.state).toBe("inTransit");
    proxy.cut();
    proxy.thaw();
    expect((await tracker.delivered).id).toBe(tracker.id);
    expect([tracker.state, types(events)]).toEqual(["deliveredToRecipient", []]);
  });

  it("that is final is found in the catch-up, where it was heard", async () => {
    scene = await open(server, "found");
    const { proxy, room, events, hears, replace } = scene;
    proxy.freeze("toClient");
    const tracker = room.sendMessageTracked("hello");
    await until(() => hears("hello"), "the peer hears it");
    await replace();
    proxy.cut();
    proxy.thaw();
    expect((await tracker.delivered).source).toBe("reflection");
    await until(() => room.active && types(events).includes("caughtUp"), "the room is active again");
    expect(types(events)).toContain("suspend");
    expect(events.filter((event) => event.type === "message")).toEqual([]);
  });

  it("that is final is aborted, where it was not heard", async () => {
    scene = await open(server, "not-found");
    const { proxy, room, events, hears, replace } = scene;
    proxy.freeze("toServer");
    const tracker = room.sendMessageTracked("hello");
    await replace();
    proxy.cut();
    proxy.thaw();
    await expect(tracker.delivered).rejects.toMatchObject({ code: "notJoined" });
    expect([tracker.state, tracker.closed, hears("hello")]).toEqual(["aborted", true, false]);
    expect(types(events)).toContain("suspend");
  });
});
