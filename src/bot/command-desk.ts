import type { DirectMessageReceived } from "../muc/events/direct-message.js";
import type { MessageReceived } from "../muc/events/messages.js";
import type { PrivateMessageReceived } from "../muc/events/private-message.js";
import { asksWhy, whoamiText, whyText } from "./explain.js";
import { rememberOrigin } from "./ask/whom.js";
import { isBotMarked } from "./bot-mark.js";
import { namesOccupants, parseArgs, readAgain, type ParsedArgs } from "./command-line.js";
import type { CommandHandler } from "./compiled.js";
import { carryStanding } from "./guards/standing.js";
import { callOf, commandsFor, helpText, type MayRun } from "./help.js";
import type { RunningBot } from "./router.js";
import { similarTo } from "./similar.js";
import { problemText, quotable, textFor } from "./texts.js";

/** What somebody can say a command with: in a room, to us alone there, or outside of any room. */
export type CommandEvent = MessageReceived | PrivateMessageReceived | DirectMessageReceived;

/** What a line asks for. */
export type FoundCommand =
  | {
      readonly kind: "command";
      readonly bot: RunningBot;
      readonly handler: CommandHandler;
      readonly rest: string;
    }
  | { readonly kind: "help"; readonly bots: readonly RunningBot[]; readonly rest: string }
  | { readonly kind: "whoami"; readonly bots: readonly RunningBot[]; readonly rest: string }
  | { readonly kind: "why"; readonly bots: readonly RunningBot[]; readonly rest: string }
  | { readonly kind: "unknown"; readonly bots: readonly RunningBot[]; readonly line: string };

/** What is done about what was found. */
export interface CommandDeskOptions {
  readonly mayRun: MayRun;
  /** Calls a command. */
  readonly call: (
    bot: RunningBot,
    handler: CommandHandler,
    message: MessageReceived,
    args: Record<string, unknown>,
  ) => Promise<void> | undefined;
  /** Tells those who handle commands that nobody has; false where nobody does. */
  readonly unhandled: (
    bots: readonly RunningBot[],
    message: MessageReceived,
  ) => Promise<void> | undefined | false;
}

/** Finds the command in a line, and sees to it. */
export class CommandDesk {
  #bots: readonly RunningBot[];
  readonly #options: CommandDeskOptions;
  readonly #namesOccupants: boolean;
  /** What commands that wait for their turn said when they were received. */
  readonly #read = new WeakMap<CommandEvent, { readonly of: CommandHandler; readonly parsed: ParsedArgs }>();

  constructor(bots: readonly RunningBot[], options: CommandDeskOptions) {
    this.#bots = bots.filter(
      (bot) => bot.commands.size > 0 || bot.explains || bot.events.has("unhandledCommand"),
    );
    this.#options = options;
    this.#namesOccupants = bots.some((bot) =>
      bot.commandList.some(({ template }) => namesOccupants(template)),
    );
  }

  /** Forgets the commands of a bot. */
  drop(bot: RunningBot): void {
    this.#bots = this.#bots.filter((each) => each !== bot);
  }

  /** Whether no line can be a command. */
  get empty(): boolean {
    return this.#bots.length === 0;
  }

  /** What a message asks for; null where that is no command. */
  find(event: CommandEvent): FoundCommand | null {
    const found = this.#find(event.body, event);
    // Bots do not give commands: two that answer each other would never end.
    return found === null || isBotMarked(event.stanza) || isOfServer(event) ? null : found;
  }

  /** Told of what has to wait for its turn: whom a command names is who has that nick now, not who has it then. */
  waits(event: CommandEvent): void {
    if (!this.#namesOccupants || event.type === "directMessage") return;
    const found = this.find(event);
    if (found?.kind !== "command" || !namesOccupants(found.handler.template)) return;
    const parsed = parseArgs(found.handler.template, found.rest, event.room);
    this.#read.set(event, { of: found.handler, parsed });
  }

  #argsOf(handler: CommandHandler, rest: string, message: MessageReceived, event: CommandEvent): ParsedArgs {
    const { template } = handler;
    const read = this.#read.get(event);
    return read?.of === handler
      ? readAgain(template, read.parsed, message.room)
      : parseArgs(template, rest, message.room);
  }

  /** Sees to what was found in a message; undefined when all was done at once. */
  handle(found: FoundCommand, event: CommandEvent): Promise<void> | undefined {
    const message = event.type === "message" ? event : event.asMessage();
    if (message !== event) {
      carryStanding(event, message);
      rememberOrigin(message, event);
    }
    const missed = message.source === "missed";
    if (found.kind === "command") {
      const { options } = found.handler;
      if (missed && options.missed !== true) return undefined;
      if (message.replaces !== null && options.corrections !== true) return undefined;
      const parsed = this.#argsOf(found.handler, found.rest, message, event);
      return this.#command(found.bot, found.handler, parsed, message);
    }
    if (message.replaces !== null) return undefined;
    if (found.kind === "unknown") {
      const work = this.#options.unhandled(found.bots, message);
      if (work !== false) return work;
    }
    if (missed) return undefined;
    return this.#say(message, this.#ownAnswer(found, message));
  }

  #ownAnswer(found: Exclude<FoundCommand, { kind: "command" }>, message: MessageReceived): string {
    if (found.kind === "help") return this.#help(found, message);
    if (found.kind === "whoami") return whoamiText(found.bots, message);
    if (found.kind === "why") return whyText(found.bots, message, found.rest);
    return this.#meant(found, message);
  }

  #command(
    bot: RunningBot,
    handler: CommandHandler,
    parsed: ParsedArgs,
    message: MessageReceived,
  ): Promise<void> | undefined {
    if (parsed.ok) return this.#options.call(bot, handler, message, parsed.args);
    // who may not run it need not know how it is used: the refusal is for what stands before it to say
    if (!this.#options.mayRun(handler, message)) return this.#options.call(bot, handler, message, {});
    const usage = callOf(bot, handler.template.usage, message.room.nick);
    return this.#say(message, problemText(parsed.problem, usage, bot.texts));
  }

  #help(
    { bots, rest }: { readonly bots: readonly RunningBot[]; readonly rest: string },
    message: MessageReceived,
  ): string {
    return helpText(bots, message, rest, this.#options.mayRun);
  }

  /** A close name, where there is one. */
  #meant({ bots, line }: FoundCommand & { readonly kind: "unknown" }, message: MessageReceived): string {
    const calls = new Map<string, string>();
    for (const { bot, handler } of commandsFor(bots, message, this.#options.mayRun)) {
      const [first = "", ...rest] = handler.template.path;
      for (const name of [first, ...handler.about.aliases.map((alias) => alias.toLowerCase())]) {
        const path = [name, ...rest].join(" ");
        if (!calls.has(path)) calls.set(path, callOf(bot, path, message.room.nick));
      }
    }
    const similar = similarTo(line, [...calls.keys()]);
    const [bot] = bots;
    if (similar.length === 0 || bot === undefined) return "";
    return textFor(bot.texts, "didYouMean", {
      word: quotable(/^\S*/.exec(line)?.[0] ?? line),
      suggestions: similar.map((name) => calls.get(name) ?? name).join(", "),
    });
  }

  #say(message: MessageReceived, text: string): Promise<void> | undefined {
    // what cannot be sent is in the log already
    return text === "" ? undefined : message.say(text).catch(() => {});
  }

  #find(body: string, event: CommandEvent): FoundCommand | null {
    let addressed: string | null | undefined;
    let askedForHelp: RunningBot[] | null = null;
    let askedWhy: RunningBot[] | null = null;
    let unknown: RunningBot[] | null = null;
    let lineOf = "";
    for (const bot of this.#bots) {
      const prefixed = bot.prefix !== null && body.startsWith(bot.prefix);
      if (!prefixed && addressed === undefined) addressed = withoutMention(body, nickFor(event));
      const line = prefixed ? body.slice(bot.prefix?.length) : (addressed ?? null);
      if (line === null) continue;
      const found = findHandler(bot, line);
      if (found !== null) return { kind: "command", bot, ...found };
      if (bot.help && bot.commands.size > 0 && /^help(?:\s|$)/i.test(line)) (askedForHelp ??= []).push(bot);
      else if (bot.explains && asksWhy(line) !== null) (askedWhy ??= []).push(bot);
      else if (prefixed && /^\p{L}/u.test(line)) (unknown ??= []).push(bot);
      else continue;
      lineOf = line;
    }
    if (askedForHelp !== null) return { kind: "help", bots: askedForHelp, rest: lineOf.slice("help".length) };
    const why = asksWhy(lineOf);
    if (askedWhy !== null && why !== null)
      return { kind: why, bots: askedWhy, rest: lineOf.slice(why.length) };
    return unknown === null ? null : { kind: "unknown", bots: unknown, line: lineOf };
  }
}

/** A server may write to us, and is nobody who gives commands. */
function isOfServer(event: CommandEvent): boolean {
  return event.type === "directMessage" && event.from.local === null;
}

/** What we are called where something was said. */
function nickFor(event: CommandEvent): string {
  return event.type === "directMessage" ? event.ownName : event.room.nick;
}

/** What follows `nick:` or `nick,`, in whatever case the nick is, null where the line does not begin so. */
function withoutMention(body: string, nick: string): string | null {
  const after = body.charAt(nick.length);
  if (after !== ":" && after !== ",") return null;
  if (body.slice(0, nick.length).toLowerCase() !== nick.toLowerCase()) return null;
  return body.slice(nick.length + 1).trimStart();
}

function findHandler(
  bot: RunningBot,
  line: string,
): { readonly handler: CommandHandler; readonly rest: string } | null {
  const [, word = "", tail = ""] = /^(\S+)([^]*)$/.exec(line) ?? [];
  for (const handler of bot.commands.get(word.toLowerCase()) ?? []) {
    let rest = tail;
    const fits = handler.template.path.slice(1).every((fixed) => {
      const [, next = "", after = ""] = /^\s+(\S+)([^]*)$/.exec(rest) ?? [];
      rest = after;
      return next.toLowerCase() === fixed;
    });
    if (fits) return { handler, rest };
  }
  return null;
}
