import { types } from "node:util";

import { messageOf } from "../base/errors.js";
import type { AuthoringMistake } from "./errors.js";
import {
  handlersOf,
  mistakesOf,
  type AnswerGoes,
  type Class,
  type CommandSpec,
  type EventSpec,
  type HandlerOptions,
  type HandlerRecord,
} from "./metadata.js";
import { problemsOf } from "./policies/policy.js";
import { parseTemplate, type Template } from "./template.js";

/** A method to call, with the names that logs and errors give it. */
export interface HandlerRef {
  readonly method: string | symbol;
  /** `Keeper.roll`. */
  readonly name: string;
}

/** A compiled handler of an event: which of those of its type it takes, and where what it returns goes. */
export interface EventHandler extends HandlerRef {
  readonly options: HandlerOptions;
  readonly answer: AnswerGoes;
  /** What decides before the method is told, null for nothing. */
  readonly policy: unknown;
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
}

/** What a bot class handles. Compiled once, when the application starts. */
export interface CompiledBot {
  readonly type: Class;
  readonly prefix: string | null;
  /** By the first word of the command and of its aliases; the longest path first. */
  readonly commands: ReadonlyMap<string, readonly CommandHandler[]>;
  /** `@OnMessage` and `@OnMention`, as they are declared. */
  readonly messages: readonly EventHandler[];
  /** All others, by the type of the event. */
  readonly events: ReadonlyMap<string, readonly EventHandler[]>;
}

const { isRegExp } = types;

function eventHandler(ref: HandlerRef, spec: EventSpec): EventHandler {
  const { filter, mention, answer, options, policy = null } = spec;
  return {
    ...ref,
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
  readonly mistakes: AuthoringMistake[] = [];
  readonly #paths = new Map<string, string>();

  add(ref: HandlerRef, spec: CommandSpec): void {
    const { template: text, aliases, options } = spec;
    let template: Template;
    try {
      template = parseTemplate(text);
    } catch (error) {
      const problem = `the template ${JSON.stringify(text)} cannot be read: ${messageOf(error)}`;
      this.mistakes.push({
        where: ref.name,
        problem,
        fix: 'Write it as a usage line: "roll <sides:int> [times:int=1]"',
      });
      return;
    }
    const [first, ...rest] = template.path;
    for (const word of [first, ...aliases])
      this.#register({ ...ref, options }, template, [(word ?? "").toLowerCase(), ...rest]);
  }

  #register(ref: Omit<CommandHandler, "template">, template: Template, path: readonly string[]): void {
    const [word = ""] = path;
    const name = path.join(" ");
    const other = this.#paths.get(name);
    if (other !== undefined || /\s/.test(word) || word === "") {
      const problem =
        other === undefined
          ? `"${name}" cannot be the name of a command`
          : `the command "${name}" is that of ${other} already`;
      this.mistakes.push({ where: ref.name, problem, fix: "Give it another name, of one word" });
      return;
    }
    this.#paths.set(name, ref.name);
    const handlers = this.byWord.get(word) ?? [];
    handlers.push({ ...ref, template: { ...template, path } });
    handlers.sort((a, b) => b.template.path.length - a.template.path.length);
    this.byWord.set(word, handlers);
  }
}

/** What is wrong with a policy that stands somewhere. */
export function policyMistakes(where: string, policy: unknown): readonly AuthoringMistake[] {
  const fix = "Write a policy as a call, such as acceptFrom({ domains: […] }), or as a function";
  return problemsOf(policy).map((problem) => ({ where, problem, fix }));
}

/** What a bot class handles, and every mistake that was found in it. */
export function compileBot(
  type: Class,
  prefix: string | null,
): { readonly bot: CompiledBot; readonly mistakes: readonly AuthoringMistake[] } {
  const commands = new CommandTable();
  const mistakes = [...mistakesOf(type)];
  if (prefix === "")
    mistakes.push({
      where: type.name,
      problem: "its prefix is empty: every line would be a command",
      fix: "Write prefix: null for commands by mention only",
    });
  const messages: EventHandler[] = [];
  const events = new Map<string, EventHandler[]>();
  const add = ({ method, spec }: HandlerRecord): void => {
    const ref = { method, name: `${type.name}.${String(method)}` };
    if (spec.kind !== "command" && spec.policy !== undefined)
      mistakes.push(...policyMistakes(ref.name, spec.policy));
    if (spec.kind === "command") commands.add(ref, spec);
    else if (spec.kind === "message") messages.push(eventHandler(ref, spec));
    else events.set(spec.event, [...(events.get(spec.event) ?? []), eventHandler(ref, spec)]);
  };
  for (const handler of handlersOf(type)) add(handler);
  return {
    bot: { type, prefix, commands: commands.byWord, messages, events },
    mistakes: [...mistakes, ...commands.mistakes],
  };
}
