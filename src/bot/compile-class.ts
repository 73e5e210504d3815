import { types } from "node:util";

import { messageOf } from "../base/errors.js";
import type { CommandHandler, EventHandler, HandlerRef } from "./compiled.js";
import type { AuthoringMistake } from "./errors.js";
import { GuardTable, type Guards } from "./guards/compile-guards.js";
import {
  examplesOf,
  handlersOf,
  mistakesOf,
  type Class,
  type CommandSpec,
  type EventSpec,
  type ExampleSpec,
  type HandlerRecord,
} from "./metadata.js";
import { commandOptionMistakes, cronOptionMistakes, handlerOptionMistakes } from "./option-keys.js";
import { policyMistakes } from "./policies/policy-mistakes.js";
import { parseTemplate, type Template } from "./template.js";
import type { BotTexts } from "./texts.js";

const { isRegExp } = types;

/** What a bot says for all of its classes. */
export interface ClassContext {
  readonly texts: BotTexts;
  /** What stands before the handlers of every class of the bot. */
  readonly outer: GuardTable | null;
  /** The middlewares of `@Bot({ use })`. */
  readonly use?: unknown;
  /** What is wrong with what `@Bot` was given, for the class that it stands on. */
  readonly mistakes?: readonly AuthoringMistake[];
  /** Whether who is refused a command is told. */
  readonly tellsRefusals: boolean;
}

/** Commands and events of one class, for one bot, and every mistake that was found in it. */
export class CompiledClass {
  readonly commands: CommandHandler[] = [];
  /** `@OnMessage` and `@OnMention`, as they are declared. */
  readonly messages: EventHandler[] = [];
  /** All others, as they are declared, with the type of the event. */
  readonly events: (readonly [type: string, handler: EventHandler])[] = [];
  readonly guards: GuardTable;
  readonly mistakes: AuthoringMistake[];
  readonly #type: Class;
  readonly #context: ClassContext;
  readonly #examples: ReadonlyMap<string | symbol, readonly ExampleSpec[]>;

  constructor(type: Class, context: ClassContext) {
    this.#type = type;
    this.#context = context;
    this.#examples = examplesOf(type);
    const handlers = handlersOf(type);
    this.mistakes = [
      ...mistakesOf(type),
      ...exampleMistakes(type, this.#examples),
      ...(context.mistakes ?? []),
    ];
    const methods = new Set(handlers.map(({ method }) => method));
    this.guards = new GuardTable(type, { use: context.use, handlers: methods, outer: context.outer });
    this.mistakes.push(...this.guards.mistakes);
    for (const handler of handlers) this.#add(handler);
  }

  #add({ method, spec }: HandlerRecord): void {
    const name = `${this.#type.name}.${String(method)}`;
    const tellsRefusals = spec.kind === "command" && this.#context.tellsRefusals;
    const guards: Guards | undefined = this.guards.of(method);
    const ref = { method, name, owner: this.#type, texts: this.#context.texts, guards, tellsRefusals };
    if (spec.kind === "command") return this.#command(ref, spec);
    const kind = spec.event === "roleRequest" ? "requests for voice" : "invitations";
    if (spec.policy !== undefined) this.mistakes.push(...policyMistakes(name, spec.policy, kind));
    const misnamed = spec.schedule === undefined ? handlerOptionMistakes : cronOptionMistakes;
    this.mistakes.push(...misnamed(name, spec.options));
    if (spec.kind === "message") this.messages.push(eventHandler(ref, spec));
    else this.events.push([spec.event, eventHandler(ref, spec)]);
  }

  #command(ref: HandlerRef & { readonly owner: Class }, spec: CommandSpec): void {
    const { template: text, aliases, description, options } = spec;
    this.mistakes.push(...commandOptionMistakes(ref.name, options));
    let template: Template;
    try {
      template = parseTemplate(text);
    } catch (error) {
      const problem = `the template ${JSON.stringify(text)} cannot be read: ${messageOf(error)}`;
      const fix = 'Write it as a usage line: "roll <sides:int> [times:int=1]"';
      this.mistakes.push({ where: ref.name, problem, fix });
      return;
    }
    const examples = this.#examples.get(ref.method) ?? [];
    this.commands.push({ ...ref, options, template, about: { aliases, description, examples } });
  }
}

function eventHandler(ref: HandlerRef & { readonly owner: Class }, spec: EventSpec): EventHandler {
  const { filter, mention, answer, options, policy = null, schedule = null } = spec;
  return {
    ...ref,
    spec,
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
