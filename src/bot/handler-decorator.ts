import type { HandlerContext } from "./handler-context.js";
import {
  recordBot,
  recordForgottenParentheses,
  recordHandler,
  type AnswerGoes,
  type Class,
  type EventSpec,
  type HandlerOptions,
} from "./metadata.js";
import type { HandlerResult } from "./reply.js";

/** The prototype of a class, and not the class itself, to which static methods belong. */
type NotStatic = object & { readonly prototype?: never };

/** A method decorator that also checks the signature of the method. */
export type HandlerDecorator<Handler> = <T extends Handler>(
  target: NotStatic,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * A decorator without its parentheses is called with what it stands on. The compiler refuses that, but `mucwright run`
 * asks no compiler. Gives nothing, as TypeScript wants a decorator that changes nothing to.
 */
export function forgotParentheses(target: object, method: string | symbol | null, decorator: string): never {
  // A bot without parentheses is a bot all the same: the start reports the mistake by its name.
  if (method === null) recordBot(target as Class, {});
  recordForgottenParentheses(target, method, decorator);
  return undefined as never;
}

/** Whether a decorator factory was called as the decorator itself: with prototype, name and descriptor. */
export function isBare(args: IArguments): boolean {
  return args.length >= 2 && typeof args[0] === "object" && typeof args[1] === "string" && args[0] !== null;
}

/** The name of the method that a decorator without its parentheses stands on. */
export function nameOf(args: IArguments): string {
  return String(args[1]);
}

/** What a handler of an event looks like. */
export type EventMethod<E, Result = HandlerResult> = (event: E, ctx: HandlerContext) => Result;

/** A decorator for the events of one type, with the options that make a difference for it. */
export type EventDecorator<E, Option extends keyof HandlerOptions = never, Result = HandlerResult> = (
  options?: Pick<HandlerOptions, Option | "parallel">,
) => HandlerDecorator<EventMethod<E, Result>>;

/** What is said of a handler where its decorator says nothing else. */
export const PLAIN: Omit<EventSpec, "event"> = {
  kind: "event",
  filter: null,
  mention: false,
  answer: "room",
  options: {},
};

/** Makes the decorator for the events of one type. */
export function onEvent<E, Option extends keyof HandlerOptions = never, Result = HandlerResult>(
  name: string,
  event: string,
  answer: AnswerGoes = "room",
): EventDecorator<E, Option, Result> {
  return function decorate(options?: HandlerOptions) {
    // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
    if (isBare(arguments)) return forgotParentheses(arguments[0] as object, nameOf(arguments), name);
    const spec: EventSpec = { ...PLAIN, event, answer, options: options ?? {} };
    return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, name);
  };
}
