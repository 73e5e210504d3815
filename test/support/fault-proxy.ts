import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Where bytes go. */
export type Direction = "toServer" | "toClient";

/** One connection through the proxy. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Writes each way that are kept back, or on their way, in order. */
  readonly waiting: Record<Direction, Buffer[]>;
  /** A write is under way. */
  readonly busy: Record<Direction, boolean>;
}

/**
 * A TCP proxy on loopback that does to connections what networks do: cuts them, freezes them, takes bytes apart,
 * and is late. The order of the bytes is kept always.
 */
export class FaultProxy {
  /** How many connections there were. */
  connections = 0;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  readonly #frozen: Record<Direction, boolean> = { toServer: false, toClient: false };
  readonly #passed: Record<Direction, number> = { toServer: 0, toClient: 0 };
  #server: Server | null = null;
  #port = 0;
  #pieceBytes: () => number = () => Infinity;
  #delayMs = 0;
  #cutAt: { readonly direction: Direction; bytes: number } | null = null;

  private constructor(target: number) {
    this.#target = target;
  }

  /** In front of this port of 127.0.0.1. */
  static async before(port: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(port);
    await proxy.accept();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** How many bytes have passed. */
  passed(direction: Direction): number {
    return this.#passed[direction];
  }

  /** How many connections there are. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Takes connections, on the port that it had. */
  async accept(): Promise<void> {
    const server = createServer((client) => this.#connected(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Takes no more connections; those that there are go on. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    // resolves only once its connections are gone, which may take longer than anybody waits for
    server.close(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Resets all connections, both ways. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** Resets all connections once so many bytes more have passed, wherever that falls; only once. */
  cutAfter(bytes: number, direction: Direction): void {
    this.#cutAt = { direction, bytes };
  }

  /** Whether {@link cutAfter} is still to come. */
  get cutPending(): boolean {
    return this.#cutAt !== null;
  }

  /** Ends all connections in order, both ways. */
  end(): void {
    for (const { client, server } of this.#pairs) {
      client.end();
      server.end();
    }
  }

  /** Keeps all bytes back, of the connections that there are and of new ones. */
  freeze(...directions: Direction[]): void {
    for (const each of directions.length === 0 ? (["toServer", "toClient"] as const) : directions)
      this.#frozen[each] = true;
  }

  /** Lets go what was kept back. */
  thaw(): void {
    this.#frozen.toServer = this.#frozen.toClient = false;
    for (const pair of this.#pairs) {
      this.#pump(pair, "toServer");
      this.#pump(pair, "toClient");
    }
  }

  /** Forgets the connections that there are, without a word to either side: they stay open and nothing passes. */
  blackhole(): void {
    for (const { client, server } of this.#pairs) {
      client.removeAllListeners("data").pause();
      server.removeAllListeners("data").pause();
    }
  }

  /** From now on each write has so many bytes at most, wherever that falls. */
  split(pieceBytes: number | (() => number)): void {
    this.#pieceBytes = typeof pieceBytes === "number" ? () => pieceBytes : pieceBytes;
  }

  /** From now on each write is that late. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.refuse();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  #connected(client: Socket): void {
    this.connections++;
    const server = connect(this.#target, "127.0.0.1");
    const pair: Pair = {
      client,
      server,
      waiting: { toServer: [], toClient: [] },
      busy: { toServer: false, toClient: false },
    };
    this.#pairs.add(pair);
    this.#relay(pair, client, server, "toServer");
    this.#relay(pair, server, client, "toClient");
  }

  #relay(pair: Pair, from: Socket, to: Socket, direction: Direction): void {
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => {
      pair.waiting[direction].push(...this.#pieces(chunk));
      this.#pump(pair, direction);
    });
    from.on("error", () => to.destroy());
    from.on("close", (broken) => {
      this.#pairs.delete(pair);
      if (broken) to.destroy();
      else to.end();
    });
  }

  *#pieces(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.#pieceBytes());
      yield chunk.subarray(at, end);
      at = end;
    }
  }

  /** One write after the other: each in a turn of its own, so that it stays a piece of its own. */
  #pump(pair: Pair, direction: Direction): void {
    if (this.#frozen[direction] || pair.busy[direction]) return;
    const piece = pair.waiting[direction].shift();
    if (piece === undefined) return;
    pair.busy[direction] = true;
    const write = (): void => {
      const to = direction === "toServer" ? pair.server : pair.client;
      const cut = this.#cutAt;
      const last = cut?.direction === direction && cut.bytes <= piece.length;
      if (cut?.direction === direction) cut.bytes -= piece.length;
      to.write(last ? piece.subarray(0, piece.length + (cut?.bytes ?? 0)) : piece, () => {
        this.#passed[direction] += piece.length;
        pair.busy[direction] = false;
        if (last) {
          this.#cutAt = null;
          this.cut();
        } else this.#pump(pair, direction);
      });
    };
    if (this.#delayMs > 0) setTimeout(write, this.#delayMs);
    else write();
  }
}
