import type { Timer } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { Emitter } from "../base/emitter.js";
import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { establish, sessionErrorOf, type Established } from "./establish.js";
import { initialPresence } from "./iq-responder.js";
import type { IqRequests } from "./iq.js";
import { RetryPolicy } from "./retry-policy.js";
import { SessionError } from "./session-error.js";
import type { SessionEvents, SessionState } from "./session-events.js";
import { settingsOf, type SessionOptions, type SessionSettings } from "./session-options.js";
import { ResumeError } from "./stream/negotiate.js";
import type { XmppStream } from "./stream/xmpp-stream.js";
import { Traffic } from "./traffic.js";

export type { SessionDiagnostic, SessionEvents, SessionState } from "./session-events.js";

const FLUSH_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** What is said of a stream that something in it was wrong: sent again on resumption, it would be so again. */
const REPEATABLE =
  /^(?:bad-|invalid-|not-well-formed|policy-violation|restricted-xml|unsupported-|undefined-condition)/;

/** How a stanza is sent. */
export interface SendOptions {
  /**
   * Whether it makes no sense any more once the session is gone, as a message to a room that would have to be joined
   * again: sending it rejects then. Otherwise it waits for the next session. Default false.
   */
  readonly thisSessionOnly?: boolean;
  /**
   * Called when the server has acknowledged it (XEP-0198); never where it does not do that, or the session is lost
   * before. Must not throw.
   */
  readonly onAcknowledged?: (() => void) | undefined;
}

/**
 * One account's connection to its server, one stream after another: it connects, logs in, keeps the stream alive,
 * and comes back after a loss, resuming the old session where the server allows it (RFC 6120, XEP-0198).
 */
export class Session extends Emitter<SessionEvents> {
  /** Requests to the server and others (RFC 6120 §8.2.3). */
  readonly iq: IqRequests;
  readonly #settings: SessionSettings;
  readonly #log: Logger;
  readonly #traffic: Traffic;
  readonly #policy: RetryPolicy;
  #state: SessionState = "idle";
  #jid: JID | null = null;
  #stream: XmppStream | null = null;
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
    this.#log = this.#settings.logger.child({ account: this.#settings.account.toString() });
    this.#policy = new RetryPolicy(this.#settings);
    this.#traffic = new Traffic({
      settings: this.#settings,
      log: this.#log,
      jid: () => this.#jid,
      deliver: (kind, stanza) => this.emit(kind, stanza),
      diagnostic: (code, stanza) => this.emit("diagnostic", { code, stanza }),
    });
    this.iq = this.#traffic.iq;
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
      await this.#traffic.flush(stream, FLUSH_TIMEOUT_MS);
      this.#halt(stream);
      await stream.close(CLOSE_TIMEOUT_MS);
    }
    this.#end(new SessionError("stopped", "The session was stopped"));
  }

  /**
   * Sends a stanza. Resolves when it was handed to the stream. While the session is interrupted it waits, or with
   * `offline: "fail"` rejects. Rejects with `ArgumentError` for one that is too large, and with
   * {@link SessionError} when the session is over before it was sent, or too much waits already.
   */
  send(stanza: Element, options: SendOptions = {}): Promise<void> {
    if (this.#state === "stopped") return Promise.reject(new SessionError("stopped", "The session is over"));
    const sent = this.#traffic.send(stanza, {
      lasting: options.thisSessionOnly !== true,
      onAcknowledged: options.onAcknowledged,
    });
    sent.catch((error: unknown) => this.#log.debug({ error, stanza }, "A stanza could not be sent"));
    return sent;
  }

  async #try(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    try {
      const established = await establish(this.#settings, this.#traffic.resumable, attempt.signal);
      if (this.#attempt !== attempt) return established.stream.destroy();
      this.#attempt = null;
      this.#up(established);
    } catch (error) {
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      if (error instanceof ResumeError) this.#traffic.notResumable();
      this.#down(sessionErrorOf(error));
    }
  }

  #up({ stream, negotiated }: Established): void {
    this.#stream = stream;
    this.#upSinceMs = this.#settings.clock.monotonic();
    this.#traffic.attach(stream);
    if (negotiated.kind === "bound") this.#bound(negotiated);
    if (negotiated.kind === "bound" || this.#resumed(negotiated.outbound)) this.#traffic.open();
    // Last: a stream that is gone already is lost only after what it brought was handled.
    stream.onFailed = (error) => this.#lost(stream, error);
  }

  #resumed(acknowledged: number): boolean {
    if (!this.#traffic.resume(acknowledged)) return false;
    this.#state = "online";
    this.#log.info("The session goes on");
    this.emit("resumed", {});
    return true;
  }

  #bound(bound: Extract<Established["negotiated"], { kind: "bound" }>): void {
    if (bound.outbound !== null) this.#traffic.settle(bound.outbound);
    if (this.#alive) this.#destroyed(this.#lastError ?? new SessionError("closed", "The session expired"));
    this.#traffic.begin(bound.sm);
    this.#jid = bound.jid;
    this.#alive = true;
    this.#everEstablished = true;
    this.#state = "online";
    this.#traffic.sendFirst(initialPresence());
    this.#log.info({ jid: bound.jid, resumable: this.#traffic.resumable !== null }, "Session established");
    this.emit("established", { jid: bound.jid });
    this.#starting?.settle(null);
    for (const stanza of bound.early) this.#traffic.dispatch(stanza);
  }

  /** The stream that carried the session is gone. */
  #lost(stream: XmppStream, cause: Error): void {
    if (this.#stream !== stream) return;
    this.#halt(stream);
    this.#policy.lost(this.#settings.clock.monotonic() - this.#upSinceMs);
    const error = sessionErrorOf(cause);
    if (error.code === "protocol" || REPEATABLE.test(error.condition ?? "")) this.#traffic.notResumable();
    this.#down(error);
  }

  #halt(stream: XmppStream): void {
    if (this.#stream === stream) this.#stream = null;
    this.#traffic.detach();
  }

  /** Tries again, where that makes sense. */
  #down(error: SessionError): void {
    const isFirst = this.#lastError === null && !this.#everEstablished;
    this.#lastError = error;
    // stop() ends what is left, when it has come to that.
    if (this.#state === "stopped" || this.#stopping !== null) return;
    if (this.#policy.isFinal(error, this.#everEstablished)) return this.#end(error);
    const delayMs = this.#policy.nextDelayMs();
    const nextAttemptAt = new Date(this.#settings.clock.now() + delayMs);
    this.#retry = this.#settings.clock.setTimeout(() => void this.#try(), delayMs);
    this.#log.warn({ cause: error.code, nextAttemptAt }, isFirst ? this.#notYet(error) : error.message);
    if (this.#state === "online") {
      this.#state = "interrupted";
      this.emit("interrupted", { cause: error, nextAttemptAt });
    }
    if (this.#alive && this.#traffic.resumable === null) this.#destroyed(error);
  }

  /** Of the first attempt that fails: whoever reads along has to know that nothing is lost yet, and what may be wrong. */
  #notYet(error: SessionError): string {
    const { connectTimeoutMs, advice } = this.#settings;
    const hint = advice(error);
    return `${error.message}; it is tried again for ${connectTimeoutMs / 1_000} s${hint === null ? "" : `. ${hint}`}`;
  }

  #destroyed(cause: SessionError): void {
    this.#alive = false;
    const unconfirmed = this.#traffic.abandon(cause, { last: this.#state === "stopped" });
    this.emit("destroyed", { cause, unconfirmed });
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
    else this.#traffic.abandon(error, { last: true });
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
