import type { Timer } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { xml } from "../base/element.js";
import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { answerIq, refuseIq } from "./iq-responder.js";
import { IqRequests } from "./iq.js";
import { Liveness } from "./liveness.js";
import { NS } from "./namespaces.js";
import { Outbox, type Outgoing, type PushOptions } from "./outbox.js";
import { SessionError } from "./session-error.js";
import type { SessionSettings } from "./session-options.js";
import { StreamManagement } from "./stream-management.js";
import { OversizeElement } from "./stream-parser.js";
import { handledCount } from "./stream/negotiate.js";
import type { XmppStream } from "./stream/xmpp-stream.js";

/** A server that does not read this much is not given more; it waits with us, where it is bounded. */
const MAX_BACKLOG_BYTES = 1 << 20;
/**
 * Nor is one that has not acknowledged this much. Servers that throttle read 3 kB a second: with more on the way, the
 * answer to our next question would come so late that the server would pass for dead.
 */
const MAX_UNACKNOWLEDGED_BYTES = 1 << 17;

/** What {@link Traffic} needs of its session. None of these throws. */
export interface TrafficOptions {
  readonly settings: SessionSettings;
  readonly log: Logger;
  /** The bound JID, null before there is one. */
  readonly jid: () => JID | null;
  readonly deliver: (kind: "message" | "presence", stanza: Element) => void;
  readonly diagnostic: (code: string, stanza: Element) => void;
}

/**
 * The stanzas of a session, on whatever stream carries it: out through the outbox, in to whoever they are for, and
 * counted both ways (XEP-0198).
 */
export class Traffic {
  /** Requests to the server and others. */
  readonly iq: IqRequests;
  readonly #options: TrafficOptions;
  readonly #outbox: Outbox;
  readonly #liveness: Liveness;
  #stream: XmppStream | null = null;
  #sm: StreamManagement | null = null;
  /** Called when nothing waits for its acknowledgement any more. */
  #onSettled: (() => void) | null = null;

  constructor(options: TrafficOptions) {
    this.#options = options;
    const { clock, limits } = options.settings;
    this.#outbox = new Outbox(limits, clock);
    this.#liveness = new Liveness({ clock, deadPeerMs: limits.deadPeerMs });
    this.iq = new IqRequests({
      clock,
      limit: limits.pendingIqs,
      send: (stanza, wanted) => this.send(stanza, { wanted, lasting: false }),
      jid: options.jid,
    });
  }

  /** The session as the server can resume it, null where it cannot. */
  get resumable(): { readonly id: string; readonly inbound: number } | null {
    const { id = null, inbound = 0 } = this.#sm ?? {};
    return id === null ? null : { id, inbound };
  }

  /** See `Session.send`. */
  send(stanza: Element, options?: PushOptions): Promise<void> {
    if (this.#stream === null && this.#options.settings.offline === "fail")
      return Promise.reject(new SessionError("closed", "There is no connection now"));
    return this.#outbox.push(stanza, options);
  }

  /** A stream carries the session from now on; nothing is sent or handled before {@link open}. */
  attach(stream: XmppStream): void {
    this.#stream = stream;
  }

  /** A new session: new books, `id` null where it cannot be resumed, null where nothing is counted. */
  begin(sm: { readonly id: string | null } | null): void {
    this.#sm = sm === null ? null : new StreamManagement(sm.id);
  }

  /** The old session goes on: sends again what the server has not got. False when its count cannot be. */
  resume(acknowledged: number): boolean {
    if (!this.#acknowledge(acknowledged)) return false;
    const again = this.#sm?.unacknowledged ?? [];
    if (again.length > 0) this.#stream?.writeAll(again.map(String));
    return true;
  }

  /** The server's last word on a session that it does not resume. */
  settle(acknowledged: number): void {
    this.#sm?.acknowledgeAtMost(acknowledged);
  }

  /** Sends a stanza at once, before all that waits. */
  sendFirst(stanza: Element): void {
    const text = stanza.toString();
    this.#write([{ stanza, text, bytes: Buffer.byteLength(text) }]);
  }

  /** Begins to send what waits, and to handle what came. */
  open(): void {
    const stream = this.#stream;
    if (stream === null) return;
    this.#outbox.open({
      capacity: () => this.#capacity(stream),
      write: (stanzas) => this.#pour(stream, stanzas),
    });
    this.#liveness.start(stream, this.#sm?.pending ?? null);
    stream.flow((element) => this.#receive(element));
  }

  /** The stream is gone; what is sent waits. */
  detach(): void {
    this.#stream = null;
    this.#onSettled?.();
    this.#liveness.stop();
    this.#outbox.close();
  }

  /**
   * What was sent goes out, and is acknowledged where the server does that; but a server that does not read cannot
   * hold us up.
   */
  async flush(stream: XmppStream, timeoutMs: number): Promise<void> {
    this.#outbox.flush();
    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = this.#options.settings.clock.setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#settled(stream), limit]);
    this.#onSettled = null;
    timer?.cancel();
  }

  async #settled(stream: XmppStream): Promise<void> {
    const acknowledged = new Promise<void>((resolve) => (this.#onSettled = resolve));
    if ((this.#sm?.pending ?? 0) === 0) this.#onSettled?.();
    else stream.write(`<r xmlns="${NS.sm}"/>`);
    await stream.flushed().catch(() => {});
    if (this.#stream === stream) await acknowledged;
  }

  /** Gives up the hope to resume: the server would only send again what ended the stream, or we would. */
  notResumable(): void {
    this.#sm = this.#sm?.notResumable() ?? null;
  }

  /**
   * The session is gone: nobody gets an answer any more, and what waits for it is not sent; after the last session
   * nothing is. Gives what is unconfirmed.
   */
  abandon(cause: SessionError, { last }: { readonly last: boolean }): readonly Element[] {
    const unconfirmed = [...(this.#sm?.unacknowledged ?? [])];
    this.#sm = null;
    this.iq.abort(cause);
    this.#outbox.abort(cause, { all: last });
    return unconfirmed;
  }

  #capacity(stream: XmppStream): number {
    return Math.min(
      MAX_BACKLOG_BYTES - stream.backlogBytes,
      MAX_UNACKNOWLEDGED_BYTES - (this.#sm?.pendingBytes ?? 0),
    );
  }

  #pour(stream: XmppStream, stanzas: readonly Outgoing[]): void {
    this.#write(stanzas);
    // More waits: for the rate and for acknowledgements it is woken elsewhere, for the way out here.
    if (this.#outbox.empty) return;
    stream.flushed().then(
      () => this.#outbox.proceed(),
      () => {},
    );
  }

  #write(stanzas: readonly Outgoing[]): void {
    const sm = this.#sm;
    // Not `map`, and the request also where there is none: once compiled, either would have to be compiled anew.
    const pieces: string[] = [];
    for (const stanza of stanzas) {
      sm?.sent(stanza);
      pieces.push(stanza.text);
    }
    const full = sm !== null && sm.pendingBytes >= MAX_UNACKNOWLEDGED_BYTES;
    pieces.push(this.#liveness.requestFor(sm?.pending ?? 0, full));
    this.#stream?.writeAll(pieces);
  }

  #receive(element: Element): void {
    if (element.xmlns === NS.client) {
      this.#sm?.received();
      return element instanceof OversizeElement ? this.#oversize(element) : this.dispatch(element);
    }
    if (element.xmlns !== NS.sm || this.#sm === null) return;
    if (element.name === "r") this.#stream?.write(`<a xmlns="${NS.sm}" h="${this.#sm.inbound}"/>`);
    else if (element.name === "a") {
      const h = handledCount(element);
      if (h === null || this.#acknowledge(h)) this.#liveness.acknowledged(this.#sm.pending);
    }
  }

  /** False when the server's count cannot be: then the stream is over, and the session cannot be resumed. */
  #acknowledge(h: number): boolean {
    try {
      this.#sm?.acknowledge(h);
      this.#outbox.proceed();
      if (this.#sm?.pending === 0) this.#onSettled?.();
      return true;
    } catch (error) {
      this.#options.log.error({ error }, "Stream management is out of step");
      this.#stream?.destroy(error as SessionError);
      return false;
    }
  }

  /** Hands a stanza to whoever it is for. */
  dispatch(stanza: Element): void {
    switch (stanza.name) {
      case "message":
      case "presence":
        return this.#options.deliver(stanza.name, stanza);
      case "iq":
        return this.#iqReceived(stanza);
      default:
        return this.#options.diagnostic("unknown-stanza", stanza);
    }
  }

  #iqReceived(stanza: Element): void {
    const { type } = stanza.attrs;
    if (type === "result" || type === "error") {
      if (!this.iq.answer(stanza) && !Liveness.isPingAnswer(stanza))
        this.#options.diagnostic("unasked-iq-answer", stanza);
    } else if (type === "get" || type === "set") this.#answer(answerIq(stanza, this.#options.settings.clock));
    else this.#options.diagnostic("bad-iq-type", stanza);
  }

  /** What was too large to read is told, and answered where it has to be. */
  #oversize(stanza: OversizeElement): void {
    const { log, diagnostic } = this.#options;
    log.warn({ stanza, why: stanza.why }, "A stanza was too large to be read");
    diagnostic("oversize-stanza", stanza);
    const { type, from, id } = stanza.attrs;
    if (stanza.name !== "iq" || id === undefined) return;
    if (type === "get" || type === "set") this.#answer(refuseIq(stanza, "modify", "policy-violation"));
    else if (type === "result" || type === "error") {
      const condition = xml("policy-violation", { xmlns: NS.stanzaErrors });
      this.iq.answer(xml("iq", { type: "error", from, id }, xml("error", { type: "modify" }, condition)));
    }
  }

  #answer(stanza: Element): void {
    this.send(stanza, { lasting: false }).catch((error: unknown) =>
      this.#options.log.debug({ error }, "An IQ could not be answered"),
    );
  }
}
