import { types } from "node:util";

import { messageOf } from "../base/errors.js";
import type { AuthoringMistake } from "./errors.js";
import {
  botSettings,
  examplesOf,
  handlersOf,
  mistakesOf,
  type AnswerGoes,
  type Class,
  type CommandSpec,
  type EventSpec,
  type ExampleSpec,
  type HandlerOptions,
  type HandlerRecord,
} from "./metadata.js";
import { GuardTable, type Guards, type MiddlewareSlot } from "./guards/compile-guards.js";
import { botOptionMistakes, commandOptionMistakes, handlerOptionMistakes } from "./option-keys.js";
import type { ScheduleSpec } from "./schedule.js";
import { problemsOf, type PolicyKind } from "./policies/policy.js";
import { parseTemplate, type Template } from "./template.js";
import { textProblems, textsOf, type BotTexts } from "./texts.js";

/** A method to call, with the names that logs and errors give it. */
export interface HandlerRef {
  readonly method: string | symbol;
  /** `Keeper.roll`. */
  readonly name: string;
  /** What its bot says by itself; default: what bots say. */
  readonly texts?: BotTexts;
  /** What stands before it; undefined for nothing. */
  readonly guards?: Guards | undefined;
  /** Whether who is refused is told. */
  readonly tellsRefusals?: boolean;
}

/** A compiled handler of an event: which of those of its type it takes, and where what it returns goes. */
export interface EventHandler extends HandlerRef {
  readonly options: HandlerOptions;
  readonly answer: AnswerGoes;
  /** What decides before the method is told, null for nothing. */
  readonly policy: unknown;
  /** When it is called, for what is called by the clock; else null. */
  readonly schedule: ScheduleSpec | null;
  /** Only what names us. */
  readonly mention: boolean;
  /** Lower case, for a text that has to be contained. */
  readonly text: string | null;
  /** A copy of the author's; what it remembers of one message is not to count for the next. */
  readonly pattern: RegExp | null;
  readonly test: ((message: never) => boolean) | null;
}

/** A compiled `@Command`. */
export interface CommandHandler extends HandlerRef {
  readonly options: HandlerOptions;
  readonly template: Template;
  /** What is told of it, the same under each of its names. */
  readonly about: CommandAbout;
}

/** What is told of a command. */
export interface CommandAbout {
  readonly aliases: readonly string[];
  readonly description: string | null;
  readonly examples: readonly ExampleSpec[];
}

/** What a bot class handles. Compiled once, when the application starts. */
export interface CompiledBot {
  readonly type: Class;
  readonly prefix: string | null;
  /** By the first word of the command and of its aliases; the longest path first. */
  readonly commands: ReadonlyMap<string, readonly CommandHandler[]>;
  /** Each command once, by its own name, as they are declared. */
  readonly commandList: readonly CommandHandler[];
  /** Whether we answer `help` for it. */
  readonly help: boolean;
  /** Whether we answer `whoami` and `why` for it. */
  readonly explains: boolean;
  readonly texts: BotTexts;
  /** The middlewares that have to be made before anything is handled. */
  readonly middlewares: readonly MiddlewareSlot[];
  /** `@OnMessage` and `@OnMention`, as they are declared. */
  readonly messages: readonly EventHandler[];
  /** All others, by the type of the event. */
  readonly events: ReadonlyMap<string, readonly EventHandler[]>;
}

const { isRegExp } = types;

function eventHandler(ref: HandlerRef, spec: EventSpec): EventHandler {
  const { filter, mention, answer, options, policy = null, schedule = null } = spec;
  return {
    ...ref,
    schedule,
    policy,
    options,
    answer,
    mention,
    text: typeof filter === "string" ? filter.toLowerCase() : null,
    pattern: isRegExp(filter) ? new RegExp(filter.source, filter.flags.replace("g", "")) : null,
    test: typeof filter === "function" ? filter : null,
  };
}

/** Commands by their first word, and what is wrong with them. */
class CommandTable {
  readonly byWord = new Map<string, CommandHandler[]>();
  readonly list: CommandHandler[] = [];
  readonly mistakes: AuthoringMistake[] = [];
  readonly #paths = new Map<string, string>();
  readonly #prefix: string | null;

  constructor(prefix: string | null) {
    this.#prefix = prefix;
  }

  add(ref: HandlerRef, spec: CommandSpec, examples: readonly ExampleSpec[]): void {
    const { template: text, aliases, description, options } = spec;
    let template: Template;
    try {
      template = parseTemplate(text);
    } catch (error) {
      const problem = `the template ${JSON.stringify(text)} cannot be read: ${messageOf(error)}`;
      const fix = 'Write it as a usage line: "roll <sides:int> [times:int=1]"';
      this.mistakes.push({ where: ref.name, problem, fix });
      return;
    }
    const handler = { ...ref, options, template, about: { aliases, description, examples } };
    const [first = "", ...rest] = template.path;
    if (this.#register(handler, [first, ...rest])) this.list.push(handler);
    for (const alias of aliases) this.#alias(handler, String(alias).toLowerCase(), first, rest);
  }

  #alias(handler: CommandHandler, alias: string, first: string, rest: readonly string[]): void {
    const where = handler.name;
    if (/\s/.test(alias) || alias === "") {
      const problem = `"${alias}" cannot be the name of a command: nobody could say it`;
      this.mistakes.push({ where, problem, fix: "Give the alias one word" });
    } else if (this.#prefix !== null && this.#prefix !== "" && alias.startsWith(this.#prefix)) {
      const problem = `the alias "${alias}" begins with the prefix: people would have to say that twice`;
      this.mistakes.push({ where, problem, fix: "Leave the prefix out" });
    } else if (alias === first) {
      const problem = `the alias "${alias}" is what the command is called anyway`;
      this.mistakes.push({ where, problem, fix: "Leave the alias out" });
    } else this.#register(handler, [alias, ...rest]);
  }

  #register(handler: CommandHandler, path: readonly string[]): boolean {
    const [word = ""] = path;
    const name = path.join(" ");
    const other = this.#paths.get(name);
    if (other !== undefined) {
      const problem = `the command "${name}" is that of ${other} already`;
      this.mistakes.push({ where: handler.name, problem, fix: "Give one of them another name" });
      return false;
    }
    this.#paths.set(name, handler.name);
    const handlers = this.byWord.get(word) ?? [];
    handlers.push({ ...handler, template: { ...handler.template, path } });
    handlers.sort((a, b) => b.template.path.length - a.template.path.length);
    this.byWord.set(word, handlers);
    return true;
  }
}

/** An example says something of a command, and of nothing else. */
function exampleMistakes(
  type: Class,
  examples: ReadonlyMap<string | symbol, readonly ExampleSpec[]>,
): readonly AuthoringMistake[] {
  const commands = new Set(
    handlersOf(type)
      .filter(({ spec }) => spec.kind === "command")
      .map(({ method }) => method),
  );
  return [...examples.keys()]
    .filter((method) => !commands.has(method))
    .map((method) => ({
      where: `${type.name}.${String(method)}`,
      problem: "@Example is on a method that is no command",
      fix: "Put @Command(…) on it, or take the example away",
    }));
}

const POLICY_FIX: Readonly<Record<PolicyKind, string>> = {
  invitations: "Write a policy with what it takes, such as acceptFrom({ domains: […] }), or as a function",
  "requests for voice":
    "Write a policy with what it takes, such as approveMembers() or cooldown({ windowMs: 600_000 }), or as a function",
};

/** What is wrong with a policy that stands where one of this kind has to. */
export function policyMistakes(
  where: string,
  policy: unknown,
  kind: PolicyKind,
): readonly AuthoringMistake[] {
  return problemsOf(policy, kind).map((problem) => ({ where, problem, fix: POLICY_FIX[kind] }));
}

/** What a bot class handles, and every mistake that was found in it. */
export function compileBot(
  type: Class,
  prefix: string | null,
): { readonly bot: CompiledBot; readonly mistakes: readonly AuthoringMistake[] } {
  const commands = new CommandTable(prefix);
  const examples = examplesOf(type);
  const mistakes = [...mistakesOf(type), ...exampleMistakes(type, examples)];
  const settings = botSettings(type);
  if (settings !== null) mistakes.push(...botOptionMistakes(type.name, settings));
  const { help = true, explains = false, texts: ownTexts, use, refusals } = settings ?? {};
  for (const problem of textProblems(ownTexts))
    mistakes.push({
      where: type.name,
      problem,
      fix: "Name texts of BotTexts, each with a text or a function",
    });
  const texts = textsOf(ownTexts);
  if (prefix === "")
    mistakes.push({
      where: type.name,
      problem: "its prefix is empty: every line would be a command",
      fix: "Write prefix: null for commands by mention only",
    });
  if (refusals !== undefined && refusals !== "silent")
    mistakes.push({
      where: type.name,
      problem: "its refusals are neither silent nor left out",
      fix: 'Write refusals: "silent"',
    });
  const guards = new GuardTable(type, use, new Set(handlersOf(type).map(({ method }) => method)));
  mistakes.push(...guards.mistakes);
  const messages: EventHandler[] = [];
  const events = new Map<string, EventHandler[]>();
  const add = ({ method, spec }: HandlerRecord): void => {
    const tellsRefusals = spec.kind === "command" && refusals !== "silent";
    const name = `${type.name}.${String(method)}`;
    const ref = { method, name, texts, guards: guards.of(method), tellsRefusals };
    if (spec.kind !== "command" && spec.policy !== undefined)
      mistakes.push(
        ...policyMistakes(
          name,
          spec.policy,
          spec.event === "roleRequest" ? "requests for voice" : "invitations",
        ),
      );
    const misnamed = spec.kind === "command" ? commandOptionMistakes : handlerOptionMistakes;
    mistakes.push(...misnamed(name, spec.options));
    if (spec.kind === "command") commands.add(ref, spec, examples.get(method) ?? []);
    else if (spec.kind === "message") messages.push(eventHandler(ref, spec));
    else events.set(spec.event, [...(events.get(spec.event) ?? []), eventHandler(ref, spec)]);
  };
  for (const handler of handlersOf(type)) add(handler);
  return {
    bot: {
      type,
      prefix,
      texts,
      help,
      explains,
      middlewares: guards.slots,
      commands: commands.byWord,
      commandList: commands.list,
      messages,
      events,
    },
    mistakes: [...mistakes, ...commands.mistakes],
  };
}
