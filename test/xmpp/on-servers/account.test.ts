import { expect, it } from "vitest";

import { describeOnServers } from "../../support/services.js";
import { eventually } from "../../support/wait.js";
import { Client } from "./client.js";

describeOnServers("an account", (server) => {
  it("with a wrong password is refused for good", async () => {
    const account = await server.createAccount("bot");
    const client = new Client({ ...account, password: "wrong" });
    await expect(client.session.start()).rejects.toMatchObject({ code: "credentials" });
    expect(client.told).toEqual(["error", "stopped"]);
  });

  it("that is deleted ends its session for good", async () => {
    const account = await server.createAccount("bot");
    const client = await Client.start(account);
    await server.deleteAccount(account);
    await client.event("stopped");
    expect((await client.event("error")).code).toBe("credentials");
  });

  it("whose own resource another client takes ends its session for good", async () => {
    const account = await server.createAccount("bot");
    const first = await Client.start(account, { resource: "bot" });
    const second = await Client.start(account, { resource: "bot" });
    expect((await first.event("error")).code).toBe("conflict");
    expect([first.session.state, second.session.state]).toEqual(["stopped", "online"]);
    await second.ping();
    expect(second.told).toEqual(["established"]);
  });

  it("whose session is thrown out comes back with another resource, and ends the third time", async () => {
    const client = await Client.start(await server.createAccount("bot"));
    const jids = new Set<string>();
    // Prosody now and then resets the connection instead of saying why: that counts as a loss like any other.
    for (let time = 1; client.session.state !== "stopped"; time++) {
      jids.add(client.jid);
      await server.kickSession(client.jid);
      await client.event("destroyed", time);
      await eventually(() => client.count("stopped") + client.count("established") > time, {
        timeoutMs: 45_000,
        intervalMs: 2,
        what: "a new session, or the end",
      });
    }
    await client.event("stopped");
    expect((await client.event("error")).code).toBe("conflict");
    expect(jids.size).toBeGreaterThanOrEqual(3);
  });
});
