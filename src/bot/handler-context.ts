import type { Logger } from "../base/logger.js";
import type { DraftInit } from "../muc/wire/draft.js";

/** What belongs to one call of a handler: its last, optional parameter. */
export class HandlerContext {
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal;
  readonly #say: (draft: DraftInit) => Promise<void>;
  readonly #makeLog: () => Logger;
  #log: Logger | null = null;

  constructor(fields: {
    readonly signal: AbortSignal;
    readonly log: () => Logger;
    readonly say: (draft: DraftInit) => Promise<void>;
  }) {
    this.signal = fields.signal;
    this.#makeLog = fields.log;
    this.#say = fields.say;
  }

  /** Names the handler and the room in each line. */
  get log(): Logger {
    this.#log ??= this.#makeLog();
    return this.#log;
  }

  /** Says something where the event came from. Resolves when it was handed to the stream. */
  say(draft: DraftInit): Promise<void> {
    return this.#say(draft);
  }
}
