/** What becomes of a listener that throws, or whose promise rejects. It never reaches who emits. */
export type ListenerFailed = (error: unknown, event: string) => void;

/** A function that takes the one value of an event. */
export type Listener<T> = (value: T) => unknown;

/**
 * An event emitter whose events are the keys of `Events`, each with exactly one value.
 *
 * Listeners are called synchronously, in the order they were added, on a snapshot of the list. One that
 * throws (or whose promise rejects) is reported and stays; the others are called all the same.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, readonly Listener<never>[]>();
  #failed: ListenerFailed = () => {};

  /** Where failures of listeners are reported; until it is set they are dropped. */
  protected set listenerFailed(report: ListenerFailed) {
    this.#failed = report;
  }

  /** Calls `listener` for each such event; the returned function ends that. */
  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return () => this.off(event, listener);
  }

  /** As {@link on}, for the next such event only. */
  once<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    const end = this.on(event, (value) => {
      end();
      return listener(value);
    });
    return end;
  }

  /** Ends what {@link on} began; harmless when it had not. */
  off<K extends keyof Events>(event: K, listener: Listener<Events[K]>): void {
    const listeners = this.#listeners.get(event);
    const index = listeners?.indexOf(listener) ?? -1;
    if (listeners === undefined || index < 0) return;
    if (listeners.length === 1) this.#listeners.delete(event);
    else this.#listeners.set(event, listeners.toSpliced(index, 1));
  }

  /** Whether anybody listens to `event`: lets the caller skip making a value that nobody wants. */
  protected hears(event: keyof Events): boolean {
    return this.#listeners.has(event);
  }

  /** Calls all listeners of `event`. */
  protected emit<K extends keyof Events>(event: K, value: Events[K]): void {
    const listeners = this.#listeners.get(event) as readonly Listener<Events[K]>[] | undefined;
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        const result = listener(value);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(error, String(event)));
      } catch (error) {
        this.#failed(error, String(event));
      }
    }
  }
}
