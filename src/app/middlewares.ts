import type { CompiledBot } from "../bot/compiled.js";
import { AuthoringError } from "../bot/errors.js";
import type { Middleware } from "../bot/guards/middleware.js";
import type { Class } from "../bot/metadata.js";
import type { DependencyContainer } from "../bot/tsyringe.js";
import { instantiate } from "./container.js";

/** The classes of middlewares that stand before handlers of these bots, each once. */
export function middlewareClasses(bots: readonly Pick<CompiledBot, "middlewares">[]): readonly Class[] {
  const types = bots.flatMap(({ middlewares }) => middlewares.map(({ type }) => type));
  return [...new Set(types.filter((type) => type !== null))];
}

/**
 * Makes the middlewares of an application, of each class one. Throws {@link AuthoringError} that names all of those that
 * cannot be made.
 */
export function fillMiddlewares(
  bots: readonly Pick<CompiledBot, "middlewares">[],
  container: DependencyContainer,
): void {
  const mistakes = bots.flatMap(({ middlewares }) =>
    middlewares.flatMap((slot) => {
      if (slot.type === null) return [];
      try {
        slot.instance = instantiate(container, slot.type) as Middleware;
        return [];
      } catch (error) {
        if (error instanceof AuthoringError) return error.mistakes;
        throw error;
      }
    }),
  );
  if (mistakes.length > 0) throw new AuthoringError(mistakes);
}
