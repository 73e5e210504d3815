import { MucwrightError } from "../base/errors.js";

/**
 * Why there is no session:
 * - `credentials` the server does not accept the account or the password (final)
 * - `tls` no encryption where it is required, or a certificate that is not to be trusted
 * - `unreachable` no connection: the name is not known, nobody listens, or the network is down
 * - `timeout` the server accepted the connection and then did not answer
 * - `conflict` another client took over the session
 * - `policy` the server refuses what this client does, or who it is
 * - `protocol` what came is not the XMPP that was expected
 * - `service` the address of the service cannot be used (final)
 * - `closed` the stream ended
 * - `stopped` `stop()` was called
 */
export type SessionErrorCode =
  | "credentials"
  | "tls"
  | "unreachable"
  | "timeout"
  | "conflict"
  | "policy"
  | "protocol"
  | "service"
  | "closed"
  | "stopped";

/** The session could not be established, or ended. */
export class SessionError extends MucwrightError {
  declare readonly code: SessionErrorCode;
  /** The condition that the server named, null where it named none (RFC 6120 §4.9.3, §6.5). */
  readonly condition: string | null;

  constructor(code: SessionErrorCode, message: string, options: ErrorOptions & { condition?: string } = {}) {
    super(code, message, options);
    this.condition = options.condition ?? null;
  }
}
