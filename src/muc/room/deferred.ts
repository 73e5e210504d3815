/** A promise that is settled from outside, at most once, and never is an unhandled rejection. */
export class Deferred<T = void> {
  readonly promise: Promise<T>;
  #settle: { resolve: (value: T) => void; reject: (error: Error) => void } | null = null;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.promise.catch(() => {});
  }

  /** Whether it is settled. */
  get settled(): boolean {
    return this.#settle === null;
  }

  /** Fulfils it, unless it is settled. */
  resolve(value: T): void {
    this.#settle?.resolve(value);
    this.#settle = null;
  }

  /** Rejects it, unless it is settled. */
  reject(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}
