import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { client, xml, type Entity, type XmlElement } from "@xmpp/client/index.js";

import type { Account } from "./service.js";
import { eventually } from "./wait.js";

const SM = "urn:xmpp:sm:3";
const TIMEOUT_MS = 40_000;

/** One login over plain `@xmpp/client`, with nothing of ours in it. It never reconnects. */
export class RawStream {
  readonly #entity: Entity;
  readonly #received: XmlElement[] = [];
  readonly #errors: unknown[] = [];
  readonly #target: { readonly service: string; readonly domain: string };
  #offersResumption = false;
  #ids = 0;

  protected constructor(account: Account, resource: string | undefined) {
    const [username = "", domain = ""] = account.jid.split("@");
    const entity = client({
      service: account.service,
      domain,
      resource,
      timeout: TIMEOUT_MS,
      // @xmpp/client takes half a second and more of CPU for SCRAM, and PLAIN without TLS only if told so.
      credentials: (authenticate) => authenticate({ username, password: account.password }, "PLAIN"),
    });
    entity.reconnect.stop();
    // It throws out of the socket's event when data comes after it has given up the stream.
    const read = entity._onData.bind(entity);
    entity._onData = (data) => {
      if (entity.parser !== null) read(data);
    };
    entity.on("error", (error) => this.#errors.push(error));
    entity.on("stanza", (stanza: XmlElement) => this.#received.push(stanza));
    entity.on("nonza", (nonza: XmlElement) => {
      if (nonza.name === "stream:features") this.#offersResumption = nonza.getChild("sm", SM) !== undefined;
    });
    this.#entity = entity;
    this.#target = { service: account.service, domain };
  }

  /** Logs in and becomes available. */
  protected async start(): Promise<void> {
    const { service, domain } = this.#target;
    await this.#entity.connect(service);
    // Not start(): where the connection breaks early, it rejects a second promise that nobody can catch.
    await Promise.all([once(this.#entity, "online"), this.#entity.open({ domain })]);
    // Stanzas in one read with <enabled/> make @xmpp/client miscount, so nothing is asked for before.
    const isReady = (): boolean => !this.#offersResumption || this.#entity.streamManagement.enabled;
    await eventually(isReady, { timeoutMs: TIMEOUT_MS, intervalMs: 2, what: "stream management" });
    await this.send(xml("presence"));
  }

  /** The full JID. */
  get jid(): string {
    return String(this.#entity.jid);
  }

  /** Whether the stream is up. */
  get online(): boolean {
    return this.#entity.status === "online";
  }

  /** All stanzas received so far, oldest first. */
  get received(): readonly XmlElement[] {
    return this.#received;
  }

  /** Errors of the connection and of the stream so far. */
  get errors(): readonly unknown[] {
    return this.#errors;
  }

  /** An id that this stream has not used. */
  protected newId(): string {
    return `raw-${++this.#ids}`;
  }

  send(stanza: XmlElement): Promise<void> {
    return this.#entity.send(stanza);
  }

  /** Sends an IQ and resolves with its answer, be it a result or an error. */
  async ask(type: "get" | "set", to: string, child: XmlElement): Promise<XmlElement> {
    const id = this.newId();
    await this.send(xml("iq", { type, to, id }, child));
    const isAnswer = (stanza: XmlElement): boolean => stanza.is("iq") && stanza.attrs["id"] === id;
    return this.waitFor(isAnswer, `the answer to ${child.toString()}`);
  }

  /**
   * The first stanza that fits, of those received so far (but the first `skip`) and those to come.
   * @throws Error, once the time is up: with what was awaited, and the last stanzas that came instead.
   */
  async waitFor(
    predicate: (stanza: XmlElement) => boolean,
    what: string,
    timeoutMs = TIMEOUT_MS,
    skip = 0,
  ): Promise<XmlElement> {
    const find = (): XmlElement | undefined => this.#received.slice(skip).find(predicate);
    return eventually(find, { timeoutMs, intervalMs: 5, what }).catch((error: Error) => {
      const last = this.#received.slice(-10).join("\n");
      throw new Error(
        `${error.message}; ${this.#entity.status}, ${String(this.#errors)}; received:\n${last}`,
      );
    });
  }

  /** Drops the connection without a word: the server keeps the session for a while, to be resumed. */
  cut(): void {
    this.#entity.socket?.destroy();
  }

  /** Logs out; does not wait long for a server that no longer answers. */
  async stop(): Promise<void> {
    await Promise.race([this.#entity.stop().catch(() => {}), delay(1000, undefined, { ref: false })]);
    this.cut();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
