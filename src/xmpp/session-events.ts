import type { Element } from "../base/element.js";
import type { JID } from "../base/jid.js";
import type { SessionError } from "./session-error.js";

/** Something that was noticed and tolerated. */
export interface SessionDiagnostic {
  /** Stable name of what was noticed. */
  readonly code: string;
  /** The stanza it was noticed in, null where there is none. */
  readonly stanza: Element | null;
}

/** The events of a session. */
export interface SessionEvents {
  /** A new session: nothing of an earlier one is left, rooms have to be joined again. */
  readonly established: { readonly jid: JID };
  /** The connection is lost; it is tried again at `nextAttemptAt`. */
  readonly interrupted: { readonly cause: SessionError; readonly nextAttemptAt: Date };
  /** The same session goes on, with nothing lost (XEP-0198 §5). */
  readonly resumed: object;
  /** The session is gone. What was sent and not acknowledged may have arrived or not. */
  readonly destroyed: { readonly cause: SessionError; readonly unconfirmed: readonly Element[] };
  /** The session is over for good. */
  readonly stopped: object;
  /** What ended the session for good. */
  readonly error: SessionError;
  /** A message, as it came. */
  readonly message: Element;
  /** A presence, as it came. */
  readonly presence: Element;
  /** Something was noticed and tolerated. */
  readonly diagnostic: SessionDiagnostic;
}

/** `interrupted` while a lost session is tried again. */
export type SessionState = "idle" | "connecting" | "online" | "interrupted" | "stopped";
