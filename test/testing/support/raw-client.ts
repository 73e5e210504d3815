import type { Duplex } from "node:stream";

import type { Element } from "../../../src/base/element.js";
import { StreamParser } from "../../../src/xmpp/stream-parser.js";
import type { TestServer } from "../../../src/testing/index.js";

const HEADER = (to: string): string =>
  `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${to}' version='1.0' xml:lang='en'>`;

/** A client without a library: what it sends is text, what it gets is kept. */
export class RawClient {
  readonly received: Element[] = [];
  readonly duplex: Duplex;
  /** All bytes that came, as text. */
  text = "";
  closed = false;
  #parser: StreamParser;
  #pings = 0;
  #waiting: { pick: (element: Element) => boolean; resolve: (element: Element) => void }[] = [];
  readonly #onClosed: (() => void)[] = [];

  constructor(duplex: Duplex) {
    this.duplex = duplex;
    this.#parser = this.#newParser();
    duplex.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("utf8");
      this.#parser.write(chunk.toString("utf8"));
    });
    duplex.on("error", () => {});
    duplex.once("close", () => {
      this.closed = true;
      for (const each of this.#onClosed) each();
    });
  }

  /** Opens a connection in memory, and nothing more. */
  static async connect(server: TestServer): Promise<RawClient> {
    const signal = new AbortController().signal;
    return new RawClient(await server.connect({ domain: "", service: null, signal }));
  }

  /** Logs in with PLAIN and binds a resource. */
  static async login(
    server: TestServer,
    jid: string,
    resource: string,
    password = "secret",
  ): Promise<RawClient> {
    const client = await RawClient.connect(server);
    await client.authenticate(jid, password);
    client.send(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    );
    await client.next((each) => each.attrs["id"] === "bind");
    client.received.length = 0;
    return client;
  }

  /** The stream up to the features after the login. */
  async authenticate(jid: string, password = "secret"): Promise<Element> {
    const [user = "", domain = ""] = jid.split("@");
    this.open(domain);
    await this.next((each) => each.name === "features");
    const credentials = Buffer.from(`\0${user}\0${password}`).toString("base64");
    this.send(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${credentials}</auth>`);
    await this.next((each) => each.name === "success");
    this.open(domain);
    return this.next((each) => each.name === "features");
  }

  #newParser(): StreamParser {
    return new StreamParser({
      onStart: () => {},
      onElement: (element) => this.#take(element),
      onEnd: () => {},
    });
  }

  #take(element: Element): void {
    const { id } = element.attrs;
    if (id?.startsWith("barrier-") !== true) this.received.push(element);
    const taken = this.#waiting.filter((waiting) => waiting.pick(element));
    this.#waiting = this.#waiting.filter((waiting) => !taken.includes(waiting));
    for (const waiting of taken) waiting.resolve(element);
  }

  /** Begins a stream, or begins it anew. */
  open(domain: string): void {
    this.#parser.stop();
    this.#parser = this.#newParser();
    this.send(HEADER(domain));
  }

  /** Writes text as it is. */
  send(text: string): void {
    this.duplex.write(text);
  }

  /** The next element that `pick` takes. */
  next(pick: (element: Element) => boolean): Promise<Element> {
    return new Promise((resolve) => this.#waiting.push({ pick, resolve }));
  }

  /** Sends an IQ (without id) and resolves with the answer. */
  ask(iq: string): Promise<Element> {
    const id = `ask-${++this.#pings}`;
    const answer = this.next((each) => each.name === "iq" && each.attrs["id"] === id);
    this.send(iq.replace("<iq ", `<iq id='${id}' `));
    return answer;
  }

  /** Resolves when all that was caused before has arrived here: the service keeps order. */
  async barrier(domain = "localhost"): Promise<void> {
    const id = `barrier-${++this.#pings}`;
    const answer = this.next((each) => each.attrs["id"] === id);
    this.send(`<iq type='get' id='${id}' to='${domain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await answer;
  }

  /** Resolves when the connection is closed. */
  whenClosed(): Promise<void> {
    return this.closed ? Promise.resolve() : new Promise((resolve) => this.#onClosed.push(resolve));
  }
}
