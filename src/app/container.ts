import { container as root, type DependencyContainer, type InjectionToken } from "../bot/tsyringe.js";

import { messageOf } from "../base/errors.js";
import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import type { Class } from "../bot/metadata.js";

/** What may be asked for: a class (abstract ones too), or a name for something. */
export type Token<T = unknown> = Class<T> | string | symbol;

/** How something that constructors ask for is made. */
export type Provider<T = unknown> =
  | { readonly token: Token<T>; readonly useValue: T }
  | { readonly token: Token<T>; readonly useClass: new (...args: never[]) => T }
  | { readonly token: Token<T>; readonly useFactory: () => T };

/** A container of the application's own: nothing that is registered in it is seen by another application. */
export function createContainer(providers: readonly Provider[]): DependencyContainer {
  const container = root.createChildContainer();
  for (const provider of providers) register(container, provider);
  return container;
}

/** Makes a container give something. */
export function register(container: DependencyContainer, provider: Provider): void {
  const token = provider.token as InjectionToken;
  if ("useValue" in provider) container.register(token, { useValue: provider.useValue });
  else if ("useClass" in provider)
    container.registerSingleton(token, provider.useClass as unknown as new (...args: unknown[]) => unknown);
  else {
    let made: { value: unknown } | null = null;
    container.register(token, { useFactory: () => (made ??= { value: provider.useFactory() }).value });
  }
}

/** The container's own words, on one line; where a class is not known to it, with what to do. */
function whyNot(error: unknown): Pick<AuthoringMistake, "problem" | "fix"> {
  const problem = `it cannot be made: ${messageOf(error)
    .split(/\s*\n\s*/)
    .join(" ")}`;
  const [, unknown] = /TypeInfo not known for "(.+?)"/.exec(problem) ?? [];
  const fix =
    unknown === undefined
      ? "Its constructor, or that of something it asks for, threw this: --verbose shows where"
      : `Put @injectable() on ${unknown}, or give it in the option \`providers\``;
  return { problem, fix };
}

/** Makes the one instance of a bot class. Throws {@link AuthoringError} that says what is in the way. */
export function instantiate(container: DependencyContainer, target: Class<unknown>): object {
  try {
    return container.resolve(target as unknown as InjectionToken<object>);
  } catch (error) {
    throw new AuthoringError([{ where: target.name, ...whyNot(error) }], { cause: error });
  }
}
