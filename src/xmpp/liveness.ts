import type { Clock, Timer } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { NS } from "./namespaces.js";
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

/**
 * Asks the server for acknowledgements, and notices when it has fallen silent. A dead connection is dropped
 * without a word, so that the session can be resumed.
 */
export class Liveness {
  readonly #options: LivenessOptions;
  #stream: XmppStream | null = null;
  #managed = false;
  #asked = false;
  #askTimer: Timer | null = null;
  #watchTimer: Timer | null = null;
  #pings = 0;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Begins to watch a stream; `managed` where XEP-0198 is on. */
  start(stream: XmppStream, managed: boolean): void {
    this.stop();
    this.#stream = stream;
    this.#managed = managed;
    this.#watch(this.#options.deadPeerMs / 2, false);
  }

  /** Ends watching. */
  stop(): void {
    this.#stream = null;
    this.#asked = false;
    this.#askTimer?.cancel();
    this.#askTimer = null;
    this.#watchTimer?.cancel();
    this.#watchTimer = null;
  }

  /** The request for an acknowledgement to send along, `""` for none yet. */
  requestFor(pending: number): string {
    if (!this.#managed || this.#asked || pending === 0) return "";
    if (pending >= ASK_AT_PENDING) {
      this.#asked = true;
      return ASK;
    }
    this.#askTimer ??= this.#options.clock.setTimeout(() => this.#ask(), ASK_AFTER_MS);
    return "";
  }

  /** The server answered a request. */
  acknowledged(): void {
    this.#asked = false;
  }

  #ask(): void {
    this.#askTimer = null;
    if (this.#stream === null || this.#asked) return;
    this.#asked = true;
    this.#stream.write(ASK);
  }

  /** Half of the time in silence, then a question, then the other half for any answer. */
  #watch(delayMs: number, asked: boolean): void {
    this.#watchTimer = this.#options.clock.setTimeout(() => {
      const stream = this.#stream;
      if (stream === null) return;
      const { clock, deadPeerMs } = this.#options;
      const silentMs = clock.monotonic() - stream.receivedAtMs;
      if (silentMs < deadPeerMs / 2) return this.#watch(deadPeerMs / 2 - silentMs, false);
      // What we sent has not left yet: nothing can be expected in return.
      if (stream.congested) return this.#watch(deadPeerMs / 2, false);
      if (asked) return stream.destroy();
      stream.write(this.#managed ? ASK : this.#ping());
      this.#watch(deadPeerMs / 2, true);
    }, delayMs);
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
