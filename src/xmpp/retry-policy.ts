import { Backoff } from "./backoff.js";
import type { SessionError } from "./session-error.js";
import type { SessionSettings } from "./session-options.js";
import { XmppError } from "./xmpp-error.js";

/** A session that was up this long is a good one: the next delay is the shortest again. */
const STABLE_AFTER_MS = 60_000;
/** Two clients with one resource throw each other out for ever: the third time within this is the last. */
const CONFLICT_WINDOW_MS = 600_000;
const CONFLICT_LIMIT = 3;

/** Whether and when a session that is not there is tried again. */
export class RetryPolicy {
  readonly #settings: SessionSettings;
  readonly #backoff: Backoff;
  #conflictsAtMs: readonly number[] = [];

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.#backoff = new Backoff(settings.reconnect ?? { minDelayMs: 0, maxDelayMs: 0 });
  }

  /** How long to wait before the next attempt. */
  nextDelayMs(): number {
    return this.#backoff.next();
  }

  /** A stream that carried the session is over. */
  lost(upForMs: number): void {
    if (upForMs >= STABLE_AFTER_MS) this.#backoff.reset();
  }

  /** Whether trying again is pointless; `proven` when this account has had a session before. */
  isFinal(error: SessionError, proven: boolean): boolean {
    if (this.#settings.reconnect === null) return true;
    switch (error.code) {
      case "service":
      case "stopped":
        return true;
      case "credentials":
        // A server that offers nothing to log in with, or cannot prove itself, may be set up wrong for a while: that
        // says nothing of an account that it took before.
        return !proven || error.condition !== null;
      case "tls":
        return !proven;
      case "conflict":
        // A resource that is refused may still be held by our own session that the server has not given up.
        if (error.cause instanceof XmppError && proven) return false;
        return this.#settings.resource !== null || this.#tooManyConflicts();
      case "unreachable":
      case "timeout":
      case "policy":
      case "protocol":
      case "closed":
        return false;
    }
  }

  #tooManyConflicts(): boolean {
    const nowMs = this.#settings.clock.monotonic();
    const recent = this.#conflictsAtMs.filter((atMs) => nowMs - atMs < CONFLICT_WINDOW_MS);
    this.#conflictsAtMs = [...recent, nowMs];
    return this.#conflictsAtMs.length >= CONFLICT_LIMIT;
  }
}
