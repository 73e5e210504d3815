import type { AnyRoomEvent } from "../muc/events/event-map.js";
import type { RoomEntered } from "../muc/events/lifecycle.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { OccupantJoined } from "../muc/events/occupants.js";
import type { CommandHandler, CompiledBot, HandlerRef, MessageHandler } from "./compile.js";
import { invoke, type InvokeContext } from "./invoke.js";
import type { ReplyTarget } from "./reply.js";
import { parseArgs } from "./template.js";

/** A compiled bot with the instance that it calls. */
export interface RunningBot extends CompiledBot {
  readonly instance: object;
}

/** The events that reach handlers so far. */
export type RoutedEvent = MessageReceived | OccupantJoined | RoomEntered;

/** One call that an event leads to. */
type Call = () => Promise<void> | undefined;

/** A command in a message: who handles it, and what follows its name. */
interface FoundCommand {
  readonly bot: RunningBot;
  readonly handler: CommandHandler;
  readonly rest: string;
}

/** Finds out who handles an event of a room, when its turn comes, and calls them one after another. */
export class Router {
  readonly #bots: readonly RunningBot[];
  readonly #context: InvokeContext;

  constructor(bots: readonly RunningBot[], context: InvokeContext) {
    this.#bots = bots;
    this.#context = context;
  }

  /** Whether anybody could handle the event: what nobody can need not wait for its turn. */
  wants(event: RoutedEvent): boolean {
    if (event.type === "message") return isNews(event);
    return this.#bots.some((bot) => bot.events[event.type].length > 0);
  }

  /** Routes an event. The promise never rejects; undefined when all was done at once. */
  route(event: RoutedEvent): Promise<void> | undefined {
    if (event.type === "message") return this.#message(event);
    const calls: Call[] = [];
    for (const bot of this.#bots)
      for (const handler of bot.events[event.type])
        if (event.type === "enter" || !event.initial || handler.initial)
          calls.push(() => this.#call(bot, handler, [event], event, this.#roomTarget(event)));
    return inOrder(calls);
  }

  /** Beside a message, an event has no way of its own to answer. */
  #roomTarget({ room }: OccupantJoined | RoomEntered): ReplyTarget {
    return {
      say: (draft) => {
        const sent = room.sendMessage(draft);
        sent.catch((error: unknown) =>
          this.#context.logger.warn({ room: room.jid, error }, "An answer could not be sent"),
        );
        return sent;
      },
    };
  }

  #call(
    bot: RunningBot,
    handler: HandlerRef,
    args: readonly unknown[],
    event: AnyRoomEvent,
    target: ReplyTarget,
  ): Promise<void> | undefined {
    return invoke(bot.instance, handler, args, event, target, this.#context);
  }

  #message(message: MessageReceived): Promise<void> | undefined {
    const { body } = message;
    const found = this.#findCommand(message, body);
    if (found === "unknown") return undefined;
    if (found !== null) return this.#command(message, found);
    const calls: Call[] = [];
    for (const bot of this.#bots)
      for (const handler of bot.messages) this.#match(bot, handler, message, body, calls);
    return inOrder(calls);
  }

  #match(
    bot: RunningBot,
    handler: MessageHandler,
    message: MessageReceived,
    body: string,
    calls: Call[],
  ): void {
    if (message.source === "missed" && !handler.missed) return;
    if (handler.text !== null && !body.toLowerCase().includes(handler.text)) return;
    if (handler.pattern === null) {
      if (handler.test === null) calls.push(() => this.#call(bot, handler, [message], message, message));
      else calls.push(() => this.#tested(bot, handler, message));
      return;
    }
    handler.pattern.lastIndex = 0;
    const match = handler.pattern.exec(body);
    if (match !== null) calls.push(() => this.#call(bot, handler, [message, match], message, message));
  }

  /** The author's own test may throw like any handler. */
  #tested(bot: RunningBot, handler: MessageHandler, message: MessageReceived): Promise<void> | undefined {
    let passed = false;
    const test: HandlerRef = { method: "test", name: `${handler.name} (its filter)` };
    const guarded = {
      test: () => {
        passed = handler.test?.(message) === true;
      },
    };
    const failed = invoke(guarded, test, [], message, message, this.#context);
    return passed ? this.#call(bot, handler, [message], message, message) : failed;
  }

  #command(message: MessageReceived, { bot, handler, rest }: FoundCommand): Promise<void> | undefined {
    if (message.source === "missed" && !handler.missed) return undefined;
    const parsed = parseArgs(handler.template, rest);
    if (parsed.ok) return this.#call(bot, handler, [message, parsed.args], message, message);
    const usage = `${bot.prefix ?? `${message.room.nick}: `}${handler.template.usage}`;
    const text = `${parsed.problem}. Usage: ${usage}`;
    // what cannot be sent is in the log already
    return message.say(text).catch(() => {});
  }

  /** `unknown` for a line that is a command by its prefix, and nobody's. */
  #findCommand(message: MessageReceived, body: string): FoundCommand | "unknown" | null {
    let unknown = false;
    const addressed = withoutMention(body, message.room.nick);
    for (const bot of this.#bots) {
      const prefixed = bot.prefix !== null && body.startsWith(bot.prefix);
      const line = prefixed ? body.slice(bot.prefix?.length) : addressed;
      if (line === null || bot.commands.size === 0) continue;
      const found = findHandler(bot, line);
      if (found !== null) return found;
      unknown ||= prefixed && /^\p{L}/u.test(line);
    }
    return unknown ? "unknown" : null;
  }
}

/** Live or missed, and no correction of something that was said before. */
function isNews(message: MessageReceived): boolean {
  return (message.source === "live" || message.source === "missed") && message.replaces === null;
}

/** What follows `nick:` or `nick,`, in whatever case the nick is, null where the line does not begin so. */
function withoutMention(body: string, nick: string): string | null {
  if (body.slice(0, nick.length).toLowerCase() !== nick.toLowerCase()) return null;
  const after = body.charAt(nick.length);
  return after === ":" || after === "," ? body.slice(nick.length + 1).trimStart() : null;
}

function findHandler(bot: RunningBot, line: string): FoundCommand | null {
  const [, word = "", tail = ""] = /^(\S+)([^]*)$/.exec(line) ?? [];
  for (const handler of bot.commands.get(word.toLowerCase()) ?? []) {
    let rest = tail;
    const fits = handler.template.path.slice(1).every((fixed) => {
      const [, next = "", after = ""] = /^\s+(\S+)([^]*)$/.exec(rest) ?? [];
      rest = after;
      return next.toLowerCase() === fixed;
    });
    if (fits) return { bot, handler, rest };
  }
  return null;
}

/** One call after another; undefined when none of them had to be awaited. */
function inOrder(calls: readonly Call[]): Promise<void> | undefined {
  let pending: Promise<void> | undefined;
  for (const call of calls) pending = pending === undefined ? call() : pending.then(call);
  return pending;
}
