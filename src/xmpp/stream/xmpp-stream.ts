import type { Clock, Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { NS } from "../namespaces.js";
import { SessionError } from "../session-error.js";
import { XmlStreamError, type ParserLimits } from "../stream-parser.js";
import type { TlsOptions } from "../tls-options.js";
import { documentFraming, webSocketFraming, type Framing } from "./framing.js";
import { HardenedClient, rawSocket } from "./hardened-client.js";
import { makeTransports, startTls, type TransportOptions } from "./sockets.js";
import { streamError } from "./stream-error.js";

/** Elements that may wait to be pulled; a server sends one or two while a stream is negotiated. */
const MAX_BUFFERED = 1000;

/** What an {@link XmppStream} is made from. */
export interface XmppStreamOptions {
  readonly domain: string;
  readonly tls: TlsOptions;
  readonly limits: ParserLimits;
  readonly connect: TransportOptions["connect"];
  readonly clock: Clock;
}

/** One connection to a server, from the first byte to the last. Elements are pulled, until {@link flow}. */
export class XmppStream {
  readonly #client: HardenedClient;
  readonly #options: XmppStreamOptions;
  readonly #buffer: Element[] = [];
  #waiting: { resolve: (element: Element) => void; reject: (error: Error) => void } | null = null;
  #sink: ((element: Element) => void) | null = null;
  readonly #guards = new Set<(error: Error) => void>();
  #error: Error | null = null;
  #onFailed: (error: Error) => void = () => {};
  #receivedAtMs: number;
  #framing: Framing = documentFraming;

  constructor(options: XmppStreamOptions) {
    this.#options = options;
    this.#receivedAtMs = options.clock.monotonic();
    this.#client = new HardenedClient(options.domain);
    this.#client.transports.push(...makeTransports(options));
    this.#client.received = (element) => this.#receive(element);
    this.#client.heard = () => (this.#receivedAtMs = options.clock.monotonic());
    this.#client.failed = (error) => this.#fail(error);
  }

  /** Whether what is sent is encrypted, or never leaves the process. */
  get secure(): boolean {
    return this.#client.isSecure();
  }

  /** When the last bytes came, on the monotonic clock. */
  get receivedAtMs(): number {
    return this.#receivedAtMs;
  }

  /** Whether bytes of ours have not left yet. */
  get congested(): boolean {
    return this.backlogBytes > 0;
  }

  /** How many bytes of ours have not left yet. */
  get backlogBytes(): number {
    return rawSocket(this.#client.socket)?.writableLength ?? 0;
  }

  /** Called once, when the stream cannot be used any more. */
  set onFailed(listener: (error: Error) => void) {
    this.#onFailed = listener;
    if (this.#error !== null) listener(this.#error);
  }

  /** Connects, opens the stream and resolves with its features. */
  async open(service: string): Promise<Element> {
    if (/^wss?:/.test(service)) this.#framing = webSocketFraming;
    await this.#guard(this.#client.connect(service));
    return this.restart();
  }

  /** Opens the stream anew on the same connection (RFC 6120 §4.3.3). */
  async restart(): Promise<Element> {
    await this.#guard(this.#client.openStream(this.#framing));
    return this.#features();
  }

  /** Upgrades to TLS; the stream has to be restarted afterwards. */
  async startTls(): Promise<void> {
    const { socket } = this.#client;
    if (socket === null) throw new SessionError("closed", "The connection is closed");
    // What came in the clear behind the answer may be anybody's (CVE-2011-0411).
    if (this.#buffer.length > 0) throw new SessionError("tls", "The server went on talking before TLS began");
    this.#client._detachParser();
    this.#client._attachSocket(await this.#guard(startTls(socket, this.#options.domain, this.#options.tls)));
  }

  async #features(): Promise<Element> {
    const features = await this.next();
    if (!features.is("features", NS.streams))
      throw new SessionError("protocol", `The server sent <${features.name}/> instead of its features`);
    return features;
  }

  /** What fails the stream fails whatever waits for it. */
  async #guard<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    if (this.#error !== null) throw this.#error;
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => (fail = reject));
    this.#guards.add(fail);
    failed.catch(() => {});
    try {
      return await Promise.race([work, failed]);
    } finally {
      this.#guards.delete(fail);
    }
  }

  /** The next element, in order. Rejects when the stream fails before it comes. */
  async next(): Promise<Element> {
    const element = this.#buffer.shift();
    if (element !== undefined) return element;
    if (this.#error !== null) throw this.#error;
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  /** From now on each element goes to `sink` at once, beginning with those that came already. */
  flow(sink: (element: Element) => void): void {
    // What came before the stream failed is handled; what fails it now ends that.
    const former = this.#error;
    for (const element of this.#buffer.splice(0)) if (this.#error === former) sink(element);
    this.#sink = sink;
  }

  /** Writes ready-made XML, one whole element. A failure is reported by {@link onFailed}. */
  write(text: string): void {
    this.writeAll([text]);
  }

  /** As {@link write}, for several: in as few writes as the transport allows. */
  writeAll(pieces: readonly string[]): void {
    for (const text of this.#framing.pack(pieces))
      this.#client.write(text).catch((error: unknown) => {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      });
  }

  /** Writes an element. */
  send(element: Element): void {
    this.write(element.toString());
  }

  /** Resolves once all that was written was taken by the operating system. */
  async flushed(): Promise<void> {
    await this.#guard(this.#client.write(" "));
  }

  /** Ends the stream in order: resolves once the other side has closed too, or `timeoutMs` are over. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#error !== null) return this.destroy();
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#onFailed = () => resolve();
      timer = this.#options.clock.setTimeout(resolve, timeoutMs);
      this.write(this.#framing.close);
    });
    timer?.cancel();
    this.destroy();
  }

  /** Drops the connection at once, without a word: what can be resumed stays so. */
  destroy(why: Error = new SessionError("closed", "The connection was dropped")): void {
    this.#fail(why);
  }

  #receive(element: Element): void {
    if (element.is("error", NS.streams)) return this.#fail(streamError(element));
    if (this.#sink !== null) return this.#sink(element);
    if (this.#waiting === null) {
      if (this.#buffer.push(element) > MAX_BUFFERED)
        this.#fail(new SessionError("protocol", "The server sends stanzas before the session is there"));
      return;
    }
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve(element);
  }

  #fail(error: Error): void {
    if (this.#error !== null) return;
    this.#error = error;
    if (error instanceof XmlStreamError)
      this.writeAll([this.#framing.error(error.condition), this.#framing.close]);
    this.#client.dispose(error);
    this.#waiting?.reject(error);
    this.#waiting = null;
    for (const fail of this.#guards) fail(error);
    this.#onFailed(error);
  }
}
