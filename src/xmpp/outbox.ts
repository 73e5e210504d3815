import type { Element } from "../base/element.js";
import { ArgumentError } from "../base/errors.js";
import { SessionError } from "./session-error.js";

interface Entry {
  readonly stanza: Element;
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Bounds of an {@link Outbox}. */
export interface OutboxLimits {
  /** Bytes of one stanza; servers end the session for a larger one. */
  readonly stanzaBytes: number;
  /** Bytes that may wait to be sent. */
  readonly outboxBytes: number;
}

/** Takes what is to be written, and the stanzas in it. */
export type Write = (text: string, stanzas: readonly Element[]) => void;

/**
 * Stanzas on their way out, in order. All that is sent in one turn of the event loop is written at once; what is
 * sent while there is no stream waits, within bounds.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #entries: Entry[] = [];
  #chars = 0;
  #write: Write | null = null;
  #scheduled = false;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Resolves when the stanza was handed to the stream. Rejects with {@link ArgumentError} when it is too large. */
  push(stanza: Element): Promise<void> {
    const text = stanza.toString();
    // Four bytes is the most that two UTF-16 units take; only what may be too long is measured.
    const { stanzaBytes, outboxBytes } = this.#limits;
    if (text.length * 3 > stanzaBytes && Buffer.byteLength(text) > stanzaBytes)
      return Promise.reject(new ArgumentError(`A stanza may not be longer than ${stanzaBytes} bytes`));
    if (this.#chars + text.length > outboxBytes)
      return Promise.reject(new SessionError("policy", "Too much is waiting to be sent already"));
    this.#chars += text.length;
    return new Promise((resolve, reject) => {
      this.#entries.push({ stanza, text, resolve, reject });
      this.#schedule();
    });
  }

  /** Sends what waits, and what comes, to `write`. */
  open(write: Write): void {
    this.#write = write;
    this.#schedule();
  }

  /** Keeps back what comes until {@link open}. */
  close(): void {
    this.#write = null;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#entries.length === 0;
  }

  /** Gives up what waits. */
  abort(error: Error): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#chars = 0;
    for (const entry of entries) entry.reject(error);
  }

  #schedule(): void {
    if (this.#scheduled || this.#write === null || this.empty) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Writes what waits now, where there is a stream. */
  flush(): void {
    if (this.#write === null || this.empty) return;
    const entries = this.#entries;
    this.#entries = [];
    this.#chars = 0;
    let text = "";
    for (const entry of entries) text += entry.text;
    this.#write(
      text,
      entries.map((entry) => entry.stanza),
    );
    for (const entry of entries) entry.resolve();
  }
}
