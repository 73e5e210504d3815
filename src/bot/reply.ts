import type { Draft, DraftInit } from "../muc/wire/draft.js";
import type { MessageReceived } from "../muc/events/messages.js";
import { draftOf } from "../muc/wire/draft.js";

/** A reply with a reference to what it answers (XEP-0461), to be returned by a handler. */
export class Reply {
  readonly message: MessageReceived;
  readonly #draft: Draft;

  constructor(message: MessageReceived, draft: DraftInit) {
    this.message = message;
    this.#draft = draftOf(draft);
  }

  /** What is said. */
  get draft(): Draft {
    return this.#draft;
  }

  /** Whether a value is a reply: one that only looks like one is not. */
  static is(value: unknown): value is Reply {
    return typeof value === "object" && value !== null && #draft in value;
  }
}

/** What a handler may return at once: nothing, a line, lines, or a {@link Reply}. */
export type HandlerAnswer = void | null | undefined | false | string | readonly string[] | Reply;

/** What a handler may return. */
export type HandlerResult =
  | HandlerAnswer
  | AsyncIterable<string | Reply>
  | Promise<HandlerAnswer | AsyncIterable<string | Reply>>;

/** Where what a handler returns goes. */
export interface ReplyTarget {
  say(draft: DraftInit): Promise<void>;
}

async function sendOne(answer: string | Reply, target: ReplyTarget): Promise<void> {
  if (typeof answer !== "string") await answer.message.reply(answer.draft);
  else if (answer !== "") await target.say(answer);
}

function isAsyncIterable(value: object): value is AsyncIterable<string | Reply> {
  return Symbol.asyncIterator in value;
}

/** Sends what a handler returned, in order. Throws `TypeError` for what it cannot mean. */
export async function sendAnswer(result: unknown, target: ReplyTarget): Promise<void> {
  if (result === undefined || result === null || result === false) return;
  if (typeof result === "string" || Reply.is(result)) return sendOne(result, target);
  if (Array.isArray(result)) {
    for (const line of result as readonly unknown[]) await sendAnswer(line, target);
    return;
  }
  if (typeof result === "object" && isAsyncIterable(result)) {
    for await (const line of result) await sendAnswer(line, target);
    return;
  }
  throw new TypeError(
    `A handler returned a ${typeof result}: return text, a list of texts, a Reply, or nothing`,
  );
}
