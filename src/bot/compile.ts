import { types } from "node:util";

import { messageOf } from "../base/errors.js";
import type { AuthoringMistake } from "./errors.js";
import {
  handlersOf,
  mistakesOf,
  type Class,
  type HandlerRecord,
  type HandlerSpec,
  type MessageFilter,
} from "./metadata.js";
import { parseTemplate, type Template } from "./template.js";

/** A method to call, with the names that logs and errors give it. */
export interface HandlerRef {
  readonly method: string | symbol;
  /** `Keeper.roll`. */
  readonly name: string;
}

/** A compiled `@OnMessage`. */
export interface MessageHandler extends HandlerRef {
  readonly missed: boolean;
  /** Lower case, for a text that has to be contained. */
  readonly text: string | null;
  /** A copy of the author's; what it remembers of one message is not to count for the next. */
  readonly pattern: RegExp | null;
  readonly test: Extract<MessageFilter, (...args: never[]) => boolean> | null;
}

/** A compiled `@Command`. */
export interface CommandHandler extends HandlerRef {
  readonly missed: boolean;
  readonly template: Template;
}

/** A compiled `@OnJoin` or `@OnEnter`. */
export interface EventHandler extends HandlerRef {
  readonly initial: boolean;
}

/** What a bot class handles. Compiled once, when the application starts. */
export interface CompiledBot {
  readonly type: Class;
  readonly prefix: string | null;
  /** By the first word of the command and of its aliases; the longest path first. */
  readonly commands: ReadonlyMap<string, readonly CommandHandler[]>;
  readonly messages: readonly MessageHandler[];
  readonly events: Readonly<Record<"join" | "enter", readonly EventHandler[]>>;
}

const { isRegExp } = types;

function messageHandler(
  ref: HandlerRef,
  { filter, missed }: Extract<HandlerSpec, { kind: "message" }>,
): MessageHandler {
  return {
    ...ref,
    missed,
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

  add(ref: HandlerRef, spec: Extract<HandlerSpec, { kind: "command" }>): void {
    const { template: text, aliases, missed } = spec;
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
      this.#register({ ...ref, missed }, template, [(word ?? "").toLowerCase(), ...rest]);
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
  const messages: MessageHandler[] = [];
  const events: Record<"join" | "enter", EventHandler[]> = { join: [], enter: [] };
  const add = ({ method, spec }: HandlerRecord): void => {
    const ref = { method, name: `${type.name}.${String(method)}` };
    if (spec.kind === "command") commands.add(ref, spec);
    else if (spec.kind === "message") messages.push(messageHandler(ref, spec));
    else events[spec.event].push({ ...ref, initial: spec.initial });
  };
  for (const handler of handlersOf(type)) add(handler);
  return {
    bot: { type, prefix, commands: commands.byWord, messages, events },
    mistakes: [...mistakes, ...commands.mistakes],
  };
}
