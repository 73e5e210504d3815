import type { Logger } from "../base/logger.js";
import type { DraftInit } from "../muc/wire/draft.js";

/** What a {@link HandlerContext} shows; made only when it is asked for. */
export interface HandlerContextSource {
  readonly signal: AbortSignal;
  readonly log: Logger;
  say(draft: DraftInit): Promise<void>;
}

/** What belongs to one call of a handler: its last, optional parameter. */
export class HandlerContext {
  readonly #source: HandlerContextSource;

  constructor(source: HandlerContextSource) {
    this.#source = source;
  }

  /** Aborted when the handler has taken too long, and when the bot stops. */
  get signal(): AbortSignal {
    return this.#source.signal;
  }

  /** Names the handler and the room in each line. */
  get log(): Logger {
    return this.#source.log;
  }

  /** Says something where the event came from. Resolves when it was handed to the stream. */
  say(draft: DraftInit): Promise<void> {
    return this.#source.say(draft);
  }
}
