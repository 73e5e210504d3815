import { describe, expect, it } from "vitest";

import {
  discoverEndpoints,
  dnsLookup,
  isLoopback,
  orderByPriority,
  parseService,
  type LookupSrv,
  type SrvRecord,
} from "../../src/xmpp/service.js";

/** Park–Miller: the same numbers in each run. */
function seeded(seed = 42): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
}

const record = (name: string, priority: number, weight: number, port = 5222): SrvRecord => ({
  name,
  priority,
  weight,
  port,
});
const lookup =
  (zone: Readonly<Record<string, readonly SrvRecord[]>>): LookupSrv =>
  (name) =>
    Promise.resolve(zone[name] ?? []);

describe("a service", () => {
  it.each([
    ["xmpp://example.org", "xmpp:", "example.org", 5222],
    ["xmpps://example.org", "xmpps:", "example.org", 5223],
    ["xmpp://example.org:15222", "xmpp:", "example.org", 15_222],
    ["xmpps://127.0.0.1:443/", "xmpps:", "127.0.0.1", 443],
    ["xmpp://[::1]:5222", "xmpp:", "::1", 5222],
    ["xmpp://[2001:db8::1]", "xmpp:", "2001:db8::1", 5222],
  ])("is read: %s", (text, protocol, host, port) => {
    expect(parseService(text)).toEqual({ protocol, host, port });
  });

  it.each([
    ["ws://localhost:5280/xmpp-websocket", "ws:", "localhost", 5280, "/xmpp-websocket"],
    ["wss://chat.example.org/ws?v=1", "wss:", "chat.example.org", 443, "/ws?v=1"],
    ["ws://[::1]", "ws:", "::1", 80, "/"],
  ])("is read: %s", (text, protocol, host, port, path) => {
    expect(parseService(text)).toEqual({ protocol, host, port, path });
  });

  it.each([
    "",
    "example.org",
    "example.org:5222",
    "http://example.org",
    "ftp://example.org",
    "xmpp://",
    "xmpp://:5222",
    "xmpp://example.org:0",
    "xmpp://example.org:65536",
    "xmpp://example.org:x",
    "xmpp://user@example.org",
    "xmpp://example.org/path",
    "xmpp:example.org",
    "xmpp://exam ple?x",
    "wss://example.org/a b",
    "wss://example.org/#x",
    "constructor://example.org",
  ])("is refused: %s", (text) => {
    expect(() => parseService(text)).toThrow(expect.objectContaining({ code: "service" }) as Error);
  });
});

describe("loopback, where a stream may go without TLS", () => {
  it.each(["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "a.localhost"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    "127.evil.org",
    "127.0.0.1.evil.org",
    "localhost.evil.org",
    "notlocalhost",
    "192.168.0.1",
    "10.0.0.1",
    "0.0.0.0",
    "::",
    "fe80::1",
    "2001:db8::1",
    "example.org",
    "",
  ])("is not %s", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe("the order of endpoints (RFC 2782)", () => {
  it("is by priority, the lowest first", () => {
    const records = [record("c", 30, 1), record("a", 10, 1), record("b", 20, 100)];
    expect(orderByPriority(records, seeded()).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("is drawn by weight among equals", () => {
    const random = seeded();
    const firsts = { light: 0, heavy: 0 };
    for (let i = 0; i < 4000; i++) {
      const [first] = orderByPriority([record("light", 1, 10), record("heavy", 1, 30)], random);
      firsts[first?.name === "light" ? "light" : "heavy"]++;
    }
    expect(firsts.light / 4000).toBeCloseTo(0.25, 1);
    expect(firsts.light).toBeGreaterThan(900);
    expect(firsts.heavy).toBeGreaterThan(2850);
  });

  it("takes each exactly once, also those without weight", () => {
    const records = [record("a", 1, 0), record("b", 1, 0), record("c", 1, 5), record("d", 0, 0)];
    for (let seed = 1; seed < 50; seed++) {
      const names = orderByPriority(records, seeded(seed)).map(({ name }) => name);
      expect(names[0]).toBe("d");
      expect(names.toSorted()).toEqual(["a", "b", "c", "d"]);
    }
  });

  it("leaves the records as they were", () => {
    const records = Object.freeze([record("b", 2, 1), record("a", 1, 1)]);
    orderByPriority(records, seeded());
    expect(records.map(({ name }) => name)).toEqual(["b", "a"]);
  });
});

describe("finding the endpoints of a domain", () => {
  it("goes by its records, TLS from the first byte and STARTTLS together (XEP-0368)", async () => {
    const zone = {
      "_xmpp-client._tcp.example.org": [record("plain.example.org", 5, 1), record("last.example.org", 20, 1)],
      "_xmpps-client._tcp.example.org": [record("tls.example.org", 10, 1, 443)],
    };
    expect(await discoverEndpoints("example.org", lookup(zone), seeded())).toEqual([
      { protocol: "xmpp:", host: "plain.example.org", port: 5222 },
      { protocol: "xmpps:", host: "tls.example.org", port: 443 },
      { protocol: "xmpp:", host: "last.example.org", port: 5222 },
    ]);
  });

  it("takes the domain itself where there are none", async () => {
    expect(await discoverEndpoints("example.org", lookup({}))).toEqual([
      { protocol: "xmpp:", host: "example.org", port: 5222 },
    ]);
  });

  it("believes a domain that says it has no such service", async () => {
    const none = [record("", 0, 0)];
    const nothing = {
      "_xmpp-client._tcp.example.org": none,
      "_xmpps-client._tcp.example.org": [record(".", 0, 0)],
    };
    await expect(discoverEndpoints("example.org", lookup(nothing))).rejects.toMatchObject({
      code: "unreachable",
    });
    const onlyTls = {
      "_xmpp-client._tcp.example.org": none,
      "_xmpps-client._tcp.example.org": [record("tls.example.org", 1, 1, 5223)],
    };
    expect(await discoverEndpoints("example.org", lookup(onlyTls))).toEqual([
      { protocol: "xmpps:", host: "tls.example.org", port: 5223 },
    ]);
  });

  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["localhost", "localhost"],
  ])("asks nobody about %s", async (domain, host) => {
    const asked: string[] = [];
    const endpoints = await discoverEndpoints(domain, (name) => {
      asked.push(name);
      return Promise.resolve([]);
    });
    expect([endpoints, asked]).toEqual([[{ protocol: "xmpp:", host, port: 5222 }], []]);
  });

  it("gives up asking when it is aborted", async () => {
    const abort = new AbortController();
    const asked = dnsLookup(abort.signal)("_xmpp-client._tcp.mucwright.invalid");
    abort.abort();
    expect(await asked).toEqual([]);
  });
});
