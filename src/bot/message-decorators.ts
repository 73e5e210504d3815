import { types } from "node:util";

import type { DirectMessageReceived } from "../muc/events/direct-message.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { PrivateMessageReceived } from "../muc/events/private-message.js";
import type { HandlerContext } from "./handler-context.js";
import {
  forgotParentheses,
  isBare,
  nameOf,
  PLAIN,
  type EventDecorator,
  type EventMethod,
  type HandlerDecorator,
} from "./handler-decorator.js";
import { recordHandler, type EventSpec, type HandlerOptions, type MessageFilter } from "./metadata.js";
import type { HandlerResult } from "./reply.js";

/** How `@OnMessage` works beside its filter. */
export type OnMessageOptions = Pick<HandlerOptions, "corrections" | "missed" | "parallel">;

/** A decorator for what has a body, with a filter for it. */
interface FilterDecorator<M, Option extends keyof HandlerOptions> {
  (
    filter: RegExp,
    options?: Pick<HandlerOptions, Option>,
  ): HandlerDecorator<(message: M, match: RegExpExecArray, ctx: HandlerContext) => HandlerResult>;
  (
    filter?: string | ((message: M) => boolean) | Pick<HandlerOptions, Option>,
    options?: Pick<HandlerOptions, Option>,
  ): HandlerDecorator<EventMethod<M>>;
}

type Sort = Pick<EventSpec, "kind" | "event" | "answer">;

function onText<M, Option extends keyof HandlerOptions>(
  name: string,
  sort: Sort,
): FilterDecorator<M, Option> {
  function decorate(
    filter?: MessageFilter<M> | HandlerOptions,
    options: HandlerOptions = {},
  ): HandlerDecorator<(...args: never[]) => HandlerResult> {
    // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
    if (isBare(arguments)) return forgotParentheses(filter as object, nameOf(arguments), name);
    const plain = typeof filter === "object" && filter !== null && !types.isRegExp(filter);
    const spec: EventSpec = {
      ...PLAIN,
      ...sort,
      filter: plain ? null : ((filter as MessageFilter<never> | undefined) ?? null),
      options: plain ? (filter as HandlerOptions) : options,
    };
    return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, name);
  }
  return decorate as FilterDecorator<M, Option>;
}

/**
 * Handles what others say in the room, now: neither history nor what the bot says itself. A text has to be contained,
 * whatever its case; a RegExp has to match, and the match comes as second parameter; a function decides. What the
 * method returns is said in the room. With `corrections` it also gets what somebody makes of an earlier line of theirs.
 */
export const OnMessage: FilterDecorator<MessageReceived, "corrections" | "missed" | "parallel"> = onText(
  "OnMessage",
  {
    kind: "message",
    event: "message",
    answer: "room",
  },
);

/** Handles what an occupant says to the bot alone. Filters are those of `@OnMessage`. What the method returns goes to the sender. */
export const OnPrivateMessage: FilterDecorator<PrivateMessageReceived, "missed" | "parallel"> = onText(
  "OnPrivateMessage",
  { kind: "event", event: "privateMessage", answer: "sender" },
);

/** Handles what an account says to the bot, in no room. Filters are those of `@OnMessage`. What the method returns goes to the sender. */
export const OnDirectMessage: FilterDecorator<DirectMessageReceived, "parallel"> = onText("OnDirectMessage", {
  kind: "event",
  event: "directMessage",
  answer: "sender",
});

/** As `@OnMessage`, for what has the bot's nick in it as a word of its own. */
export const OnMention: EventDecorator<MessageReceived, "corrections" | "missed"> = function decorate(
  options = {},
) {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(arguments[0] as object, nameOf(arguments), "OnMention");
  const spec = { ...PLAIN, kind: "message", event: "message", mention: true, options } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnMention");
};

/** What a handler returns whose text would go nowhere. */
export type SilentResult = void | undefined | null | false | Promise<void | undefined | null | false>;

/**
 * Handles the history that a room tells on entering: lines of the past, by strangers, also those that were missed while
 * the bot was out (`source: "missed"`). The method returns no text.
 */
export const OnHistory: EventDecorator<MessageReceived, never, SilentResult> = function decorate(
  options = {},
) {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(arguments[0] as object, nameOf(arguments), "OnHistory");
  const spec = {
    ...PLAIN,
    event: "history",
    answer: "nowhere",
    options: { ...options, missed: true },
  } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnHistory");
};
