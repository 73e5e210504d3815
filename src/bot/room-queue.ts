/** How many events of one room may wait for their turn. */
export const MAX_WAITING = 1_000;

/** What a {@link RoomQueue} needs. */
export interface RoomQueueOptions<E> {
  /** Handles one event. A promise has to be awaited before the next one. */
  readonly handle: (event: E) => Promise<void> | undefined;
  /** `handle` threw, or its promise rejected. The next event is handled all the same. */
  readonly failed: (error: unknown, event: E) => void;
  /** An event found no place, the first one in a row. */
  readonly full: (event: E) => void;
  /** There is place again; so many events were dropped meanwhile. */
  readonly relieved: (dropped: number) => void;
}

/** Somebody who has given their turn back wants it again. */
class Job {
  readonly run: () => Promise<void> | undefined;

  constructor(run: () => Promise<void> | undefined) {
    this.run = run;
  }
}

/**
 * The events of one room, one at a time and in order. Rooms do not wait for one another. What comes while
 * {@link MAX_WAITING} events wait is dropped, counted and reported. Nothing that a handler does stops the queue, but
 * for a promise that never settles.
 */
export class RoomQueue<E> {
  readonly #options: RoomQueueOptions<E>;
  readonly #idle: (() => void)[] = [];
  readonly #waiting: (E | Job)[] = [];
  #busy = false;
  #closed = false;
  #discarded = false;
  #dropped = 0;
  #droppedInRow = 0;

  constructor(options: RoomQueueOptions<E>) {
    this.#options = options;
  }

  /** Whether an event that is pushed now has to wait. */
  get busy(): boolean {
    return this.#busy;
  }

  /** How many events found no place, all in all. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Handles an event as soon as those before it are done: at once when there are none. False where it is not taken. */
  push(event: E): boolean {
    if (this.#closed) return false;
    if (!this.#busy) this.#drain(event);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(event);
    else return this.#drop(event);
    return true;
  }

  /**
   * Runs a job when its turn comes: at the end of what waits. It is never dropped, for whoever has a handler at work to
   * go on with; of a queue that forgets what waits it is run at once.
   */
  resume(run: () => Promise<void> | undefined): void {
    const job = new Job(run);
    if (this.#discarded) void this.#handle(job);
    else if (!this.#busy) this.#drain(job);
    else this.#waiting.push(job);
  }

  #drop(event: E): false {
    this.#dropped++;
    if (this.#droppedInRow++ === 0) quietly(() => this.#options.full(event));
    return false;
  }

  #drain(first: E | Job | undefined): void {
    this.#busy = true;
    for (let event = first; event !== undefined; event = this.#next()) {
      const done = this.#handle(event);
      if (done === undefined) continue;
      void done.then(() => this.#drain(this.#next()));
      return;
    }
    this.#busy = false;
    if (this.#idle.length > 0) for (const settle of this.#idle.splice(0)) settle();
  }

  #next(): E | Job | undefined {
    if (this.#waiting.length === 0 && this.#droppedInRow === 0) return undefined;
    const event = this.#waiting.shift();
    // not as soon as there is one place: at the limit each event would be reported then
    if (this.#droppedInRow > 0 && this.#waiting.length <= MAX_WAITING / 2) {
      const dropped = this.#droppedInRow;
      this.#droppedInRow = 0;
      quietly(() => this.#options.relieved(dropped));
    }
    return event;
  }

  /** Never throws, and its promise never rejects. */
  #handle(event: E | Job): Promise<void> | undefined {
    try {
      const done = event instanceof Job ? event.run() : this.#options.handle(event);
      if (done === undefined) return undefined;
      return Promise.resolve(done).catch((error: unknown) => this.#failed(error, event));
    } catch (error) {
      this.#failed(error, event);
      return undefined;
    }
  }

  #failed(error: unknown, event: E | Job): void {
    if (!(event instanceof Job)) quietly(() => this.#options.failed(error, event));
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

  /** Takes no more events, and forgets those that wait. How many that were. */
  discard(): number {
    this.#closed = true;
    this.#discarded = true;
    const waiting = this.#waiting.splice(0);
    const jobs = waiting.filter((each) => each instanceof Job);
    for (const job of jobs) void this.#handle(job);
    return waiting.length - jobs.length;
  }
}

/** Whoever reports may fail as well, and there is nobody to tell. */
function quietly(report: () => void): void {
  try {
    report();
  } catch {
    // the queue goes on
  }
}
