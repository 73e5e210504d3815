// The parts of @xmpp/* 0.14.0 that are used. The types of DefinitelyTyped do not compile under NodeNext.

declare module "@xmpp/client-core" {
  import { EventEmitter } from "node:events";

  /** A socket as @xmpp/* has them: a net.Socket, or a wrapper with one in `socket`. */
  export interface StreamSocket extends EventEmitter {
    secure?: boolean;
    socket?: import("node:net").Socket | null;
    write(data: string, done?: (error?: Error | null) => void): unknown;
    end(): unknown;
  }

  export class Client extends EventEmitter {
    constructor(options: { domain: string });
    readonly transports: unknown[];
    readonly options: { domain: string };
    socket: StreamSocket | null;
    parser: import("./parser-adapter.js").ParserAdapter | null;
    isSecure(): boolean;
    connect(service: string): Promise<unknown>;
    Parser: new () => import("./parser-adapter.js").ParserAdapter;
    write(text: string): Promise<void>;
    _attachSocket(socket: StreamSocket): void;
    _detachSocket(): void;
    _attachParser(parser: import("./parser-adapter.js").ParserAdapter): void;
    _detachParser(): void;
    _status(status: string): void;
    _onData(data: Buffer | string): void;
  }
}

declare module "@xmpp/tcp/lib/Connection.js" {
  class ConnectionTCP {
    Socket: unknown;
    Parser: unknown;
  }
  export default ConnectionTCP;
}

declare module "@xmpp/tls/lib/Connection.js" {
  class ConnectionTLS {
    Socket: unknown;
    Parser: unknown;
  }
  export default ConnectionTLS;
}

declare module "@xmpp/tls/lib/Socket.js" {
  import { EventEmitter } from "node:events";
  class Socket extends EventEmitter {
    secure: boolean;
    socket: import("node:tls").TLSSocket | null;
    connect(options: import("node:tls").ConnectionOptions): void;
    write(data: string, done?: (error?: Error | null) => void): void;
    end(): void;
  }
  export default Socket;
}
