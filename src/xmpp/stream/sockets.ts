import { EventEmitter } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { domainToASCII } from "node:url";

import type { StreamSocket } from "@xmpp/client-core";
import ConnectionTCP from "@xmpp/tcp/lib/Connection.js";
import ConnectionTLS from "@xmpp/tls/lib/Connection.js";
import TlsSocket from "@xmpp/tls/lib/Socket.js";

import type { ParserLimits } from "../stream-parser.js";
import type { TlsOptions } from "../tls-options.js";
import { parserClass } from "./parser-adapter.js";
import { tlsSettings } from "./tls-settings.js";
import { WebSocketSocket } from "./web-socket.js";

function tlsParameters(domain: string, options: TlsOptions): ConnectionOptions {
  const literal = domain.replace(/^\[|\]$/g, "");
  const name = isIP(literal) === 0 ? domainToASCII(domain) : literal;
  return {
    // The certificate has to be that of the XMPP domain, whatever host was found for it (RFC 6120 §13.7.2).
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    ...(isIP(name) === 0 && { servername: name }),
    ALPNProtocols: ["xmpp-client"],
    ...tlsSettings(options),
  };
}

/** Upgrades a plain connection (RFC 6120 §5). Resolves once the handshake is done. */
export async function startTls(
  plain: StreamSocket,
  domain: string,
  options: TlsOptions,
): Promise<StreamSocket> {
  const socket = new TlsSocket();
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.on("error", reject);
    socket.once("close", () =>
      reject(new Error("The server closed the connection during the TLS handshake")),
    );
    socket.connect({ ...tlsParameters(domain, options), socket: plain as unknown as Duplex });
  });
  return socket;
}

/** A ready-made byte stream in the shape of a socket of @xmpp/*. */
class DuplexSocket extends EventEmitter {
  readonly secure = true;
  socket: Duplex | null = null;
  readonly #connect: () => Duplex | Promise<Duplex>;
  #destroyed = false;

  constructor(connect: () => Duplex | Promise<Duplex>) {
    super();
    this.#connect = connect;
  }

  connect(): void {
    Promise.resolve()
      .then(this.#connect)
      .then(
        (stream) => this.#attach(stream),
        (error: unknown) => this.emit("error", error),
      );
  }

  #attach(stream: Duplex): void {
    // Nobody waits any more for what took this long.
    if (this.#destroyed) return void stream.on("error", () => {}).destroy();
    this.socket = stream;
    stream.on("data", (data: Buffer) => this.emit("data", data));
    stream.on("error", (error) => this.emit("error", error));
    stream.on("close", () => this.emit("close"));
    this.emit("connect");
  }

  write(data: string, done?: (error?: Error | null) => void): void {
    if (this.socket === null) done?.(new Error("Not connected"));
    else this.socket.write(data, done);
  }

  end(): void {
    this.socket?.end();
  }

  destroy(): void {
    this.#destroyed = true;
    this.socket?.destroy();
  }
}

/** What the transports are made from. */
export interface TransportOptions {
  readonly domain: string;
  readonly tls: TlsOptions;
  readonly limits: ParserLimits;
  /** Takes the place of TCP and TLS. */
  readonly connect: (() => Duplex | Promise<Duplex>) | null;
}

/** The transports of @xmpp/client, with sockets and parser of our own. */
export function makeTransports({ domain, tls, limits, connect }: TransportOptions): unknown[] {
  const Parser = parserClass(limits, false);
  if (connect !== null) return [customTransport(Parser, connect)];
  class Tcp extends ConnectionTCP {}
  Tcp.prototype.Parser = Parser;
  class Tls extends ConnectionTLS {}
  Tls.prototype.Parser = Parser;
  Tls.prototype.Socket = class extends TlsSocket {
    override connect(target: ConnectionOptions): void {
      super.connect({ ...tlsParameters(domain, tls), ...target });
    }
  };
  return [Tcp, Tls, webSocketTransport(parserClass(limits, true), tls)];
}

function webSocketTransport(Parser: new () => EventEmitter, tls: TlsOptions): unknown {
  class OverWebSocket extends ConnectionTCP {
    socketParameters(service: string): string | undefined {
      return /^wss?:/.test(service) ? service : undefined;
    }
  }
  OverWebSocket.prototype.Socket = class extends WebSocketSocket {
    constructor() {
      super(tls);
    }
  };
  OverWebSocket.prototype.Parser = Parser;
  return OverWebSocket;
}

function customTransport(Parser: new () => EventEmitter, connect: () => Duplex | Promise<Duplex>): unknown {
  class Custom extends ConnectionTCP {
    socketParameters(): object {
      return {};
    }
  }
  Custom.prototype.Socket = class extends DuplexSocket {
    constructor() {
      super(connect);
    }
  };
  Custom.prototype.Parser = Parser;
  return Custom;
}
