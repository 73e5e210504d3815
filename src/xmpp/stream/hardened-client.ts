import type { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";

import { Client, type StreamSocket } from "@xmpp/client-core";

import type { Element } from "../../base/element.js";
import { SessionError } from "../session-error.js";
import type { Framing } from "./framing.js";
import type { ParserAdapter } from "./parser-adapter.js";

/** The raw socket under a socket of @xmpp/*. */
export function rawSocket(socket: StreamSocket | null): Partial<Socket> | null {
  return socket?.socket ?? (socket as unknown as Partial<Socket> | null);
}

/**
 * @xmpp/client's connection (version pinned: this leans on methods that only look private), with what keeps a
 * process alive: UTF-8 decoded across chunks, nothing thrown out of a data event, sockets that are destroyed
 * and never without an error listener. Used for one connection and then thrown away.
 */
export class HardenedClient extends Client {
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

  override _attachParser(parser: ParserAdapter): void {
    super._attachParser(parser);
    parser.received = (element) => this.received(element);
  }

  override _detachParser(): void {
    // What is behind in the chunk at hand is nobody's any more.
    if (this.parser !== null) this.parser.received = () => {};
    super._detachParser();
  }

  /**
   * Sends a stream header and resolves when the server's has come. Unlike the library's own, it listens before it
   * writes: a server that answers before the write is reported done would not be heard.
   */
  openStream(framing: Framing): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once("open", (header: Element) => {
        if (framing.isOpen(header)) resolve();
        else
          reject(new SessionError("protocol", `The server sent <${header.name}> instead of an XMPP stream`));
      });
      this._detachParser();
      this._status("opening");
      this._attachParser(new this.Parser());
      this.write(framing.open(this.options.domain)).catch(reject);
    });
  }

  dispose(error: Error): void {
    this.#disposed = true;
    // Whoever of the library still waits for this connection gives up now, and not when its timer is over.
    this.emit("error", error);
    this.parser?.stop();
    this._detachParser();
    this._detachSocket();
    this.removeAllListeners();
    this.on("error", () => {});
  }
}
