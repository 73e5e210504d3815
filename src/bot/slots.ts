/** Work that waits for a slot. */
interface Waiting {
  readonly run: () => void;
  /** There will be none any more. */
  readonly dropped: () => void;
}

/**
 * How many handlers of an application may be at work at once. Only what is not done at once takes a slot, and what waits
 * for an answer has none. Those that find none free wait, the first come first, and each room waits with them.
 */
export class Slots {
  readonly #limit: number;
  readonly #full: () => void;
  #waiting: Waiting[] = [];
  #taken = 0;
  #closed = false;

  /** `full` is called when somebody has to wait, for the first time. */
  constructor(limit: number, full: () => void = () => {}) {
    this.#limit = limit;
    this.#full = once(full);
  }

  /** Whether whoever comes now has to wait. */
  get full(): boolean {
    return this.#taken >= this.#limit && !this.#closed;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes a slot: of work that was let in, and turns out to need one. */
  take(): void {
    this.#taken++;
  }

  /** Gives one back, to who waits. */
  give(): void {
    this.#taken--;
    while (!this.full) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.run();
    }
  }

  /**
   * Runs some work as soon as there is a slot for it; it takes that itself, where it needs one. `dropped` is run in its
   * place when there will be none any more.
   */
  whenFree(
    work: () => Promise<void> | undefined,
    dropped: () => Promise<void> | undefined = () => undefined,
  ): Promise<void> | undefined {
    if (!this.full) return work();
    this.#full();
    return new Promise((resolve) => {
      this.#waiting.push({ run: () => resolve(work()), dropped: () => resolve(dropped()) });
    });
  }

  /** Nobody waits any more: what has not begun is not begun, and what goes on is not held up. There is no limit then. */
  close(): void {
    this.#closed = true;
    for (const { dropped } of this.#waiting.splice(0)) dropped();
  }
}

function once(call: () => void): () => void {
  let called = false;
  return () => {
    if (!called) call();
    called = true;
  };
}
