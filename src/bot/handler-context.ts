import type { Logger } from "../base/logger.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { DraftInit } from "../muc/wire/draft.js";

import type { AnswersOptions } from "./ask/answers.js";
import type { AskOptions } from "./ask/whom.js";

/** What a {@link HandlerContext} shows; made only when it is asked for. */
export interface HandlerContextSource {
  readonly signal: AbortSignal;
  readonly log: Logger;
  say(draft: DraftInit): Promise<void>;
  ask(text: DraftInit, options: AskOptions): Promise<MessageReceived>;
  answers(options: AnswersOptions): AsyncIterableIterator<MessageReceived, undefined>;
}

/** What belongs to one call of a handler: its last, optional parameter. */
export class HandlerContext {
  readonly #source: HandlerContextSource;

  constructor(source: HandlerContextSource) {
    this.#source = source;
  }

  /** Aborted when the handler has taken too long, when the room is out for good, and when the bot stops. */
  get signal(): AbortSignal {
    return this.#source.signal;
  }

  /** Names the handler and the room in each line. */
  get log(): Logger {
    return this.#source.log;
  }

  /** Says something where the event came from; an empty text is nothing. Resolves when it was handed to the stream. */
  say(draft: DraftInit): Promise<void> {
    return this.#source.say(draft);
  }

  /**
   * Asks something where the event came from, and resolves with the answer: the next that the asked says there, which
   * reaches nobody else; an empty text waits for it without asking. Meanwhile the handler does not hold up its room, and its time does not run. The asked is known by
   * their `Occupant`, whatever they are called, and over stays by a real address or a trusted occupant-id. Rejects with
   * `RequestTimeoutError` when no answer came in time (a minute, unless `timeoutMs` says otherwise), with `NotJoinedError`
   * when none can come any more: the asked has left, the room is out, the bot stops; with `ReplyError` when whoever caused
   * the event answers, and has lost what the handler requires; with `ArgumentError` for what cannot be asked.
   */
  ask(text: DraftInit, options: AskOptions = {}): Promise<MessageReceived> {
    return this.#source.ask(text, options);
  }

  /**
   * Listens, and says nothing itself: `for await (const answer of ctx.answers({ from: "anyone" }))` is given what the asked
   * say where the event came from, one after the other and none left out, from the call until the loop is left, or the
   * time (a minute, unless `timeoutMs` says otherwise) is over, which ends the loop. It reaches nobody else. While the loop
   * waits the handler does not hold up its room, as with {@link ask}; while it looks at an answer it has its turn. Rejects
   * with `NotJoinedError` when nobody can answer any more, and with `ReplyError` as {@link ask} does. Throws `ArgumentError`
   * for whom it cannot listen to.
   */
  answers(options: AnswersOptions = {}): AsyncIterableIterator<MessageReceived, undefined> {
    return this.#source.answers(options);
  }
}
