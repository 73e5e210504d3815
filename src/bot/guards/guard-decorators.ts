import { forgotParentheses, isBare, nameOf } from "../handler-decorator.js";
import type { CooldownLimits } from "./cooldown.js";
import { recordGuard, type GuardSpec } from "./guard-records.js";
import type { Middleware } from "./middleware.js";
import type { AnyOf, RequireRule } from "./rules.js";

/** The class of a middleware that can be made. */
export type MiddlewareClass = new (...args: never[]) => Middleware;

/** Stands on a class, for all its handlers, or on one handler. */
export interface GuardDecorator {
  <T extends abstract new (...args: never[]) => object>(target: T): void;
  <T extends (...args: never[]) => unknown>(
    target: object & { readonly prototype?: never },
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): void;
}

function guard(spec: GuardSpec): GuardDecorator {
  return (target: object, method?: string | symbol) => recordGuard(target, method ?? null, spec);
}

/**
 * Puts a middleware before a handler, or before all of a class: an instance, or a class that the application makes. Of
 * several the topmost comes first, those of the class before those of the method.
 */
export function Use(middleware: Middleware | MiddlewareClass): GuardDecorator {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(middleware as object, nameOf(arguments), "Use");
  return guard({ kind: "use", middleware });
}

/**
 * Lets only those through who are what the rule says, when the event was received as well as now. Whose identity is not
 * known does not fit. A rule says nothing of what no person does, such as entering a room.
 */
export function Require(rule: RequireRule | AnyOf): GuardDecorator {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(rule as object, nameOf(arguments), "Require");
  return guard({ kind: "require", rule });
}

/**
 * Lets only so many calls through in a time. A call is counted before the handler runs, whatever becomes of it; what
 * `@Require` refuses is not counted. On a class all its handlers share the count.
 */
export function Cooldown(options: CooldownLimits): GuardDecorator {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(options as object, nameOf(arguments), "Cooldown");
  return guard({ kind: "cooldown", options });
}
