import type { MessageReceived } from "../muc/events/messages.js";
import type { AuthoringMistake } from "./errors.js";
import type { BotSettings } from "./decorators.js";
import type { ScheduleSpec } from "./schedule.js";

/** A class, of anything. */
export type Class<T = object> = abstract new (...args: never[]) => T;

/** What `@OnMessage` lets through: everything, a text that is contained (whatever its case), a pattern, a test. */
export type MessageFilter<M = MessageReceived> = string | RegExp | ((message: M) => boolean);

/** What a decorator lets through beside what it lets through anyway, and how its method is called. */
export interface HandlerOptions {
  /** Also what is found on entering: those who are there, the subject. */
  readonly initial?: boolean;
  /** Also the changes of role and affiliation that are part of somebody's leaving. */
  readonly departures?: boolean;
  /** Also what was said while the bot was out, as far as the room's history tells (`source: "missed"`). */
  readonly missed?: boolean;
  /**
   * Also corrections (XEP-0308), as the message that they make of the earlier one: `replaces` is its id. Only those that are
   * proven to be of who said that; `@OnMessageUpdate` gets all.
   */
  readonly corrections?: boolean;
  /** Of an invitation or a request for voice: how long it can be decided from now on, in milliseconds. */
  readonly expiresMs?: number;
  /** Beside the room's queue: it is not waited for, and may be called again before it is done. */
  readonly parallel?: boolean;
}

/**
 * Where the text that a handler returns goes: to the room, to whom it comes from, nowhere; `nobody`: it may return
 * anything but text, and that is left alone.
 */
export type AnswerGoes = "room" | "sender" | "nowhere" | "nobody";

/** What a decorator says of a method that handles an event. */
export interface EventSpec {
  readonly kind: "message" | "event";
  /** The `type` of the event; `history` for the room's history. */
  readonly event: string;
  /** Of messages and what is like them. */
  readonly filter: MessageFilter<never> | null;
  /** Only what names us. */
  readonly mention: boolean;
  readonly answer: AnswerGoes;
  /** What decides before the method is told; default: nothing does. */
  readonly policy?: unknown;
  /** When it is called, for what is called by the clock. */
  readonly schedule?: ScheduleSpec;
  readonly options: HandlerOptions;
}

/** What `@Command` says of a method. */
export interface CommandSpec {
  readonly kind: "command";
  readonly template: string;
  readonly aliases: readonly string[];
  /** What it does, for the help. */
  readonly description: string | null;
  readonly options: HandlerOptions;
}

/** What a decorator says of a method. */
export type HandlerSpec = EventSpec | CommandSpec;

/** A decorated method. */
export interface HandlerRecord {
  readonly method: string | symbol;
  readonly spec: HandlerSpec;
}

/** What a command is expected to answer: a line, what it matches, or several. */
export type ExpectedAnswer = string | RegExp | readonly (string | RegExp)[];

/** What `@Example` says of a command. */
export interface ExampleSpec {
  readonly input: string;
  readonly expected: ExpectedAnswer;
  /** What the author may say beside that; for who runs it. */
  readonly options: object;
}

interface ExampleRecord {
  readonly method: string | symbol;
  readonly example: ExampleSpec;
}

interface ClassRecord {
  bot: BotSettings | null;
  readonly examples: ExampleRecord[];
  readonly handlers: HandlerRecord[];
  readonly mistakes: AuthoringMistake[];
}

/** What decorators recorded, by class. They register nothing, and start nothing. */
const records = new WeakMap<Class, ClassRecord>();

function recordOf(target: Class): ClassRecord {
  let record = records.get(target);
  if (record === undefined)
    records.set(target, (record = { bot: null, examples: [], handlers: [], mistakes: [] }));
  return record;
}

/** Records that a decorator stands bare, `@OnJoin` for `@OnJoin()`: it was handed what it is on, and can do nothing. */
export function recordForgottenParentheses(
  target: object,
  method: string | symbol | null,
  decorator: string,
): void {
  const owner = (typeof target === "function" ? target : target.constructor) as Class;
  const where = method === null ? owner.name : `${owner.name}.${String(method)}`;
  const fix = `Write @${decorator}(${decorator === "Command" ? '"name"' : ""})`;
  recordOf(owner).mistakes.push({
    where,
    problem: `@${decorator} stands there without its parentheses`,
    fix,
  });
}

/** Records that a class is a bot. */
export function recordBot(target: Class, settings: BotSettings): void {
  recordOf(target).bot = settings;
}

/** Records a handler; what is wrong with it is kept for the start, which reports all mistakes at once. */
export function recordHandler(
  target: object,
  method: string | symbol,
  descriptor: PropertyDescriptor | undefined,
  spec: HandlerSpec,
  decorator: string,
): void {
  const isStatic = typeof target === "function";
  const owner = (isStatic ? target : target.constructor) as Class;
  const where = `${owner.name}.${String(method)}`;
  const record = recordOf(owner);
  const problem = isStatic
    ? `@${decorator} is on a static method`
    : descriptor === undefined
      ? `@${decorator} is on a property`
      : typeof descriptor.value !== "function"
        ? `@${decorator} is on a getter or setter`
        : null;
  if (problem === null) {
    // of several decorators on one method the lowest is applied first, and the topmost is declared first
    const at = record.handlers.findIndex((handler) => handler.method === method);
    record.handlers.splice(at < 0 ? record.handlers.length : at, 0, { method, spec });
  } else
    record.mistakes.push({
      where,
      problem,
      fix: `Put it on an ordinary method: @${decorator}() ${String(method)}() { … }`,
    });
}

/** Records an example of a command. The topmost decorator of a method is applied last, and is the first example. */
export function recordExample(target: object, method: string | symbol, example: ExampleSpec): void {
  const owner = (typeof target === "function" ? target : target.constructor) as Class;
  const { examples } = recordOf(owner);
  const at = examples.findIndex((each) => each.method === method);
  examples.splice(at < 0 ? examples.length : at, 0, { method, example });
}

/** The settings of a bot class, null for a class without `@Bot` of its own. */
export function botSettings(target: Class): BotSettings | null {
  return records.get(target)?.bot ?? null;
}

/** Whether a value is a class with `@Bot`. */
export function isBotClass(value: unknown): value is Class {
  return typeof value === "function" && records.get(value as unknown as Class)?.bot != null;
}

/** A class and those that it extends, the base first. */
export function lineage(target: Class): Class[] {
  const classes: Class[] = [];
  for (
    let each: unknown = target;
    typeof each === "function" && each !== Function.prototype;
    each = Object.getPrototypeOf(each)
  )
    classes.unshift(each as unknown as Class);
  return classes;
}

/**
 * The handlers of a class, inherited ones included, in the order in which they are declared. A method that a subclass
 * decorates again counts once, as the subclass has it.
 */
export function handlersOf(target: Class): readonly HandlerRecord[] {
  const handlers: HandlerRecord[] = [];
  for (const each of lineage(target)) {
    const own = records.get(each)?.handlers ?? [];
    const redefined = new Set(own.map((handler) => handler.method));
    const kept = handlers.filter((handler) => !redefined.has(handler.method));
    handlers.splice(0, handlers.length, ...kept, ...own);
  }
  return handlers;
}

/** The examples of the commands of a class, by method, inherited ones first. */
export function examplesOf(target: Class): ReadonlyMap<string | symbol, readonly ExampleSpec[]> {
  const examples = new Map<string | symbol, readonly ExampleSpec[]>();
  for (const each of lineage(target))
    for (const { method, example } of records.get(each)?.examples ?? [])
      examples.set(method, [...(examples.get(method) ?? []), example]);
  return examples;
}

/** What decorators found wrong with a class and those that it extends. */
export function mistakesOf(target: Class): readonly AuthoringMistake[] {
  return lineage(target).flatMap((each) => records.get(each)?.mistakes ?? []);
}
