import type { Clock, Timer } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { ArgumentError } from "../base/errors.js";
import { SessionError } from "./session-error.js";

/** A stanza on its way out. */
export interface Outgoing {
  readonly stanza: Element;
  /** Its XML, … */
  readonly text: string;
  /** … and how long that is. */
  readonly bytes: number;
  /** Called when the server has acknowledged it. */
  readonly onAcknowledged?: (() => void) | undefined;
}

interface Entry extends Outgoing {
  readonly lasting: boolean;
  readonly wanted: (() => boolean) | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Bounds of an {@link Outbox}. */
export interface OutboxLimits {
  /** Bytes of one stanza; servers end the session for a larger one. */
  readonly stanzaBytes: number;
  /** Bytes that may wait to be sent. */
  readonly outboxBytes: number;
  /** Bytes that may go out in a second, on average. */
  readonly bytesPerSecond: number;
  /** Bytes that may go out at once after a pause. */
  readonly burstBytes: number;
}

/** How a stanza waits for its turn. */
export interface PushOptions {
  /** What is not wanted any more when its turn comes is left out. */
  readonly wanted?: () => boolean;
  /** Whether it still waits when the session it was meant for is gone, for the next one. Default true. */
  readonly lasting?: boolean;
  /** Called when the server has acknowledged it. Must not throw. */
  readonly onAcknowledged?: (() => void) | undefined;
}

/** Where stanzas go. */
export interface Outlet {
  /** How many bytes can be taken now; the last stanza may exceed it. After it was zero, call `proceed`. */
  capacity(): number;
  /** Takes them, in order. */
  write(stanzas: readonly Outgoing[]): void;
}

/**
 * Stanzas on their way out, in order. All that is sent in one turn of the event loop is written at once; what is
 * sent while there is no stream, or faster than it is taken or the rate that is set, waits, within bounds.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #entries: Entry[] = [];
  #bytes = 0;
  #outlet: Outlet | null = null;
  #scheduled = false;
  readonly #clock: Clock;
  /** What may go out now; below zero after a stanza that was larger. */
  #allowance: number;
  #allowedAtMs: number;
  #pause: Timer | null = null;

  constructor(limits: OutboxLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#allowance = limits.burstBytes;
    this.#allowedAtMs = clock.monotonic();
  }

  /** Resolves when the stanza was handed to the stream. Rejects with {@link ArgumentError} when it is too large. */
  push(stanza: Element, { wanted, lasting = true, onAcknowledged }: PushOptions = {}): Promise<void> {
    const text = stanza.toString();
    const bytes = Buffer.byteLength(text);
    const { stanzaBytes, outboxBytes } = this.#limits;
    if (bytes > stanzaBytes)
      return Promise.reject(
        new ArgumentError(`A stanza may not be longer than ${stanzaBytes} bytes; this one has ${bytes}`),
      );
    if (this.#bytes + bytes > outboxBytes)
      return Promise.reject(
        new SessionError("policy", `More than ${outboxBytes} bytes would wait to be sent`),
      );
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      this.#entries.push({ stanza, text, bytes, lasting, wanted, onAcknowledged, resolve, reject });
      this.#schedule();
    });
  }

  /** Sends what waits, and what comes, to `outlet`. */
  open(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#schedule();
  }

  /** The outlet has capacity again. */
  proceed(): void {
    this.#schedule();
  }

  /** Keeps back what comes until {@link open}. */
  close(): void {
    this.#outlet = null;
    this.#pause?.cancel();
    this.#pause = null;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#entries.length === 0;
  }

  /** Gives up what waits; what is lasting only where `all` says so. */
  abort(error: Error, { all }: { readonly all: boolean }): void {
    const entries = this.#entries;
    this.#entries = all ? [] : entries.filter((entry) => entry.lasting);
    this.#bytes = this.#entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const entry of entries) if (all || !entry.lasting) entry.reject(error);
  }

  #schedule(): void {
    if (this.#scheduled || this.#outlet === null || this.#pause !== null || this.empty) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#pause === null) this.#flush(this.#affordable());
    });
  }

  /** Writes all that waits now, where there is a stream. */
  flush(): void {
    this.#flush(this.#entries.length);
  }

  /** How many stanzas may go out now; where more wait for the rate, their turn is set. */
  #affordable(): number {
    const { bytesPerSecond } = this.#limits;
    let capacity = this.#outlet?.capacity() ?? 0;
    if (bytesPerSecond === Infinity && capacity >= this.#bytes) return this.#entries.length;
    const limited = bytesPerSecond !== Infinity;
    if (limited) this.#earn();
    let count = 0;
    for (; count < this.#entries.length && this.#allowance > 0 && capacity > 0; count++) {
      const bytes = this.#entries[count]?.bytes ?? 0;
      if (limited) this.#allowance -= bytes;
      capacity -= bytes;
    }
    if (count < this.#entries.length && this.#allowance <= 0) {
      const delayMs = Math.ceil(((1 - this.#allowance) / bytesPerSecond) * 1000);
      this.#pause = this.#clock.setTimeout(() => {
        this.#pause = null;
        this.#flush(this.#affordable());
      }, delayMs);
    }
    return count;
  }

  #earn(): void {
    const { bytesPerSecond, burstBytes } = this.#limits;
    const nowMs = this.#clock.monotonic();
    const earned = ((nowMs - this.#allowedAtMs) / 1000) * bytesPerSecond;
    this.#allowance = Math.min(burstBytes, this.#allowance + earned);
    this.#allowedAtMs = nowMs;
  }

  #flush(count: number): void {
    if (this.#outlet === null || count === 0) return;
    const entries = this.#entries;
    this.#entries = count === entries.length ? [] : entries.splice(count);
    for (const { bytes } of entries) this.#bytes -= bytes;
    const wanted = entries.filter((entry) => entry.wanted?.() !== false);
    if (wanted.length > 0) this.#outlet.write(wanted);
    for (const entry of entries) entry.resolve();
  }
}
