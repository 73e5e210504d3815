import { systemClock, type Clock } from "../base/clock.js";
import { ArgumentError } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { silentLogger, type Logger } from "../base/logger.js";
import { redacting } from "../base/redacting-logger.js";
import { isLoopback, parseService, type Endpoint } from "./service.js";
import { SessionError } from "./session-error.js";
import type { TlsOptions } from "./tls-options.js";
import type { Connect } from "./transport.js";

/** When and how a lost session is tried again. */
export interface ReconnectOptions {
  /** Upper bound of the first delay, in milliseconds; default 500. */
  readonly minDelayMs?: number;
  /** Upper bound of any delay; default 60,000. */
  readonly maxDelayMs?: number;
  /** How long one attempt may take from connecting to the session; default 15,000. */
  readonly attemptTimeoutMs?: number;
}

/** Bounds of a session. */
export interface SessionLimits {
  /** Bytes of one stanza that is sent; default 262,144: for a larger one servers end the session. */
  readonly stanzaBytes?: number;
  /** Levels of nesting in what is received; default 256. */
  readonly depth?: number;
  /** Attributes of one element that is received; default 128. */
  readonly attributes?: number;
  /** Bytes that may wait to be sent; default 4 MiB. */
  readonly outboxBytes?: number;
  /** Bytes that are sent in a second, on average; more waits its turn. Default: as many as there are. */
  readonly bytesPerSecond?: number;
  /** Bytes that may go out at once after a pause, where `bytesPerSecond` is set; default 16,384. */
  readonly burstBytes?: number;
  /** How long the server may be silent before the connection is given up, in milliseconds; default 60,000. */
  readonly deadPeerMs?: number;
  /** Requests that may wait for their answer; default 10,000. */
  readonly pendingIqs?: number;
}

/** How to make a {@link Session}. */
export interface SessionOptions {
  /** The account; a resource in it is asked for like `resource`. */
  readonly jid: JID | string;
  /** The password of the account. Never logged. */
  readonly password: string;
  /**
   * `xmpp://host:port`, `xmpps://host:port`, or a WebSocket: `wss://host:port/path`. Default: found by the SRV records
   * of the domain.
   */
  readonly service?: string;
  /** The resource to ask for; default: the server makes one, which is safer when two processes run. */
  readonly resource?: string;
  /** TLS; by default required but for a loopback address. */
  readonly tls?: TlsOptions;
  /** False: one attempt, and a lost session is over. */
  readonly reconnect?: false | ReconnectOptions;
  /** Bounds. */
  readonly limits?: SessionLimits;
  /** How long `start()` tries before it gives up, in milliseconds; default 30,000. */
  readonly connectTimeoutMs?: number;
  /** Another transport in place of TCP and TLS. */
  readonly connect?: Connect;
  /** What is sent while the session is interrupted waits for it (bounded), or fails. Default `wait`. */
  readonly offline?: "wait" | "fail";
  /** Time; default the machine's. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** What a person could do about a start that is not going well; it is logged once. Default: nothing. */
  readonly advice?: (error: SessionError) => string | null;
}

/** {@link SessionOptions} with everything filled in. */
export interface SessionSettings {
  readonly account: JID;
  readonly username: string;
  readonly password: string;
  readonly service: string | null;
  readonly endpoint: Endpoint | null;
  readonly loopback: boolean;
  readonly resource: string | null;
  readonly tls: TlsOptions;
  readonly tlsRequired: boolean;
  readonly reconnect: Required<ReconnectOptions> | null;
  readonly limits: Required<SessionLimits>;
  readonly connectTimeoutMs: number;
  readonly connect: Connect | null;
  readonly offline: "wait" | "fail";
  readonly clock: Clock;
  readonly logger: Logger;
  readonly advice: (error: SessionError) => string | null;
}

const RECONNECT: Required<ReconnectOptions> = {
  minDelayMs: 500,
  maxDelayMs: 60_000,
  attemptTimeoutMs: 15_000,
};

const LIMITS: Required<SessionLimits> = {
  stanzaBytes: 262_144,
  depth: 256,
  attributes: 128,
  outboxBytes: 4 << 20,
  bytesPerSecond: Infinity,
  burstBytes: 16_384,
  deadPeerMs: 60_000,
  pendingIqs: 10_000,
};

function positive(name: string, value: number): void {
  if (!(value > 0)) throw new ArgumentError(`${name} has to be a positive number, not ${value}`);
}

/** Checks and completes the options. Throws {@link ArgumentError}, or `SessionError` for an unusable service. */
export function settingsOf(options: SessionOptions): SessionSettings {
  const jid = JID.from(options.jid);
  if (jid.local === null) throw new ArgumentError(`"${jid.toString()}" is no account: write user@domain`);
  if (typeof options.password !== "string" || options.password === "")
    throw new ArgumentError(`There is no password for ${jid.bare().toString()}`);
  const endpoint = options.service === undefined ? null : parseService(options.service);
  const limits = { ...LIMITS, ...options.limits };
  const reconnect = options.reconnect === false ? null : { ...RECONNECT, ...options.reconnect };
  const connectTimeoutMs = options.connectTimeoutMs ?? 30_000;
  for (const [name, value] of Object.entries({ ...limits, ...reconnect, connectTimeoutMs }))
    positive(name, value);
  const loopback = options.connect !== undefined || isLoopback(endpoint?.host ?? jid.domain);
  const tlsRequired = options.tls?.required ?? !loopback;
  if (endpoint?.protocol === "ws:" && tlsRequired)
    throw new SessionError("service", `${options.service ?? ""} is not encrypted: use wss://`);
  return {
    account: jid.bare(),
    username: jid.local,
    password: options.password,
    service: options.service ?? null,
    endpoint,
    loopback,
    resource: options.resource ?? jid.resource,
    tls: options.tls ?? {},
    tlsRequired,
    reconnect,
    limits,
    connectTimeoutMs,
    connect: options.connect ?? null,
    offline: options.offline ?? "wait",
    clock: options.clock ?? systemClock,
    logger: redacting(options.logger ?? silentLogger),
    advice: options.advice ?? (() => null),
  };
}
