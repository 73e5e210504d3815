/** What becomes of a listener that throws, or whose promise rejects. It never reaches who emits. */
export type ListenerFailed = (error: unknown, event: string) => void;

/** A function that takes the one value of an event. */
export type Listener<T> = (value: T) => unknown;

/** What is called; `once` wraps the listener that it was given. */
type Registered = Listener<never> & { readonly wraps?: unknown };

/**
 * An event emitter whose events are the keys of `Events`, each with exactly one value.
 *
 * Listeners are called synchronously, in the order they were added, on a snapshot of the list. One that
 * throws (or whose promise rejects) is reported and stays; the others are called all the same.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, readonly Registered[]>();
  #failed: ListenerFailed = () => {};

  /** Where failures of listeners are reported; until it is set they are dropped. */
  protected set listenerFailed(report: ListenerFailed) {
    this.#failed = report;
  }

  /** Calls `listener` for each such event; the returned function ends that. */
  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    return this.#add(event, listener);
  }

  #add<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    let ended = false;
    return () => {
      if (!ended) this.off(event, listener);
      ended = true;
    };
  }

  /** As {@link on}, for the next such event only. */
  once<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    const call = (value: Events[K]): unknown => {
      end();
      return listener(value);
    };
    const end = this.#add(event, Object.assign(call, { wraps: listener }));
    return end;
  }

  /** Ends what {@link on} or {@link once} began; harmless when neither had. */
  off<K extends keyof Events>(event: K, listener: Listener<Events[K]>): void {
    const listeners = this.#listeners.get(event);
    const index = listeners?.findIndex((each) => each === listener || each.wraps === listener) ?? -1;
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
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(error, String(event)));
      } catch (error) {
        this.#report(error, String(event));
      }
    }
  }

  #report(error: unknown, event: string): void {
    try {
      this.#failed(error, event);
    } catch {
      // A logger that throws, too, is no reason to lose what comes next.
    }
  }
}
