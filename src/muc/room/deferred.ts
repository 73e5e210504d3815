/** A promise that is settled from outside, at most once, and never is an unhandled rejection. */
export class Deferred {
  readonly promise: Promise<void>;
  #settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

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
  resolve(): void {
    this.#settle?.resolve();
    this.#settle = null;
  }

  /** Rejects it, unless it is settled. */
  reject(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}
