import { afterEach, beforeEach, expect, it } from "vitest";

import { FaultProxy } from "../../support/fault-proxy.js";
import type { Account } from "../../support/service.js";
import { describeOnServers } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { Client } from "./client.js";

/** Odd, so that it falls on another place of each element. */
const STEP = 97;

describeOnServers("a connection that is cut while it is negotiated", (server) => {
  let proxy: FaultProxy;
  let account: Account;

  beforeEach(async () => {
    proxy = await FaultProxy.before(server.port);
    account = { ...(await server.createAccount("bot")), service: `xmpp://127.0.0.1:${proxy.port}` };
  });
  afterEach(() => proxy.close());

  it.each(["toServer", "toClient"] as const)(
    "%s, at any byte, is tried again",
    { timeout: 60_000 },
    async (way) => {
      const client = await Client.start(account);
      const needed = proxy.passed(way);
      await client.session.stop();
      for (let bytes = 1; bytes < needed; bytes += STEP) {
        proxy.cutAfter(bytes, way);
        const again = await Client.start(account);
        await again.ping();
        expect([proxy.cutPending, again.session.state]).toEqual([false, "online"]);
        await again.session.stop();
      }
    },
  );

  it.each(["toServer", "toClient"] as const)(
    "%s, at any byte of a resumption, loses nothing",
    { timeout: 60_000 },
    async (way) => {
      const far = await Client.start({ ...account, service: `xmpp://127.0.0.1:${server.port}` });
      const near = await Client.start(account);
      let needed = 0;
      const before = proxy.passed(way);
      near.session.once("resumed", () => (needed = proxy.passed(way) - before));
      proxy.cut();
      await near.event("resumed");
      let count = 0;
      for (let bytes = 1; bytes < needed; bytes += STEP) {
        proxy.freeze("toServer");
        near.say(far, String(count++));
        await new Promise((resolve) => setImmediate(resolve));
        proxy.cut();
        proxy.cutAfter(bytes, way);
        proxy.thaw();
        await eventually(() => !proxy.cutPending && near.session.state === "online", {
          timeoutMs: 45_000,
          intervalMs: 2,
          what: `to be back after ${bytes} of ${needed} bytes`,
        });
        await near.ping();
      }
      await far.got(count);
      await far.ping();
      expect(far.bodies).toEqual(Array.from({ length: count }, (_, at) => String(at)));
      expect(near.count("destroyed")).toBe(0);
    },
  );

  // QUIRK(prosody 0.12): a session that is resumed goes on reading where the old connection broke off. Where that was
  // within a stanza, the next one is not well-formed, and the session is gone: no client can prevent that.
  it("in the midst of a stanza loses it never without a word", { timeout: 60_000 }, async () => {
    const far = await Client.start({ ...account, service: `xmpp://127.0.0.1:${server.port}` });
    const near = await Client.start(account);
    const unconfirmed: (string | null)[] = [];
    near.session.on("destroyed", (event) =>
      unconfirmed.push(...event.unconfirmed.map((stanza) => stanza.getChildText("body"))),
    );
    for (let round = 0; round < 10; round++) {
      await near.ping().catch(() => {});
      const body = `round ${round}`;
      proxy.cutAfter(20 + 7 * round, "toServer");
      near.say(far, body);
      await eventually(() => !proxy.cutPending, { timeoutMs: 45_000, intervalMs: 2, what: "a cut" });
      const isKnown = (): boolean => far.bodies.includes(body) || unconfirmed.includes(body);
      await eventually(async () => near.session.state === "online" && (await works(near)) && isKnown(), {
        timeoutMs: 45_000,
        what: `word of "${body}"`,
      });
    }
    expect(new Set(far.bodies).size).toBe(far.bodies.length);
  });
});

function works(client: Client): Promise<boolean> {
  return client.ping().then(
    () => true,
    () => false,
  );
}
