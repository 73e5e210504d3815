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
  /** Its failure reaches the log, whether or not anybody awaits it. */
  say(draft: DraftInit): Promise<void>;
  /** Nobody is there who could be told that something went wrong. */
  readonly quiet?: boolean;
  /** What is returned is left alone, unless it is text. */
  readonly deaf?: boolean;
}

/** An answer could not be sent, which is no fault of the handler's. */
export class UnsentError extends Error {}

async function sendOne(answer: string | Reply, target: ReplyTarget): Promise<void> {
  try {
    if (typeof answer !== "string") await answer.message.reply(answer.draft);
    else if (answer !== "") await target.say(answer);
  } catch (error) {
    throw new UnsentError("An answer could not be sent", { cause: error });
  }
}

function isAsyncIterable(value: object): value is AsyncIterable<string | Reply> {
  return Symbol.asyncIterator in value;
}

/** What a value is, for people. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object (${name})` : "an object";
}

/** A handler that decides may give what its decision resolves with; text it would take for said. */
function refuseText(result: unknown): void {
  const isObject = typeof result === "object" && result !== null;
  if (
    typeof result === "string" ||
    Reply.is(result) ||
    Array.isArray(result) ||
    (isObject && isAsyncIterable(result))
  )
    throw new TypeError(
      "A handler returned text where there is nobody to say it to: return nothing, or what it decides",
    );
}

const never = (): boolean => false;

/**
 * Sends what a handler returned, in order, until it is `over`. Rejects with `TypeError` for what it cannot mean, with
 * {@link UnsentError} where it was not to be sent.
 */
export async function sendAnswer(
  result: unknown,
  target: ReplyTarget,
  over: () => boolean = never,
): Promise<void> {
  if (result === undefined || result === null || result === false || over()) return;
  if (target.deaf === true) return refuseText(result);
  if (typeof result === "string" || Reply.is(result)) return sendOne(result, target);
  if (Array.isArray(result)) {
    for (const line of result as readonly unknown[]) await sendAnswer(line, target, over);
    return;
  }
  if (typeof result === "object" && isAsyncIterable(result)) {
    for await (const line of result) {
      if (over()) return;
      await sendAnswer(line, target, over);
    }
    return;
  }
  throw new TypeError(
    `A handler returned ${kindOf(result)}: return text, a list of texts, a Reply, or nothing`,
  );
}
