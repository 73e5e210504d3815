import { afterEach, beforeEach, expect, it } from "vitest";

import { FaultProxy } from "../../support/fault-proxy.js";
import type { Account } from "../../support/service.js";
import { describeOnOwnServers } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { Client } from "./client.js";

const deadPeerMs = 1_000;

describeOnOwnServers(
  "a server's process",
  (server) => {
    let proxy: FaultProxy;
    /** An account, and the way to it that can be watched and closed. */
    let account: Account;

    beforeEach(async () => {
      proxy = await FaultProxy.before(server.port);
      account = { ...(await server.createAccount("bot")), service: `xmpp://127.0.0.1:${proxy.port}` };
    });
    afterEach(() => proxy.close());

    it("that is stopped for less than the limit is not noticed, and nothing is lost", async () => {
      const limits = { deadPeerMs: 20_000 };
      const near = await Client.start(account, { limits });
      const far = await Client.start({ ...account, service: `xmpp://127.0.0.1:${server.port}` }, { limits });
      server.freeze();
      for (const body of ["1", "2", "3"]) near.say(far, body);
      const answered = near.ping();
      let over = false;
      void answered.then(() => (over = true));
      await new Promise((resolve) => setImmediate(resolve));
      const sent = proxy.passed("toServer");
      // the question whether it is there still, a second later
      await eventually(() => proxy.passed("toServer") > sent, { timeoutMs: 45_000, what: "a question" });
      expect(over).toBe(false);
      server.thaw();
      await answered;
      await far.got(3);
      expect([near.told, far.bodies]).toEqual([["established"], ["1", "2", "3"]]);
    });

    it("that is stopped for longer is noticed in time; the session is resumed when it goes on", async () => {
      const far = await Client.start(account, { limits: { deadPeerMs: 60_000 } });
      const near = await Client.start(account, {
        limits: { deadPeerMs },
        reconnect: { minDelayMs: 10, maxDelayMs: 200, attemptTimeoutMs: 10_000 },
      });
      const startMs = performance.now();
      server.freeze();
      for (const body of ["1", "2", "3"]) near.say(far, body);
      await near.event("interrupted");
      // by its own limit: without it it would be a minute
      expect(performance.now() - startMs).toBeLessThan(30_000);
      server.thaw();
      await near.event("resumed");
      await far.got(3);
      await far.ping();
      expect(far.bodies).toEqual(["1", "2", "3"]);
    });

    it("that is killed takes the session with it; it is told what is unconfirmed, and there is a new one", async () => {
      const client = await Client.start(account);
      const other = await Client.start(account);
      server.freeze();
      client.say(other, "lost");
      await server.kill();
      await client.event("interrupted");
      client.say(client, "waited");
      await server.start();
      const { unconfirmed } = await client.event("destroyed");
      await client.event("established", 2);
      expect(unconfirmed.map((each) => each.getChildText("body"))).toContain("lost");
      expect(client.told).toEqual(["established", "interrupted", "destroyed", "established"]);
      await client.ping();
    });

    it("that ends in order and is away for a while is found when it is back", async () => {
      const client = await Client.start(account);
      await server.stop();
      await client.event("interrupted");
      const { connections } = proxy;
      await eventually(() => proxy.connections >= connections + 5, {
        timeoutMs: 45_000,
        what: "five attempts",
      });
      await server.start();
      await client.event("established", 2);
      await client.ping();
      expect(client.count("stopped")).toBe(0);
    });

    it("that has forgotten the session gives a new one, and what is unconfirmed is told before", async () => {
      const client = await Client.start(account);
      const { jid } = client;
      await proxy.refuse();
      proxy.cut();
      await client.event("interrupted");
      await eventually(async () => !(await server.sessions()).includes(jid), {
        timeoutMs: 45_000,
        intervalMs: 50,
        what: "the server to forget the session",
      });
      await proxy.accept();
      await client.event("established", 2);
      expect(client.told).toEqual(["established", "interrupted", "destroyed", "established"]);
      expect(client.jid).not.toBe(jid);
      await client.ping();
    });
  },
  { resumptionSeconds: 4 },
);
