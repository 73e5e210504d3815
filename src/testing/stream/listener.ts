import { createServer, type AddressInfo, type Server } from "node:net";
import type { Duplex } from "node:stream";

import { ArgumentError } from "../../base/errors.js";

/** Where the service listens. */
export interface ListenAddress {
  /** Always the loopback address. */
  readonly host: "127.0.0.1";
  /** The TCP port. */
  readonly port: number;
}

/** Takes TCP connections, on the loopback address only. */
export class Listener {
  readonly #onConnection: (duplex: Duplex) => void;
  #server: Server | null = null;

  constructor(onConnection: (duplex: Duplex) => void) {
    this.#onConnection = onConnection;
  }

  /** Begins to listen; port 0 takes any that is free. Rejects where the port is taken. */
  async listen(port: number): Promise<ListenAddress> {
    if (this.#server !== null) throw new ArgumentError("This service listens already");
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      this.#onConnection(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
    return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  }

  /** Takes no more connections. */
  close(): void {
    this.#server?.close();
    this.#server = null;
  }
}
