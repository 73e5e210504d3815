import { xml, type Element } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";

/** What the client has not acknowledged, and since when the service holds it. */
export interface Unacknowledged {
  readonly stanza: Element;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A client that never acknowledges would be remembered for ever; beyond this its session is over. */
export const MAX_UNACKNOWLEDGED = 50_000;

/** Why a session cannot go on: the client broke XEP-0198. */
export type AcknowledgeFault = "tooHigh" | "tooLow" | null;

/** The service's books of one managed session (XEP-0198 §4): what was handled, and what may be lost. */
export class ServerManagement {
  /** The name to resume the session by, null where the client did not ask for that. */
  readonly id: string | null;
  /** Called when something waits for an acknowledgement that nobody has asked for yet, or too much does. */
  onPending: () => void = () => {};
  readonly #now: () => number;
  #inbound = 0;
  #acknowledged = 0;
  #queue: Unacknowledged[] = [];
  #asked = false;

  constructor(id: string | null, now: () => number) {
    this.id = id;
    this.#now = now;
  }

  /** How many stanzas of the client were handled: our `h`. */
  get inbound(): number {
    return this.#inbound;
  }

  /** What the client has not acknowledged, oldest first. */
  get queue(): readonly Unacknowledged[] {
    return this.#queue;
  }

  /** Counts a stanza of the client. */
  received(): void {
    this.#inbound = (this.#inbound + 1) >>> 0;
  }

  /** Keeps a stanza to the client. */
  sent(stanza: Element): void {
    this.#queue.push({ stanza, at: this.#now() });
    if (this.#asked && this.#queue.length !== MAX_UNACKNOWLEDGED + 1) return;
    this.#asked = true;
    this.onPending();
  }

  /** Takes the client's `h`. Prosody ends the stream for one that is too high, and for one that goes back. */
  acknowledge(h: number): AcknowledgeFault {
    const count = (h - this.#acknowledged) >>> 0;
    if (count > 0x7fff_ffff) return "tooLow";
    if (count > this.#queue.length) return "tooHigh";
    this.#acknowledged = h;
    this.#queue = this.#queue.slice(count);
    this.#asked = false;
    if (this.#queue.length === 0) return null;
    this.#asked = true;
    this.onPending();
    return null;
  }

  /** The answer to `<r/>`. */
  answer(): Element {
    return xml("a", { xmlns: NS.sm, h: this.#inbound });
  }
}

/** The value of `h`, null where it is no number of stanzas. */
export function readCount(element: Element): number | null {
  const text = element.attrs["h"] ?? "";
  const count = Number(text);
  return /^\d{1,10}$/.test(text) && count <= 0xffff_ffff ? count : null;
}

/** XEP-0198 §3, §5: what was handled goes with it where it is known. */
export function smFailed(
  condition: "bad-request" | "item-not-found" | "unexpected-request",
  handled: number | null = null,
): Element {
  return xml("failed", { xmlns: NS.sm, h: handled }, xml(condition, { xmlns: NS.stanzaErrors }));
}
