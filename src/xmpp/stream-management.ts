import type { Element } from "../base/element.js";
import { SessionError } from "./session-error.js";

/** A stanza that was sent, and how long it was. */
interface Unacknowledged {
  readonly stanza: Element;
  readonly bytes: number;
  /** Called when the server has acknowledged it. Must not throw. */
  readonly onAcknowledged?: (() => void) | undefined;
}

/**
 * The bookkeeping of one session under XEP-0198: what was received, and what was sent and not acknowledged.
 * It outlives the connections that carry the session. Counters wrap at 2^32 (§4).
 */
export class StreamManagement {
  /** The server's name for the session, null where it cannot be resumed. */
  readonly id: string | null;
  #inbound: number;
  #acknowledged: number;
  #queue: Unacknowledged[] = [];
  #pendingBytes = 0;

  /** Books of a session that has carried `inbound` and `outbound` stanzas already; a new one has carried none. */
  constructor(id: string | null, { inbound = 0, outbound = 0 } = {}) {
    this.id = id;
    this.#inbound = inbound;
    this.#acknowledged = outbound;
  }

  /** How many stanzas were received in this session: our `h`. */
  get inbound(): number {
    return this.#inbound;
  }

  /** How many stanzas the server has not acknowledged. */
  get pending(): number {
    return this.#queue.length;
  }

  /** How many bytes these are. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The stanzas that the server has not acknowledged, oldest first. */
  get unacknowledged(): readonly Element[] {
    return this.#queue.map(({ stanza }) => stanza);
  }

  /** Counts a stanza that came in. */
  received(): void {
    this.#inbound = (this.#inbound + 1) >>> 0;
  }

  /** Keeps a stanza that goes out until it is acknowledged. */
  sent({ stanza, bytes, onAcknowledged }: Unacknowledged): void {
    this.#queue.push({ stanza, bytes, onAcknowledged });
    this.#pendingBytes += bytes;
  }

  /**
   * Takes an `h` of the server. Throws {@link SessionError} `protocol` when it acknowledges more than was sent:
   * nothing that this server counts can be believed then.
   */
  acknowledge(h: number): void {
    const count = (h - this.#acknowledged) >>> 0;
    if (count > this.#queue.length)
      throw new SessionError("protocol", `The server acknowledged ${count} stanzas of ${this.#queue.length}`);
    if (count === 0) return;
    this.#acknowledged = h;
    const acknowledged = this.#queue.splice(0, count);
    for (const { bytes } of acknowledged) this.#pendingBytes -= bytes;
    for (const { onAcknowledged } of acknowledged) onAcknowledged?.();
  }

  /** As {@link acknowledge}, for the last word on a session that is gone: an impossible count is no count. */
  acknowledgeAtMost(h: number): void {
    if ((h - this.#acknowledged) >>> 0 <= this.#queue.length) this.acknowledge(h);
  }

  /** The same books for a session that must not be resumed. */
  notResumable(): StreamManagement {
    const copy = new StreamManagement(null);
    copy.#queue = this.#queue;
    copy.#pendingBytes = this.#pendingBytes;
    return copy;
  }
}
