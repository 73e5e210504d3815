import { NotJoinedError } from "../base/errors.js";
import { JoinError } from "../muc/join-error.js";
import { SessionError, type SessionErrorCode } from "../xmpp/session-error.js";
import { culpritOf } from "./blame.js";

const NAME_SERVER =
  "Check the domain of MUCWRIGHT_JID, or name the server: MUCWRIGHT_SERVICE=xmpp://host:port";

/** What to do where there is no session. */
const ADVICE: Readonly<Partial<Record<SessionErrorCode, string>>> = {
  credentials: "Check MUCWRIGHT_JID and MUCWRIGHT_PASSWORD",
  tls: "The server needs TLS and a certificate that is trusted (MUCWRIGHT_CA); only a loopback address may do without",
  unreachable: NAME_SERVER,
  timeout: NAME_SERVER,
  conflict: "Run it once for an account, or give each its own resource: MUCWRIGHT_JID=user@domain/resource",
};

/** What a person could do about it; null where nothing is known. */
export function sessionAdvice(error: SessionError): string | null {
  return ADVICE[error.code] ?? null;
}

/** What a person could do about what ended an application; null where nothing is known. */
export function adviceOn(error: unknown): string | null {
  if (error instanceof SessionError) return sessionAdvice(error);
  if (error instanceof JoinError && error.reason === "passwordRequired")
    return `Give it in @Bot, for MUCWRIGHT_ROOMS has no place for it: rooms: [{ jid: "${error.room}", password: "…" }]`;
  if (error instanceof NotJoinedError && culpritOf(error) !== null)
    return "Rooms are entered after @OnStart: what is to be said there belongs into @OnEnter";
  return null;
}
