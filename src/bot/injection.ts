import { inject as injectToken, injectable as makeInjectable, type InjectionToken } from "./tsyringe.js";

import type { Class } from "./metadata.js";

/**
 * Names what a constructor parameter wants, where its type does not say it at run time. Takes our abstract classes too,
 * which tsyringe's own types refuse.
 */
export function inject(token: Class<unknown> | string | symbol): ParameterDecorator {
  return injectToken(token as InjectionToken) as ParameterDecorator;
}

/** Marks a class whose constructor has parameters to be injected. */
export function injectable(): <T extends abstract new (...args: never[]) => object>(target: T) => void {
  return (target) => makeInjectable()(target as unknown as new (...args: unknown[]) => unknown);
}
