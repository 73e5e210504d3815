import { randomUUID } from "node:crypto";

import { TestServer } from "../../src/testing/index.js";
import type { Account, Service } from "./service.js";

const DOMAIN = "localhost";
const MUC_DOMAIN = "conference.localhost";

/** The embedded service, listening like a real server: what holds on those has to hold on it. */
export class EmbeddedService implements Service {
  readonly name = "embedded";
  readonly domain = DOMAIN;
  readonly mucDomain = MUC_DOMAIN;
  readonly server = new TestServer({ domain: DOMAIN, accounts: {} });
  #port = 0;

  /** Begins to listen. */
  async start(): Promise<void> {
    this.#port = (await this.server.listen()).port;
  }

  stop(): Promise<void> {
    return this.server.close();
  }

  createAccount(name = "user"): Promise<Account> {
    const jid = `${name}-${randomUUID().slice(0, 8)}@${DOMAIN}`;
    const password = randomUUID();
    this.server.addAccount(jid, password);
    return Promise.resolve({ jid, password, service: `xmpp://127.0.0.1:${this.#port}` });
  }

  room(name = "room"): string {
    return `${name}-${randomUUID().slice(0, 8)}@${MUC_DOMAIN}`;
  }
}
