/** How many events of one room may wait for their turn. */
export const MAX_WAITING = 1_000;

/** What a {@link RoomQueue} needs. */
export interface RoomQueueOptions<E> {
  /** Handles one event. A promise has to be awaited before the next one; it never rejects. */
  readonly handle: (event: E) => Promise<void> | undefined;
  /** An event found no place. */
  readonly overflow: (event: E) => void;
}

/**
 * The events of one room, one at a time and in order. Rooms do not wait for one another. What comes while
 * {@link MAX_WAITING} events wait is dropped, and reported.
 */
export class RoomQueue<E> {
  readonly #options: RoomQueueOptions<E>;
  readonly #waiting: E[] = [];
  readonly #idle: (() => void)[] = [];
  #busy = false;
  #closed = false;

  constructor(options: RoomQueueOptions<E>) {
    this.#options = options;
  }

  /** Handles an event as soon as those before it are done: at once when there are none. */
  push(event: E): void {
    if (this.#closed) return;
    if (!this.#busy) return this.#drain(event);
    if (this.#waiting.length >= MAX_WAITING) return this.#options.overflow(event);
    this.#waiting.push(event);
  }

  #drain(first: E | undefined): void {
    this.#busy = true;
    for (let event = first; event !== undefined; event = this.#waiting.shift()) {
      const done = this.#options.handle(event);
      if (done === undefined) continue;
      void done.then(() => this.#drain(this.#waiting.shift()));
      return;
    }
    this.#busy = false;
    for (const settle of this.#idle.splice(0)) settle();
  }

  /** Resolves when nothing is being handled and nothing waits. */
  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Takes no more events; what waits is still handled. */
  close(): void {
    this.#closed = true;
  }
}
