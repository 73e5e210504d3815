import { afterEach } from "vitest";

import { xml } from "../../../src/base/element.js";
import { Session, type SessionEvents } from "../../../src/xmpp/session.js";
import type { SessionOptions } from "../../../src/xmpp/session-options.js";
import type { Account } from "../../support/service.js";
import { eventually } from "../../support/wait.js";

type Name = keyof SessionEvents;
const EVENTS = ["established", "interrupted", "resumed", "destroyed", "stopped", "error"] as const;

const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.session.stop()));
});

/** A session and what became of it. */
export class Client {
  readonly session: Session;
  /** What happened, in order. */
  readonly told: string[] = [];
  readonly #values: { readonly name: Name; readonly value: SessionEvents[Name] }[] = [];
  /** The bodies of the messages that came. */
  readonly bodies: string[] = [];

  constructor(account: Account, options: Partial<SessionOptions> = {}) {
    this.session = new Session({
      ...account,
      reconnect: { minDelayMs: 10, maxDelayMs: 200, attemptTimeoutMs: 10_000 },
      ...options,
    });
    for (const name of EVENTS)
      this.session.on(name, (value) => {
        this.told.push(name);
        this.#values.push({ name, value });
      });
    this.session.on("message", (stanza) => {
      const body = stanza.getChildText("body");
      if (body !== null) this.bodies.push(body);
    });
    clients.push(this);
  }

  /** Online. */
  static async start(account: Account, options?: Partial<SessionOptions>): Promise<Client> {
    const client = new Client(account, options);
    await client.session.start();
    return client;
  }

  get jid(): string {
    return this.session.jid?.toString() ?? "";
  }

  /** A message to another client. */
  say(to: Client, body: string): void {
    this.session.send(xml("message", { to: to.jid, type: "chat" }, xml("body", null, body))).catch(() => {});
  }

  /** The answer to a ping of the own server is there. */
  async ping(): Promise<void> {
    await this.session.iq.get(this.session.jid?.domain ?? null, xml("ping", { xmlns: "urn:xmpp:ping" }));
  }

  count(name: Name): number {
    return this.told.filter((each) => each === name).length;
  }

  /** The event of that name, once it has happened so often. */
  event<N extends Name>(name: N, count = 1, timeoutMs = 45_000): Promise<SessionEvents[N]> {
    return eventually(
      () => this.#values.filter((each) => each.name === name)[count - 1]?.value as SessionEvents[N],
      { timeoutMs, intervalMs: 2, what: `${name} (${count}); told: ${this.told.join(", ")}` },
    );
  }

  /** Waits until so many messages have come. */
  async got(count: number, timeoutMs = 45_000): Promise<void> {
    await eventually(() => this.bodies.length >= count, {
      timeoutMs,
      intervalMs: 2,
      what: `${count} messages`,
    });
  }
}
