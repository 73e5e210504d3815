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

function register(container: DependencyContainer, provider: Provider): void {
  const token = provider.token as InjectionToken;
  if ("useValue" in provider) container.register(token, { useValue: provider.useValue });
  else if ("useClass" in provider)
    container.registerSingleton(token, provider.useClass as unknown as new (...args: unknown[]) => unknown);
  else {
    let made: { value: unknown } | null = null;
    container.register(token, { useFactory: () => (made ??= { value: provider.useFactory() }).value });
  }
}

/** What TypeScript emits for a parameter whose type is nothing at run time. */
const NOTHING: ReadonlySet<unknown> = new Set([
  Object,
  String,
  Number,
  Boolean,
  Array,
  Function,
  Symbol,
  BigInt,
]);

/** The names of the parameters of a constructor, as far as its source tells. */
function parameterNames(target: Class): readonly string[] {
  const list = /constructor\s*\(([^)]*)\)/.exec(Function.prototype.toString.call(target))?.[1] ?? "";
  return list.split(",").map((each) => /[A-Za-z_$][\w$]*/.exec(each)?.[0] ?? "");
}

/** What is wrong with the parameters of a constructor, before anything is made. */
export function injectionMistakes(target: Class): readonly AuthoringMistake[] {
  const types = Reflect.getMetadata("design:paramtypes", target) as readonly unknown[] | undefined;
  const where = `${target.name} (constructor)`;
  if (types === undefined && target.length > 0)
    return [
      {
        where,
        problem: "the types of its parameters are not known",
        fix: "Run it with `mucwright run`, or compile it with emitDecoratorMetadata; or name each one: @inject(Rooms)",
      },
    ];
  const names = parameterNames(target);
  const mistakes: AuthoringMistake[] = [];
  for (const [index, type] of (types ?? []).entries()) {
    const parameter =
      names[index] === undefined || names[index] === "" ? `number ${index + 1}` : `"${names[index]}"`;
    if (type === undefined)
      mistakes.push({
        where,
        problem: `its parameter ${parameter} has a type that was not there yet: two files import each other`,
        fix: "Break the circle, or write @inject(delay(() => TheClass)) and import the type with `import type`",
      });
    else if (NOTHING.has(type))
      mistakes.push({
        where,
        problem: `its parameter ${parameter} has a type that is nothing at run time`,
        fix: "Import the class without `type`; for an interface, a primitive or a union name what is wanted: @inject(TOKEN)",
      });
  }
  return mistakes;
}

/** Makes the one instance of a bot class. Throws {@link AuthoringError} that says which parameter is in the way. */
export function instantiate(container: DependencyContainer, target: Class): object {
  try {
    return container.resolve(target as unknown as InjectionToken<object>);
  } catch (error) {
    const [reason = ""] = messageOf(error).split("\n    at ");
    throw new AuthoringError(
      [
        {
          where: target.name,
          problem: `it cannot be made: ${reason}`,
          fix: "Put @injectable() on classes that it asks for, or give them as `providers`",
        },
      ],
      { cause: error },
    );
  }
}
