import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeCertificates } from "../../support/certificates.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import type { Account } from "../../support/service.js";
import { describeOnOwnServers } from "../../support/services.js";
import { Client } from "./client.js";

const { ca, of } = makeCertificates(["localhost", "elsewhere.example"]);
const tlsOf = (name: keyof typeof of): { tls: { cert: string; key: string } } => ({
  tls: { cert: of[name].cert.toString(), key: of[name].key.toString() },
});

describeOnOwnServers(
  "a server with a certificate of a private authority",
  (server) => {
    describe.each(["STARTTLS", "TLS from the first byte"])("by %s", (way) => {
      let account: Account;
      let proxy: FaultProxy;

      beforeEach(async () => {
        const direct = way !== "STARTTLS";
        proxy = await FaultProxy.before(direct ? server.place.ports.directTls : server.port);
        const service = `${direct ? "xmpps" : "xmpp"}://127.0.0.1:${proxy.port}`;
        account = { ...(await server.createAccount("bot")), service };
      });
      afterEach(() => proxy.close());

      it("is trusted where its authority is, though the service has another name", async () => {
        const client = await Client.start(account, { tls: { ca, required: true } });
        await client.ping();
        proxy.cut();
        await client.event("resumed");
        await client.ping();
        expect(client.told).toEqual(["established", "interrupted", "resumed"]);
      });

      it("is refused for good where its authority is not, before the password is sent", async () => {
        const client = new Client(account);
        await expect(client.session.start()).rejects.toMatchObject({ code: "tls" });
        expect(client.told).toEqual(["error", "stopped"]);
      });

      it("brings every character through, wherever the network takes the encrypted bytes apart", async () => {
        proxy.split(() => 1 + (proxy.passed("toClient") % 1_357));
        const [near, far] = await Promise.all([
          Client.start(account, { tls: { ca } }),
          Client.start(account, { tls: { ca } }),
        ]);
        const texts = Array.from(
          { length: 100 },
          (_, at) => `${at} ${"日本語のテキスト\u{1F600}é".repeat(120)}`,
        );
        for (const text of texts) near.say(far, text);
        await far.got(100);
        expect(far.bodies).toEqual(texts);
      });
    });
  },
  tlsOf("localhost"),
);

describeOnOwnServers(
  "a server with a certificate of another name",
  (server) => {
    it("is refused for good", async () => {
      const client = new Client(await server.createAccount("bot"), { tls: { ca } });
      await expect(client.session.start()).rejects.toMatchObject({ code: "tls" });
    });
  },
  // Prosody takes what lies under its name; the certificate in it is another's.
  tlsOf("elsewhere.example"),
);

describeOnOwnServers("a server without TLS", (server) => {
  it("is refused for good where TLS is required", async () => {
    const client = new Client(await server.createAccount("bot"), { tls: { required: true } });
    await expect(client.session.start()).rejects.toMatchObject({ code: "tls" });
  });
});
