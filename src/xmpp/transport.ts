import type { Duplex } from "node:stream";

/** What a {@link Connect} function is asked for. */
export interface ConnectTarget {
  /** The XMPP domain of the account. */
  readonly domain: string;
  /** The service as the user gave it, null where it is to be found by DNS. */
  readonly service: string | null;
  /** Aborted when the attempt is over: what was opened for it is to be destroyed. */
  readonly signal: AbortSignal;
}

/**
 * Opens a connection to the server: the seam for other transports. The stream carries the bytes of an XMPP
 * stream over TCP (RFC 6120 §4); it counts as secure, so no STARTTLS is asked for.
 */
export type Connect = (target: ConnectTarget) => Duplex | Promise<Duplex>;
