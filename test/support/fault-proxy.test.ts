import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { FaultProxy } from "./fault-proxy.js";
import { eventually } from "./wait.js";

/** What one side has got, and how it ended. */
class Side {
  readonly chunks: Buffer[] = [];
  ended: "no" | "in order" | "reset" = "no";

  constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.chunks.push(chunk));
    socket.on("end", () => (this.ended = "in order"));
    socket.on("error", () => (this.ended = "reset"));
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  got(text: string): Promise<true> {
    return eventually(() => this.text === text, { timeoutMs: 30_000, intervalMs: 1, what: `"${text}"` });
  }
}

describe("a faulty network", () => {
  const servers: Side[] = [];
  const clients: Side[] = [];
  const target = createServer((socket) => servers.push(new Side(socket)));
  let proxy: FaultProxy;

  beforeEach(async () => {
    if (!target.listening) await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
    proxy = await FaultProxy.before((target.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    for (const { socket } of [...servers.splice(0), ...clients.splice(0)]) socket.destroy();
  });

  async function connected(): Promise<{ readonly client: Side; readonly server: Side }> {
    const count = servers.length;
    const client = new Side(connect(proxy.port, "127.0.0.1"));
    clients.push(client);
    await once(client.socket, "connect");
    const server = await eventually(() => servers[count], { timeoutMs: 30_000, what: "the server's side" });
    return { client, server };
  }

  it("hands on what comes, both ways", async () => {
    const { client, server } = await connected();
    client.socket.write("question");
    await server.got("question");
    server.socket.write("answer");
    await client.got("answer");
    expect([proxy.connections, proxy.open, proxy.passed("toServer"), proxy.passed("toClient")]).toEqual([
      1, 1, 8, 6,
    ]);
  });

  it("cuts", async () => {
    const { client, server } = await connected();
    proxy.cut();
    await eventually(() => client.ended === "reset" && server.ended === "reset", {
      timeoutMs: 30_000,
      what: "both resets",
    });
    expect(proxy.open).toBe(0);
  });

  it("cuts after so many bytes, and only once", async () => {
    const { client, server } = await connected();
    proxy.cutAfter(3, "toServer");
    server.socket.write("12345");
    await client.got("12345");
    client.socket.write("ab");
    await server.got("ab");
    expect(proxy.cutPending).toBe(true);
    client.socket.write("cde");
    await eventually(() => client.ended === "reset", { timeoutMs: 30_000, what: "a reset" });
    expect([server.text.slice(0, 3), server.text.length <= 3, proxy.cutPending]).toEqual([
      server.text,
      true,
      false,
    ]);
    const other = await connected();
    other.client.socket.write("abcdef");
    await other.server.got("abcdef");
  });

  it("ends in order, also when one side does", async () => {
    const one = await connected();
    proxy.end();
    await eventually(() => one.client.ended === "in order" && one.server.ended === "in order", {
      timeoutMs: 30_000,
      what: "both ends",
    });
    const two = await connected();
    two.server.socket.end("bye");
    await two.client.got("bye");
    await eventually(() => two.client.ended === "in order", { timeoutMs: 30_000, what: "the end" });
    expect(proxy.connections).toBe(2);
  });

  it("freezes each way, and loses nothing", async () => {
    const { client, server } = await connected();
    proxy.freeze("toClient");
    client.socket.write("a");
    await server.got("a");
    server.socket.write("1");
    server.socket.write("2");
    client.socket.write("b");
    await server.got("ab");
    expect(client.text).toBe("");
    proxy.thaw();
    await client.got("12");
  });

  it("takes apart, in order, also within a character", async () => {
    const { client, server } = await connected();
    proxy.split(1);
    server.socket.write("日本語");
    await client.got("日本語");
    proxy.split(2);
    client.socket.write("abcde");
    await server.got("abcde");
    expect(server.chunks.every((chunk) => chunk.length <= 2 || chunk.toString() === "abcde")).toBe(true);
  });

  it("is late", async () => {
    const { client, server } = await connected();
    proxy.delay(50);
    const atMs = performance.now();
    client.socket.write("x");
    await server.got("x");
    expect(performance.now() - atMs).toBeGreaterThan(45);
  });

  it("lets nothing pass any more where it has become a black hole, but for new connections", async () => {
    const { client, server } = await connected();
    proxy.blackhole();
    client.socket.write("lost");
    const other = await connected();
    other.client.socket.write("found");
    await other.server.got("found");
    expect([server.text, client.ended]).toEqual(["", "no"]);
  });

  it("refuses connections, and takes them again on the same port", async () => {
    const { port } = proxy;
    await proxy.refuse();
    const refused = connect(port, "127.0.0.1");
    const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
    await proxy.accept();
    expect(proxy.port).toBe(port);
    const { client, server } = await connected();
    client.socket.write("x");
    await server.got("x");
  });
});
