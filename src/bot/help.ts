import type { MessageReceived } from "../muc/events/messages.js";
import type { CommandHandler } from "./compiled.js";
import type { ExampleSpec } from "./metadata.js";
import type { RunningBot } from "./router.js";
import { quotable, textFor } from "./texts.js";

/** Whether whoever said this may run a command: what they may not is not told of. */
export type MayRun = (handler: CommandHandler, message: MessageReceived) => boolean;

/** A command, and the bot that it belongs to. */
export interface KnownCommand {
  readonly bot: RunningBot;
  readonly handler: CommandHandler;
}

/** What a command is called with, the way that suits its bot: `!roll`, `keeper: roll`. */
export function callOf(bot: Pick<RunningBot, "prefix">, command: string, nick: string): string {
  return `${bot.prefix ?? `${nick}: `}${command}`;
}

/** The commands of some bots that whoever said this may run. */
export function commandsFor(
  bots: readonly RunningBot[],
  message: MessageReceived,
  mayRun: MayRun,
): readonly KnownCommand[] {
  return bots.flatMap((bot) =>
    bot.commandList.filter((handler) => mayRun(handler, message)).map((handler) => ({ bot, handler })),
  );
}

function line({ bot, handler }: KnownCommand, nick: string): string {
  const usage = callOf(bot, handler.template.usage, nick);
  const { description } = handler.about;
  return description === null ? usage : textFor(bot.texts, "helpLine", { usage, description });
}

/** What is answered; null where only a pattern says so: that is for tests, and nothing for people. */
function expectedText({ expected }: ExampleSpec): string | null {
  const lines: readonly unknown[] = Array.isArray(expected) ? expected : [expected];
  return lines.every((each) => typeof each === "string") ? lines.join(" ") : null;
}

/** An input as it can be said. */
export function exampleInput(bot: Pick<RunningBot, "prefix">, input: string, nick: string): string {
  const addressed =
    (bot.prefix !== null && input.startsWith(bot.prefix)) ||
    input.toLowerCase().startsWith(`${nick.toLowerCase()}:`);
  return addressed ? input : callOf(bot, input, nick);
}

/** All about one command. */
function details(command: KnownCommand, nick: string): readonly string[] {
  const { bot, handler } = command;
  const { aliases, examples } = handler.about;
  const names = aliases.map((alias) =>
    callOf(bot, [alias, ...handler.template.path.slice(1)].join(" "), nick),
  );
  return [
    line(command, nick),
    ...(names.length === 0 ? [] : [textFor(bot.texts, "helpAliases", { aliases: names.join(", ") })]),
    ...examples.map((example) => {
      const input = exampleInput(bot, example.input, nick);
      const expected = expectedText(example);
      return expected === null ? input : textFor(bot.texts, "helpExample", { input, expected });
    }),
  ];
}

/** The name under which somebody asks for a command: without what it is called with. */
function askedName({ prefix }: RunningBot, asked: string): string {
  const bare = prefix !== null && asked.startsWith(prefix) ? asked.slice(prefix.length) : asked;
  return bare.toLowerCase().split(/\s+/).join(" ");
}

/** Whether a name asks for a command: for it, for those that begin with it, and for those of which it is another name. */
export function isMeant({ bot, handler }: KnownCommand, asked: string): boolean {
  const name = askedName(bot, asked);
  const [, ...rest] = handler.template.path;
  const names = [
    handler.template.path,
    ...handler.about.aliases.map((alias) => [alias.toLowerCase(), ...rest]),
  ];
  return names.some((path) => `${path.join(" ")} `.startsWith(`${name} `));
}

/** What `help` answers; `asked` is what follows it. */
export function helpText(
  bots: readonly RunningBot[],
  message: MessageReceived,
  asked: string,
  mayRun: MayRun,
): string {
  const { nick } = message.room;
  const known = commandsFor(bots, message, mayRun);
  const [first] = bots;
  if (first === undefined) return "";
  const { texts } = first;
  const word = asked.trim();
  if (word === "") {
    if (known.length === 0) return textFor(texts, "helpEmpty");
    return textFor(texts, "help", { commands: known.map((each) => line(each, nick)).join("\n") });
  }
  const meant = known.filter((each) => isMeant(each, word));
  if (meant.length === 0) return textFor(texts, "helpUnknown", { word: quotable(word) });
  return meant.flatMap((each) => details(each, nick)).join("\n");
}
