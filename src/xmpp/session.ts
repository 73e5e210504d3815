import type { Element } from "../base/element.js";
import type { Timer } from "../base/clock.js";
import { Emitter } from "../base/emitter.js";
import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { Backoff } from "./backoff.js";
import { establish, sessionErrorOf, type Established } from "./establish.js";
import { answerIq, initialPresence } from "./iq-responder.js";
import { IqRequests } from "./iq.js";
import { Liveness } from "./liveness.js";
import { NS } from "./namespaces.js";
import { Outbox } from "./outbox.js";
import { SessionError } from "./session-error.js";
import { settingsOf, type SessionOptions, type SessionSettings } from "./session-options.js";
import { StreamManagement } from "./stream-management.js";
import { handledCount } from "./stream/negotiate.js";
import type { XmppStream } from "./stream/xmpp-stream.js";

/** Something that was noticed and tolerated. */
export interface SessionDiagnostic {
  /** Stable name of what was noticed. */
  readonly code: string;
  /** The stanza it was noticed in, null where there is none. */
  readonly stanza: Element | null;
}

/** The events of a {@link Session}. */
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

/** A session that was up this long is a good one: the next delay is the shortest again. */
const STABLE_AFTER_MS = 60_000;
/** Two clients with one resource throw each other out for ever: the third time within this is the last. */
const CONFLICT_WINDOW_MS = 600_000;
const CONFLICT_LIMIT = 3;
const FLUSH_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * One account's connection to its server, one stream after another: it connects, logs in, keeps the stream alive,
 * and comes back after a loss, resuming the old session where the server allows it (RFC 6120, XEP-0198).
 */
export class Session extends Emitter<SessionEvents> {
  /** Requests to the server and others (RFC 6120 §8.2.3). */
  readonly iq: IqRequests;
  readonly #settings: SessionSettings;
  readonly #log: Logger;
  readonly #outbox: Outbox;
  readonly #backoff: Backoff;
  readonly #liveness: Liveness;
  readonly #conflictsAtMs: number[] = [];
  #state: SessionState = "idle";
  #jid: JID | null = null;
  #stream: XmppStream | null = null;
  #sm: StreamManagement | null = null;
  /** Between `established` and `destroyed`. */
  #alive = false;
  #everEstablished = false;
  #lastError: SessionError | null = null;
  #upSinceMs = 0;
  #retry: Timer | null = null;
  #attempt: AbortController | null = null;
  #starting: { readonly promise: Promise<void>; settle(error: SessionError | null): void } | null = null;
  #stopping: Promise<void> | null = null;

  /** Throws `ArgumentError` for a JID that is no account, a missing password or a limit that is no number. */
  constructor(options: SessionOptions) {
    super();
    this.#settings = settingsOf(options);
    const { clock, logger, limits, reconnect } = this.#settings;
    this.#log = logger.child({ account: this.#settings.account.toString() });
    this.#outbox = new Outbox(limits);
    this.#backoff = new Backoff(reconnect ?? { minDelayMs: 0, maxDelayMs: 0 });
    this.#liveness = new Liveness({ clock, deadPeerMs: limits.deadPeerMs });
    this.iq = new IqRequests({ clock, send: (stanza) => this.send(stanza), jid: () => this.#jid });
    this.listenerFailed = (error, event) => {
      this.#log.error({ error, event }, "A listener failed");
      if (event !== "diagnostic") this.emit("diagnostic", { code: "listener-failed", stanza: null });
    };
  }

  /** What the session is doing. */
  get state(): SessionState {
    return this.#state;
  }

  /** The bound full JID, null before the first session. */
  get jid(): JID | null {
    return this.#jid;
  }

  /**
   * Connects. Resolves when the session is established for the first time. Rejects with {@link SessionError}: at
   * once where trying again is pointless, else after `connectTimeoutMs`; the session is stopped then.
   */
  start(): Promise<void> {
    if (this.#starting !== null) return this.#starting.promise;
    if (this.#state !== "idle") return Promise.reject(new SessionError("stopped", "The session was stopped"));
    this.#state = "connecting";
    let settle: (error: SessionError | null) => void = () => {};
    const { connectTimeoutMs, clock } = this.#settings;
    const promise = new Promise<void>((resolve, reject) => {
      const timer = clock.setTimeout(() => this.#end(this.#startTimeout()), connectTimeoutMs);
      settle = (error) => {
        timer.cancel();
        if (error === null) resolve();
        else reject(error);
      };
    });
    promise.catch(() => {});
    this.#starting = { promise, settle };
    void this.#try();
    return promise;
  }

  #startTimeout(): SessionError {
    const { connectTimeoutMs } = this.#settings;
    return (
      this.#lastError ?? new SessionError("timeout", `There was no session within ${connectTimeoutMs} ms`)
    );
  }

  /**
   * Sends what waits, ends the stream in order and stops for good. Resolves within 10 s, whatever the server does.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const stream = this.#stream;
    if (stream !== null) {
      await this.#flush(stream);
      this.#halt(stream);
      await stream.close(CLOSE_TIMEOUT_MS);
    }
    this.#end(new SessionError("stopped", "The session was stopped"));
  }

  /** What was sent before stop() goes out, but a server that does not read cannot hold us up. */
  async #flush(stream: XmppStream): Promise<void> {
    this.#outbox.flush();
    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = this.#settings.clock.setTimeout(resolve, FLUSH_TIMEOUT_MS);
    });
    await Promise.race([stream.writeFlushed(" ").catch(() => {}), limit]);
    timer?.cancel();
  }

  /**
   * Sends a stanza. Resolves when it was handed to the stream. While the session is interrupted it waits, or with
   * `offline: "fail"` rejects. Rejects with `ArgumentError` for one that is too large, and with
   * {@link SessionError} when the session is over before it was sent.
   */
  send(stanza: Element): Promise<void> {
    if (this.#state === "stopped") return Promise.reject(new SessionError("stopped", "The session is over"));
    if (this.#stream === null && this.#settings.offline === "fail")
      return Promise.reject(new SessionError("closed", "There is no connection now"));
    return this.#outbox.push(stanza);
  }

  async #try(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const resume = this.#sm?.id != null ? { id: this.#sm.id, inbound: this.#sm.inbound } : null;
    try {
      const established = await establish(this.#settings, resume, attempt.signal);
      if (this.#attempt !== attempt) return established.stream.destroy();
      this.#attempt = null;
      this.#up(established);
    } catch (error) {
      if (this.#attempt !== attempt && this.#attempt !== null) return;
      this.#attempt = null;
      this.#down(sessionErrorOf(error));
    }
  }

  #up({ stream, negotiated }: Established): void {
    this.#stream = stream;
    stream.onFailed = (error) => this.#lost(stream, error);
    this.#upSinceMs = this.#settings.clock.monotonic();
    if (negotiated.kind === "resumed") this.#resumed(stream, negotiated.outbound);
    else this.#bound(stream, negotiated);
    // A listener may have stopped the session, or the stream may be gone already.
    if (this.#stream !== stream) return;
    this.#outbox.open((text, stanzas) => this.#write(stream, text, stanzas));
    this.#liveness.start(stream, this.#sm !== null);
    stream.flow((element) => this.#receive(element));
  }

  #resumed(stream: XmppStream, acknowledged: number): void {
    if (!this.#acknowledge(acknowledged)) return;
    const again = this.#sm?.unacknowledged ?? [];
    if (again.length > 0) stream.write(again.join(""));
    this.#state = "online";
    this.#log.info({ resent: again.length }, "The session goes on");
    this.emit("resumed", {});
  }

  #bound(stream: XmppStream, bound: Extract<Established["negotiated"], { kind: "bound" }>): void {
    if (bound.outbound !== null) this.#sm?.acknowledgeAtMost(bound.outbound);
    if (this.#alive) this.#destroyed(this.#lastError ?? new SessionError("closed", "The session expired"));
    this.#sm = bound.sm === null ? null : new StreamManagement(bound.sm.id);
    this.#jid = bound.jid;
    this.#alive = true;
    this.#everEstablished = true;
    this.#state = "online";
    const presence = initialPresence();
    this.#write(stream, presence.toString(), [presence]);
    this.#log.info({ jid: bound.jid, resumable: this.#sm?.id != null }, "Session established");
    this.emit("established", { jid: bound.jid });
    this.#starting?.settle(null);
    for (const stanza of bound.early) this.#dispatch(stanza);
  }

  #write(stream: XmppStream, text: string, stanzas: readonly Element[]): void {
    const sm = this.#sm;
    if (sm !== null) for (const stanza of stanzas) sm.sent(stanza);
    stream.write(text + this.#liveness.requestFor(sm?.pending ?? 0));
  }

  #receive(element: Element): void {
    if (element.xmlns === NS.client) {
      this.#sm?.received();
      return this.#dispatch(element);
    }
    if (element.xmlns !== NS.sm || this.#sm === null) return;
    if (element.name === "r") this.#stream?.write(`<a xmlns="${NS.sm}" h="${this.#sm.inbound}"/>`);
    else if (element.name === "a") this.#acknowledged(element);
  }

  #acknowledged(element: Element): void {
    this.#liveness.acknowledged();
    const h = handledCount(element);
    if (h !== null) this.#acknowledge(h);
  }

  /** False when the server's count cannot be: then the stream is over, and the session cannot be resumed. */
  #acknowledge(h: number): boolean {
    try {
      this.#sm?.acknowledge(h);
      return true;
    } catch (error) {
      this.#log.error({ error }, "Stream management is out of step");
      this.#sm = this.#sm?.notResumable() ?? null;
      this.#stream?.destroy();
      return false;
    }
  }

  #dispatch(stanza: Element): void {
    switch (stanza.name) {
      case "message":
        return this.emit("message", stanza);
      case "presence":
        return this.emit("presence", stanza);
      case "iq":
        return this.#iqReceived(stanza);
      default:
        return this.emit("diagnostic", { code: "unknown-stanza", stanza });
    }
  }

  #iqReceived(stanza: Element): void {
    const { type } = stanza.attrs;
    if (type === "result" || type === "error") {
      if (!this.iq.answer(stanza) && !Liveness.isPingAnswer(stanza))
        this.emit("diagnostic", { code: "unasked-iq-answer", stanza });
    } else if (type === "get" || type === "set") {
      this.send(answerIq(stanza, this.#settings.clock)).catch((error: unknown) =>
        this.#log.debug({ error }, "An IQ could not be answered"),
      );
    } else this.emit("diagnostic", { code: "bad-iq-type", stanza });
  }

  /** The stream that carried the session is gone. */
  #lost(stream: XmppStream, error: Error): void {
    if (this.#stream !== stream) return;
    this.#halt(stream);
    if (this.#settings.clock.monotonic() - this.#upSinceMs >= STABLE_AFTER_MS) this.#backoff.reset();
    this.#down(sessionErrorOf(error));
  }

  #halt(stream: XmppStream): void {
    if (this.#stream === stream) this.#stream = null;
    this.#liveness.stop();
    this.#outbox.close();
  }

  /** Tries again, where that makes sense. */
  #down(error: SessionError): void {
    this.#lastError = error;
    if (this.#state === "stopped") return;
    if (this.#isFinal(error)) return this.#end(error);
    const delayMs = this.#backoff.next();
    const nextAttemptAt = new Date(this.#settings.clock.now() + delayMs);
    this.#retry = this.#settings.clock.setTimeout(() => void this.#try(), delayMs);
    this.#log.warn({ cause: error.code, nextAttemptAt }, error.message);
    const wasOnline = this.#state === "online";
    if (wasOnline) this.#state = "interrupted";
    if (wasOnline) this.emit("interrupted", { cause: error, nextAttemptAt });
    if (this.#alive && this.#sm?.id == null) this.#destroyed(error);
  }

  #destroyed(cause: SessionError): void {
    this.#alive = false;
    const unconfirmed = [...(this.#sm?.unacknowledged ?? [])];
    this.#sm = null;
    this.iq.abort(cause);
    this.emit("destroyed", { cause, unconfirmed });
  }

  #isFinal(error: SessionError): boolean {
    if (this.#settings.reconnect === null) return true;
    switch (error.code) {
      case "credentials":
      case "service":
      case "stopped":
        return true;
      case "tls":
        return !this.#everEstablished;
      case "conflict":
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
    this.#conflictsAtMs.push(nowMs);
    return this.#conflictsAtMs.filter((atMs) => nowMs - atMs < CONFLICT_WINDOW_MS).length >= CONFLICT_LIMIT;
  }

  /** Over for good. */
  #end(error: SessionError): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#retry?.cancel();
    const attempt = this.#attempt;
    this.#attempt = null;
    attempt?.abort();
    const stream = this.#stream;
    if (stream !== null) {
      this.#halt(stream);
      stream.destroy();
    }
    if (this.#alive) this.#destroyed(error);
    this.iq.abort(error);
    this.#outbox.abort(error);
    if (error.code === "stopped") this.#log.info("Session stopped");
    else {
      // A start that fails is told by its rejection; a session that ends later may have nobody who waits.
      if (this.#everEstablished)
        this.#log.error({ cause: error.code, condition: error.condition }, error.message);
      this.emit("error", error);
    }
    this.#starting?.settle(error);
    this.emit("stopped", {});
  }
}
