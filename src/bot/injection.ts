import {
  delay as delayConstructor,
  inject as injectToken,
  injectable as makeInjectable,
  singleton as makeSingleton,
  type InjectionToken,
} from "./tsyringe.js";

import type { Class } from "./metadata.js";

/** A class that is looked up only when it is used, made by {@link delay}. */
export interface Delayed<T = unknown> {
  createProxy(create: (target: new (...args: unknown[]) => T) => T): T;
}

/** A class that cannot be made from outside, such as `Room`: it may be asked for all the same. */
export interface ClosedClass {
  readonly prototype: object;
}

/** Classes that say that their constructor is to be filled in. */
const marked = new WeakSet<Class>();

/**
 * Names what a constructor parameter wants, where its type does not say it at run time. Takes our abstract classes too,
 * which tsyringe's own types refuse.
 */
export function inject(token: Class<unknown> | ClosedClass | string | symbol | Delayed): ParameterDecorator {
  return injectToken(token as InjectionToken) as ParameterDecorator;
}

/**
 * For two classes that ask for each other: `@inject(delay(() => Other)) other: OtherType`, with
 * `import type { Other as OtherType }` beside the import. It is made when it is used for the first time.
 */
export function delay<T>(wanted: () => Class<T>): Delayed<T> {
  return delayConstructor(wanted as unknown as () => new (...args: unknown[]) => T);
}

/**
 * Marks a class that constructors may ask for, and whose own constructor is filled in. Whoever asks for it gets an
 * instance of their own; where it is to be one for all, use {@link singleton}.
 */
export function injectable(): <T extends abstract new (...args: never[]) => object>(target: T) => void {
  return (target) => {
    marked.add(target);
    // An abstract class cannot be made, and needs no injection; its subclasses do.
    makeInjectable()(target as unknown as new (...args: unknown[]) => unknown);
  };
}

/**
 * Marks a class of which an application has one: all its bots, features and middlewares that ask for it share it. Two
 * applications of a process share nothing.
 */
export function singleton(): <T extends new (...args: never[]) => object>(target: T) => void {
  return (target) => {
    marked.add(target);
    makeSingleton()(target as unknown as new (...args: unknown[]) => object);
  };
}

/** Whether a class itself was marked by {@link injectable} or {@link singleton}, or by `@Bot`. */
export function isInjectable(target: Class): boolean {
  return marked.has(target);
}
