import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";

import { Client, type StreamSocket } from "@xmpp/client-core";

import type { Element } from "../../base/element.js";
import type { Timer, Clock } from "../../base/clock.js";
import { NS } from "../namespaces.js";
import { SessionError } from "../session-error.js";
import { StreamParser, XmlStreamError, type ParserLimits } from "../stream-parser.js";
import type { TlsOptions } from "../tls-options.js";
import { makeTransports, startTls, type TransportOptions } from "./sockets.js";

/** Elements that may wait to be pulled; a server sends one or two while a stream is negotiated. */
const MAX_BUFFERED = 1000;

/** Our parser in the shape that @xmpp/connection wants one. */
function parserClass(limits: ParserLimits): new () => EventEmitter {
  return class extends EventEmitter {
    readonly #parser = new StreamParser(
      {
        onStart: (stream) => this.emit("start", stream),
        onElement: (element) => this.emit("element", element),
        onEnd: () => this.emit("end"),
      },
      // Anybody can send us what is too large: that must not cost the stream.
      { limits, oversize: "report" },
    );

    write(text: string): void {
      this.#parser.write(text);
    }

    stop(): void {
      this.#parser.stop();
    }
  };
}

/** What an {@link XmppStream} is made from. */
export interface XmppStreamOptions {
  readonly domain: string;
  readonly tls: TlsOptions;
  readonly limits: ParserLimits;
  readonly connect: TransportOptions["connect"];
  readonly clock: Clock;
}

/** The raw socket under a socket of @xmpp/*. */
function rawSocket(socket: StreamSocket | null): Partial<Socket> | null {
  return socket?.socket ?? (socket as unknown as Partial<Socket> | null);
}

/**
 * @xmpp/client's connection (version pinned: this leans on methods that only look private), with what keeps a
 * process alive: UTF-8 decoded across chunks, nothing thrown out of a data event, sockets that are destroyed
 * and never without an error listener. Used for one connection and then thrown away.
 */
class HardenedClient extends Client {
  /** Set by the stream; both are called at most until `dispose()`. */
  received: (element: Element) => void = () => {};
  heard: () => void = () => {};
  failed: (error: Error) => void = () => {};
  #decoder = new StringDecoder("utf8");
  #disposed = false;
  #raw: Partial<Socket> | null = null;

  constructor(domain: string) {
    super({ domain });
    this.on("error", (error: Error) => this.failed(error));
    this.on("disconnect", () => this.failed(new SessionError("closed", "The server closed the connection")));
    this.on("close", () => this.failed(new SessionError("closed", "The server closed the stream")));
  }

  override _attachSocket(socket: StreamSocket): void {
    const former = this.socket;
    if (former !== null && former !== socket) {
      former.on("error", () => {});
      super._detachSocket();
    }
    this.#decoder = new StringDecoder("utf8");
    super._attachSocket(socket);
    this.#tune(socket);
    socket.on("connect", () => this.#tune(socket));
  }

  #tune(socket: StreamSocket): void {
    const raw = rawSocket(socket);
    if (raw === this.#raw) return;
    this.#raw = raw;
    raw?.setNoDelay?.(true);
    // The close comes only when all of ours is out: never, where the other side has stopped reading.
    raw?.once?.("end", () => this.failed(new SessionError("closed", "The server closed the connection")));
  }

  override _detachSocket(): void {
    const { socket } = this;
    super._detachSocket();
    if (socket === null) return;
    for (const each of [socket, rawSocket(socket)]) each?.on?.("error", () => {});
    rawSocket(socket)?.destroy?.();
  }

  override _onData(data: Buffer | string): void {
    if (this.#disposed) return;
    this.heard();
    if (this.parser === null) return;
    try {
      this.parser.write(typeof data === "string" ? data : this.#decoder.write(data));
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  override _onElement(element: unknown): void {
    if (!this.#disposed) this.received(element as Element);
  }

  /**
   * Sends a stream header and resolves when the server's has come. Unlike the library's own, it listens before it
   * writes: a server that answers before the write is reported done would not be heard.
   */
  openStream(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once("open", (header: Element) => {
        if (header.is("stream", NS.streams)) resolve();
        else
          reject(new SessionError("protocol", `The server sent <${header.name}> instead of an XMPP stream`));
      });
      this._detachParser();
      this._status("opening");
      const header = this.headerElement();
      header.attrs["to"] = this.options.domain;
      this._attachParser(new this.Parser());
      this.write(this.header(header)).catch(reject);
    });
  }

  dispose(error: Error): void {
    this.#disposed = true;
    // Whoever of the library still waits for this connection gives up now, and not when its timer is over.
    this.emit("error", error);
    (this.parser as { stop?: () => void } | null)?.stop?.();
    this._detachParser();
    this._detachSocket();
    this.removeAllListeners();
    this.on("error", () => {});
  }
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

  constructor(options: XmppStreamOptions) {
    this.#options = options;
    this.#receivedAtMs = options.clock.monotonic();
    this.#client = new HardenedClient(options.domain);
    const { domain, tls, connect } = options;
    this.#client.transports.push(
      ...makeTransports({ domain, tls, connect, Parser: parserClass(options.limits) }),
    );
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
    await this.#guard(this.#client.connect(service));
    await this.#guard(this.#client.openStream());
    return this.#features();
  }

  /** Opens the stream anew on the same connection (RFC 6120 §4.3.3). */
  async restart(): Promise<Element> {
    await this.#guard(this.#client.openStream());
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
    if (this.#error !== null) throw this.#error;
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => (fail = reject));
    this.#guards.add(fail);
    failed.catch(() => {});
    work.catch(() => {});
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

  /** Writes ready-made XML. A failure is reported by {@link onFailed}. */
  write(text: string): void {
    this.#client.write(text).catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Writes an element. */
  send(element: Element): void {
    this.write(element.toString());
  }

  /** As {@link write}; resolves once the bytes were taken by the operating system. */
  async writeFlushed(text: string): Promise<void> {
    await this.#guard(this.#client.write(text));
  }

  /** Ends the stream in order: resolves once the other side has closed too, or `timeoutMs` are over. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#error !== null) return this.destroy();
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#onFailed = () => resolve();
      timer = this.#options.clock.setTimeout(resolve, timeoutMs);
      this.write("</stream:stream>");
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
      this.write(
        `<stream:error><${error.condition} xmlns="${NS.streamErrors}"/></stream:error></stream:stream>`,
      );
    this.#client.dispose(error);
    this.#waiting?.reject(error);
    this.#waiting = null;
    for (const fail of this.#guards) fail(error);
    this.#onFailed(error);
  }
}

/** RFC 6120 §4.9: what a stream error means for whoever thinks of trying again. */
function streamError(element: Element): SessionError {
  const condition =
    element.getChildElements().find((child) => child.xmlns === NS.streamErrors && child.name !== "text")
      ?.name ?? "undefined-condition";
  const text = element.getChildText("text", NS.streamErrors);
  const code =
    condition === "conflict"
      ? "conflict"
      : /policy-violation|not-authorized|host-/.test(condition)
        ? "policy"
        : "closed";
  const said = text === null ? "" : ` (${text})`;
  return new SessionError(code, `The server ended the stream: ${condition}${said}`, { condition });
}
