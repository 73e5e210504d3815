import { types } from "node:util";

import type { AuthoringMistake } from "../bot/errors.js";
import { HandlerContext } from "../bot/handler-context.js";
import type { Class, HandlerRecord } from "../bot/metadata.js";

/** What TypeScript emits for types that nothing of ours is: what a handler is called with are objects. */
const PLAIN: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [String, "a string"],
  [Number, "a number"],
  [Boolean, "a boolean"],
]);

const ORDINALS = ["first", "second", "third"];

/** One parameter of a handler, as it is called. */
interface Passed {
  /** The class, where it is one. */
  readonly type: Class | null;
  /** Behind "it is called with". */
  readonly text: string;
  /** In the signature that is right. */
  readonly written: string;
}

/** What a handler of that kind is called with, in order. */
function passedTo({ spec }: HandlerRecord, event: Class): readonly Passed[] {
  const context: Passed = { type: HandlerContext, text: "HandlerContext", written: "ctx: HandlerContext" };
  if (event === HandlerContext) return [context];
  const first: Passed = { type: event, text: event.name, written: `event: ${event.name}` };
  if (spec.kind === "command")
    return [first, { type: null, text: "the arguments of the command", written: "_args: object" }, context];
  if (!types.isRegExp(spec.filter)) return [first, context];
  return [first, { type: null, text: "what the pattern found", written: "_match: RegExpExecArray" }, context];
}

/**
 * The types of a method's parameters, as the compiler emits them; none where it does not. A subclass may have the method
 * anew and without a decorator: then those of the base tell nothing about it.
 */
function parameterTypes(bot: Class, method: string | symbol): readonly unknown[] {
  let owner: unknown = bot.prototype;
  while (typeof owner === "object" && owner !== null && !Object.hasOwn(owner, method))
    owner = Object.getPrototypeOf(owner);
  if (typeof owner !== "object" || owner === null) return [];
  const emitted: unknown = Reflect.getOwnMetadata("design:paramtypes", owner, method);
  return Array.isArray(emitted) ? emitted : [];
}

/**
 * What is wrong with the parameters of a handler of `event`. Only what cannot be meant counts: one of the `known` classes
 * in the place of another, or a string, number or boolean where an object comes. Anything else, such as an interface or a
 * union, is nothing at run time, and is left to the compiler.
 */
export function parameterMistake(
  bot: Class,
  record: HandlerRecord,
  event: Class,
  known: ReadonlySet<unknown>,
): AuthoringMistake | null {
  const passed = passedTo(record, event);
  for (const [index, given] of parameterTypes(bot, record.method).entries()) {
    const { type, text } = passed[index] ?? { type: null, text: "nothing" };
    const name = PLAIN.get(given) ?? (known.has(given) ? (given as Class).name : null);
    if (name === null || given === type) continue;
    const where = `${bot.name}.${String(record.method)}`;
    if (index === 0) {
      const problem = `its first parameter is ${name}, but it is called with ${event.name}`;
      // who has the wrong event may have the wrong decorator as well
      return { where, problem, fix: `Write ${event.name}, or take another decorator` };
    }
    const problem = `its ${ORDINALS[index] ?? `${index + 1}th`} parameter is ${name}, but it is called with`;
    const isSecond = given === HandlerContext && passed[1]?.type === HandlerContext;
    return {
      where,
      problem: `${problem} ${isSecond ? "that as the second" : `${text} there`}`,
      fix: `Write (${passed.map(({ written }) => written).join(", ")})`,
    };
  }
  return null;
}
