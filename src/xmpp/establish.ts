import { messageOf } from "../base/errors.js";
import type { Element } from "../base/element.js";
import { discoverEndpoints, dnsLookup, type Endpoint } from "./service.js";
import { SessionError } from "./session-error.js";
import type { SessionSettings } from "./session-options.js";
import { negotiate, type Negotiated, type NegotiateOptions } from "./stream/negotiate.js";
import { XmppStream } from "./stream/xmpp-stream.js";
import { XmlStreamError } from "./stream-parser.js";

/** A connection that carries a session. */
export interface Established {
  readonly stream: XmppStream;
  readonly negotiated: Negotiated;
}

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL|HOSTNAME_MISMATCH)/;

/** What an error of the socket, of TLS or of the parser means for the session. */
export function sessionErrorOf(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  if (error instanceof XmlStreamError)
    return new SessionError("protocol", `The server sent what is no XMPP: ${error.message}`, {
      cause: error,
    });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = messageOf(error) || code;
  if (TLS_CODE.test(code))
    return new SessionError("tls", `The connection is not safe: ${message}`, { cause: error });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return new SessionError("unreachable", `The host is not known: ${message}`, { cause: error });
  if (code === "ECONNRESET" || code === "EPIPE")
    return new SessionError("closed", `The connection broke: ${message}`, { cause: error });
  return new SessionError("unreachable", `No connection: ${message}`, { cause: error });
}

function uri({ protocol, host, port, path = "" }: Endpoint): string {
  return `${protocol}//${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
}

/** Where the way of connecting is ours to choose, `connect` stands in for all of it. */
const CUSTOM = "xmpp://custom";

/** One of several endpoints that does not answer must not use up the time of all. */
async function openWithin(
  stream: XmppStream,
  endpoint: Endpoint | null,
  settings: SessionSettings,
  timeoutMs: number,
): Promise<Element> {
  const timer = settings.clock.setTimeout(
    () => stream.destroy(new SessionError("timeout", `The server did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await stream.open(endpoint === null ? CUSTOM : uri(endpoint));
  } finally {
    timer.cancel();
  }
}

async function openFirst(
  settings: SessionSettings,
  timeoutMs: number,
  signal: AbortSignal,
  opened: (stream: XmppStream) => void,
): Promise<{ readonly stream: XmppStream; readonly features: Element }> {
  const { account, connect, clock, tls, limits, service } = settings;
  const endpoints =
    settings.endpoint !== null || connect !== null
      ? [settings.endpoint]
      : await discoverEndpoints(account.domain, dnsLookup(signal));
  let failure = new SessionError("stopped", "The attempt was given up");
  for (const endpoint of endpoints) {
    if (signal.aborted) break;
    const stream = new XmppStream({
      domain: account.domain,
      tls,
      clock,
      limits: { stanzaChars: 4 * limits.stanzaBytes, depth: limits.depth, attributes: limits.attributes },
      connect: connect === null ? null : () => connect({ domain: account.domain, service, signal }),
    });
    opened(stream);
    try {
      const features = await openWithin(stream, endpoint, settings, timeoutMs / endpoints.length);
      return { stream, features };
    } catch (error) {
      stream.destroy();
      failure = sessionErrorOf(error);
    }
  }
  throw failure;
}

/**
 * One attempt: connect, open the stream, log in, resume or bind. Rejects with a {@link SessionError}, at the
 * latest when the time for an attempt is over or `signal` is aborted; nothing of it is left then.
 */
export async function establish(
  settings: SessionSettings,
  resume: NegotiateOptions["resume"],
  signal: AbortSignal,
): Promise<Established> {
  const timeoutMs = settings.reconnect?.attemptTimeoutMs ?? settings.connectTimeoutMs;
  let current: XmppStream | null = null;
  const attempt = new AbortController();
  let why: SessionError | null = null;
  const giveUp = (error: SessionError): void => {
    why ??= error;
    attempt.abort();
    current?.destroy();
  };
  const timer = settings.clock.setTimeout(
    () => giveUp(new SessionError("timeout", `The server did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const stopped = (): void => giveUp(new SessionError("stopped", "The session was stopped"));
  signal.addEventListener("abort", stopped, { once: true });
  try {
    const { stream, features } = await openFirst(
      settings,
      timeoutMs,
      attempt.signal,
      (opened) => (current = opened),
    );
    const { username, password, resource, tlsRequired, loopback } = settings;
    const negotiated = await negotiate(stream, features, {
      credentials: { username, password },
      resource,
      tlsRequired,
      loopback,
      resume,
    });
    return { stream, negotiated };
  } catch (error) {
    attempt.abort();
    (current as XmppStream | null)?.destroy();
    throw why ?? sessionErrorOf(error);
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", stopped);
  }
}
