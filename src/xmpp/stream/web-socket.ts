import { EventEmitter } from "node:events";

import { WebSocket } from "ws";

import type { TlsOptions } from "../tls-options.js";
import { tlsSettings } from "./tls-settings.js";

/** Far above any stanza that a server lets through; what is larger than our own limit is told apart below it. */
const MAX_MESSAGE_BYTES = 16 << 20;

/**
 * A WebSocket (RFC 7395) in the shape of a socket of @xmpp/*. The certificate is checked against the host of the
 * address, as for any `https:` (RFC 6455 §4.1): it was given by the user, and not found by DNS.
 */
export class WebSocketSocket extends EventEmitter {
  secure = false;
  readonly #tls: TlsOptions;
  #socket: WebSocket | null = null;

  constructor(tls: TlsOptions) {
    super();
    this.#tls = tls;
  }

  /** Bytes that have not left yet. */
  get writableLength(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  connect(address: string): void {
    this.secure = address.startsWith("wss:");
    const socket = new WebSocket(address, ["xmpp"], {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      followRedirects: false,
      ...tlsSettings(this.#tls),
    });
    this.#socket = socket;
    socket.on("open", () => this.emit("connect"));
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.emit("error", new Error("The server sent a binary message (RFC 7395 §3.2)"));
      else this.emit("data", data);
    });
    // Also what comes of terminating it before it was open.
    socket.on("error", (error) => this.emit("error", error));
    socket.on("close", () => this.emit("close"));
  }

  /** A blank, which only shows that the way is clear, is a ping: blanks between frames are forbidden (RFC 7395 §3.8). */
  write(data: string, done: (error?: Error | null) => void = () => {}): void {
    const socket = this.#socket;
    if (socket === null) done(new Error("Not connected"));
    else if (data === " ") socket.ping(undefined, true, done);
    else socket.send(data, done);
  }

  end(): void {
    this.#socket?.close();
  }

  destroy(): void {
    this.#socket?.terminate();
  }
}
