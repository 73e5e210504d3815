import { afterEach, beforeEach, expect, it } from "vitest";

import { xml } from "../../../src/base/element.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { describeOnServers } from "../../support/services.js";
import { Client } from "./client.js";

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

describeOnServers("a session over a bad network", (server) => {
  let proxy: FaultProxy;
  let near: Client;
  let far: Client;

  beforeEach(async () => {
    proxy = await FaultProxy.before(server.port);
    const [bot, peer] = await Promise.all([server.createAccount("bot"), server.createAccount("peer")]);
    far = await Client.start(peer);
    near = await Client.start(
      { ...bot, service: `xmpp://127.0.0.1:${proxy.port}` },
      { limits: { deadPeerMs: 1_000 } },
    );
  });
  afterEach(() => proxy.close());

  it("loses nothing, repeats nothing and keeps the order over 20 cuts with messages on their way", async () => {
    for (let cut = 0, number = 0; cut < 20; cut++) {
      for (let each = 0; each < 10; each++, number++) {
        near.say(far, String(number));
        far.say(near, String(number));
      }
      // at another point of the way each time
      for (let turn = 0; turn < cut % 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      proxy.cut();
      await near.event("resumed", cut + 1);
    }
    await Promise.all([near.got(200), far.got(200)]);
    await Promise.all([near.ping(), far.ping()]);
    // QUIRK(ejabberd 23.01): what it is sent for us while a session is being resumed overtakes what it sends again.
    const inOrder =
      server.name === "ejabberd" ? near.bodies.toSorted((a, b) => Number(a) - Number(b)) : near.bodies;
    expect(inOrder).toEqual(numbered(200));
    expect(far.bodies).toEqual(numbered(200));
    expect([near.count("established"), near.count("destroyed")]).toEqual([1, 0]);
    await near.session.stop();
    expect((await near.event("destroyed")).unconfirmed).toEqual([]);
  });

  it("goes on after a connection that carries nothing any more, and says nothing that would end it", async () => {
    proxy.blackhole();
    for (const body of numbered(10)) {
      near.say(far, body);
      far.say(near, body);
    }
    const { cause } = await near.event("interrupted");
    expect(cause.code).toBe("timeout");
    await near.event("resumed");
    await Promise.all([near.got(10), far.got(10)]);
    await Promise.all([near.ping(), far.ping()]);
    expect([near.bodies, far.bodies]).toEqual([numbered(10), numbered(10)]);
  });

  it("stays where the network is only slow", async () => {
    proxy.delay(300);
    for (const body of numbered(5)) near.say(far, body);
    await far.got(5);
    await near.ping();
    expect(near.told).toEqual(["established"]);
  });

  it("is resumed after more answers than the server remembers stanzas: each was counted", async () => {
    const query = xml("query", { xmlns: "http://jabber.org/protocol/disco#info" });
    for (let batch = 0; batch < 6; batch++)
      await Promise.all(
        Array.from({ length: 100 }, () => near.session.iq.get(near.session.jid?.domain ?? null, query)),
      );
    for (const body of numbered(3)) far.say(near, body);
    await near.got(3);
    proxy.cut();
    await near.event("resumed");
    await near.ping();
    expect(near.bodies).toEqual(numbered(3));
  });

  it("brings every character through, wherever the network takes it apart", async () => {
    const texts = numbered(100).map((at) => `${at} ${"日本語のテキスト\u{1F600}é".repeat(120)}`);
    let seed = 7;
    proxy.split(() => 1 + ((seed = (seed * 48_271) % 0x7fff_ffff) % 1_500));
    for (const text of texts) {
      near.say(far, text);
      far.say(near, text);
    }
    await Promise.all([near.got(100), far.got(100)]);
    expect(near.bodies).toEqual(texts);
    expect(far.bodies).toEqual(texts);
  });

  it("does not wait for more to send (TCP_NODELAY)", async () => {
    const times: number[] = [];
    for (let at = 0; at < 21; at++) {
      const startMs = performance.now();
      await near.ping();
      times.push(performance.now() - startMs);
    }
    // With Nagle's algorithm it is the 40 ms of a delayed acknowledgement.
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(20);
  });

  it("comes back when the way to the server is closed for a while", async () => {
    await proxy.refuse();
    proxy.cut();
    await near.event("interrupted");
    near.say(far, "waited");
    await far.ping();
    await proxy.accept();
    await near.event("resumed");
    await far.got(1);
    expect(far.bodies).toEqual(["waited"]);
  });
});
