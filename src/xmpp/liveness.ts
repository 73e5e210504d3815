import type { Clock, Timer } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { NS } from "./namespaces.js";
import { SessionError } from "./session-error.js";
import type { XmppStream } from "./stream/xmpp-stream.js";

const ASK = `<r xmlns="${NS.sm}"/>`;
/** So many unacknowledged stanzas are asked about at once, … */
const ASK_AT_PENDING = 50;
/** … fewer after this time. Traffic cannot put it off: the timer is never set back. */
const ASK_AFTER_MS = 1_000;

const PING_ID = "alive-";

/** What {@link Liveness} needs. */
export interface LivenessOptions {
  readonly clock: Clock;
  /** How long the server may be silent. */
  readonly deadPeerMs: number;
}

/** What {@link Liveness} needs of a stream. */
export type WatchedStream = Pick<XmppStream, "receivedAtMs" | "congested" | "write" | "destroy">;

/**
 * Asks the server for acknowledgements, and notices when it has fallen silent. A dead connection is dropped
 * without a word, so that the session can be resumed.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #stream: WatchedStream | null = null;
  #managed = false;
  /** When the acknowledgement that is awaited was asked for. */
  #askedAtMs: number | null = null;
  #askTimer: Timer | null = null;
  #watchTimer: Timer | null = null;
  #pings = 0;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Begins to watch a stream; `pending` stanzas are not acknowledged yet, null where XEP-0198 is off. */
  start(stream: WatchedStream, pending: number | null): void {
    this.stop();
    this.#stream = stream;
    this.#managed = pending !== null;
    if (pending !== null && pending > 0) this.#askSoon();
    this.#watch(this.#options.deadPeerMs / 2, null);
  }

  /** Ends watching. */
  stop(): void {
    this.#stream = null;
    this.#askedAtMs = null;
    this.#askTimer?.cancel();
    this.#askTimer = null;
    this.#watchTimer?.cancel();
    this.#watchTimer = null;
  }

  /** The request for an acknowledgement to send along, `""` for none yet; `urgent` where something waits for it. */
  requestFor(pending: number, urgent = false): string {
    if (this.#stream === null || !this.#managed || this.#askedAtMs !== null || pending === 0) return "";
    if (urgent || pending >= ASK_AT_PENDING) return this.#request();
    this.#askSoon();
    return "";
  }

  /** The server answered a request; `pending` stanzas are still not acknowledged. */
  acknowledged(pending: number): void {
    this.#askedAtMs = null;
    if (pending > 0) this.#askSoon();
  }

  #request(): string {
    this.#askedAtMs = this.#options.clock.monotonic();
    return ASK;
  }

  #askSoon(): void {
    this.#askTimer ??= this.#options.clock.setTimeout(() => {
      this.#askTimer = null;
      if (this.#askedAtMs === null) this.#stream?.write(this.#request());
    }, ASK_AFTER_MS);
  }

  /**
   * Half of the time in silence, then a question, then the other half for any answer. That one may have come at once,
   * and the timer late: it counts whether it came, not how long ago.
   */
  #watch(delayMs: number, questionAtMs: number | null): void {
    this.#watchTimer = this.#options.clock.setTimeout(() => {
      const stream = this.#stream;
      if (stream === null) return;
      const { clock, deadPeerMs } = this.#options;
      const nowMs = clock.monotonic();
      if (stream.congested) {
        // What we sent has not left yet: nothing can be expected in return.
        if (this.#askedAtMs !== null) this.#askedAtMs = nowMs;
        return this.#watch(deadPeerMs / 2, null);
      }
      if (this.#askedAtMs !== null && nowMs - this.#askedAtMs >= deadPeerMs)
        return this.#drop(stream, "did not acknowledge what it was sent");
      const silentMs = nowMs - stream.receivedAtMs;
      // Whole milliseconds: what is left of a difference can be too little to move a clock on at all.
      if (silentMs < deadPeerMs / 2) return this.#watch(Math.ceil(deadPeerMs / 2 - silentMs), null);
      if (questionAtMs !== null && stream.receivedAtMs < questionAtMs)
        return this.#drop(stream, "was silent");
      stream.write(this.#managed ? this.#request() : this.#ping());
      this.#watch(deadPeerMs / 2, nowMs);
    }, delayMs);
  }

  #drop(stream: WatchedStream, what: string): void {
    stream.destroy(new SessionError("timeout", `The server ${what} for ${this.#options.deadPeerMs} ms`));
  }

  /** Whether a stanza is the answer to a ping of this class, which nobody waits for. */
  static isPingAnswer(stanza: Element): boolean {
    return stanza.attrs["id"]?.startsWith(PING_ID) ?? false;
  }

  /** XEP-0199; the answer counts for nothing but that it came. */
  #ping(): string {
    return `<iq type="get" id="${PING_ID}${++this.#pings}"><ping xmlns="${NS.ping}"/></iq>`;
  }
}
