/** One call of a handler, as whoever watches it sees it. */
export interface WatchedCall {
  /** The handler: `Keeper.roll`. */
  readonly name: string;
  /** Whether it has its turn: it is under way, and asks nobody for an answer. */
  readonly atWork: boolean;
  /** Whether it is done, or has taken too long. */
  readonly over: boolean;
}

/** Sees each call of a handler, and what is done in it: for tests, which want to know what bots wait for. */
export interface CallWatch {
  /** Calls a handler; returns what that returns. */
  within<T>(call: WatchedCall, run: () => T): T;
}
