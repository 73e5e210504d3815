import { setImmediate } from "node:timers";

import type { Logger } from "../../base/logger.js";

/**
 * Everything that happens to the service, one thing after the other: what clients send, connections that end, timers
 * that fire. So nothing is handled while something else is, and order is kept over all clients. A task that throws
 * is logged and does not stop the next one.
 */
export class Inbox {
  readonly #logger: Logger;
  #tasks: (() => void)[] = [];
  #scheduled = false;
  #frozen = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Has `task` done soon, never before the caller's turn is over. */
  post(task: () => void): void {
    this.#tasks.push(task);
    this.#schedule();
  }

  /** Whether tasks are only collected at present. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** Collects tasks without doing any, like a process that was stopped. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Goes on with all that was collected, in order. */
  thaw(): void {
    this.#frozen = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#frozen || this.#tasks.length === 0) return;
    this.#scheduled = true;
    // Not sooner: bytes take their time on any network, and clients count on it (@xmpp/client misses an answer that
    // comes before its own write was confirmed). Imported, so that a runner that replaces timers leaves it alone.
    setImmediate(() => this.#drain());
  }

  #drain(): void {
    // What is posted meanwhile waits for the next turn: sockets get theirs in between.
    const tasks = this.#tasks;
    this.#tasks = [];
    this.#scheduled = false;
    for (const [index, task] of tasks.entries()) {
      if (this.#frozen) {
        this.#tasks = [...tasks.slice(index), ...this.#tasks];
        return;
      }
      try {
        task();
      } catch (error) {
        this.#logger.error({ error }, "The embedded service failed at a task; it goes on");
      }
    }
    this.#schedule();
  }
}
