import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";

import { SessionError } from "./session-error.js";

/** Where to connect to. */
export interface Endpoint {
  /** `xmpp:` TCP, upgraded by STARTTLS; `xmpps:` TLS from the first byte (XEP-0368); WebSocket (RFC 7395). */
  readonly protocol: "xmpp:" | "xmpps:" | "ws:" | "wss:";
  readonly host: string;
  readonly port: number;
  /** What stands behind host and port in the address of a WebSocket. */
  readonly path?: string;
}

const DEFAULT_PORT: Readonly<Record<Endpoint["protocol"], number>> = {
  "xmpp:": 5222,
  "xmpps:": 5223,
  "ws:": 80,
  "wss:": 443,
};

/** Whether a host is this machine: there, and only there, a stream may go without TLS. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) === 4) return bare.startsWith("127.");
  return bare === "::1" || bare === "localhost" || bare.endsWith(".localhost");
}

const URI = /^([a-z]+:)\/\/(\[[0-9a-fA-F:.]+\]|[^\s/?#:@]+)(?::(\d{1,5}))?(\/[^\s#]*)?$/;

/** Reads a service URI. Throws {@link SessionError} `service` for one that cannot be used. */
export function parseService(service: string): Endpoint {
  const [, protocol, host, portText, path = "/"] = URI.exec(service) ?? [];
  if (protocol === undefined || host === undefined)
    throw new SessionError(
      "service",
      `"${service}" is no service: write xmpp://host:port, xmpps://host:port or wss://host/path`,
    );
  if (!isProtocol(protocol))
    throw new SessionError(
      "service",
      `${protocol}// is not supported: use xmpp://, xmpps://, wss:// or ws://`,
    );
  const port = portText === undefined ? DEFAULT_PORT[protocol] : Number(portText);
  if (port < 1 || port > 65_535) throw new SessionError("service", `"${service}" has no valid port`);
  const endpoint = { protocol, host: host.replace(/^\[|\]$/g, ""), port };
  if (protocol === "ws:" || protocol === "wss:") return { ...endpoint, path };
  if (path !== "/") throw new SessionError("service", `"${service}" has a path, which only WebSockets have`);
  return endpoint;
}

function isProtocol(text: string): text is Endpoint["protocol"] {
  return Object.hasOwn(DEFAULT_PORT, text);
}

/** The record of a service in DNS (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** RFC 2782: by priority; within one, drawn by weight. */
export function orderByPriority<T extends SrvRecord>(records: readonly T[], random: () => number): T[] {
  const rest = [...records].sort((a, b) => a.priority - b.priority);
  const ordered: T[] = [];
  while (rest.length > 0) {
    const group = rest.filter((record) => record.priority === rest[0]?.priority);
    const total = group.reduce((sum, record) => sum + record.weight, 0);
    let draw = random() * total;
    const index = Math.max(
      0,
      group.findIndex((record) => (draw -= record.weight) < 0),
    );
    ordered.push(...rest.splice(index, 1));
  }
  return ordered;
}

/** Finds the SRV records of a name; none where there are none. */
export type LookupSrv = (name: string) => Promise<readonly SrvRecord[]>;

/** Asks DNS, until `signal` is aborted. No such record, or no answer: the host itself is tried then. */
export function dnsLookup(signal: AbortSignal): LookupSrv {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  signal.addEventListener("abort", () => resolver.cancel(), { once: true });
  return (name) => resolver.resolveSrv(name).catch(() => []);
}

/**
 * The endpoints of a domain, best first: by its SRV records (RFC 6120 §3.2.1, XEP-0368), else the domain
 * itself on the registered port.
 */
export async function discoverEndpoints(
  domain: string,
  lookup: LookupSrv,
  random: () => number = Math.random,
): Promise<Endpoint[]> {
  const host = domain.replace(/^\[|\]$/g, "");
  const itself: Endpoint = { protocol: "xmpp:", host, port: DEFAULT_PORT["xmpp:"] };
  if (isIP(host) !== 0 || isLoopback(host)) return [itself];
  const [direct, plain] = await Promise.all([
    lookup(`_xmpps-client._tcp.${domain}`),
    lookup(`_xmpp-client._tcp.${domain}`),
  ]);
  const records = [
    ...direct.map((record) => ({ ...record, protocol: "xmpps:" as const })),
    ...plain.map((record) => ({ ...record, protocol: "xmpp:" as const })),
  ];
  // "." says: this service is decidedly not here (RFC 2782).
  const offered = records.filter((record) => record.name !== "." && record.name !== "");
  if (records.length > 0 && offered.length === 0)
    throw new SessionError("unreachable", `${domain} says that it offers no XMPP service`);
  if (offered.length === 0) return [itself];
  return orderByPriority(offered, random).map(({ protocol, name, port }) => ({
    protocol,
    host: name,
    port,
  }));
}
