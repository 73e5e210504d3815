// tsyringe refuses to load before Reflect.getMetadata is there: whoever needs it takes it from here.
import "reflect-metadata";

import { container, Lifecycle } from "tsyringe";

export {
  container,
  delay,
  inject,
  injectable,
  singleton,
  type DependencyContainer,
  type InjectionToken,
} from "tsyringe";

/**
 * Whether a class says of itself that there is one of it (tsyringe's `@singleton()`). QUIRK(tsyringe 4): it keeps such a
 * class where every container of the process finds it, and does not tell of it.
 */
export function isSingleton(type: unknown): boolean {
  const registry: unknown = Reflect.get(container, "_registry");
  if (typeof registry !== "object" || registry === null || !("get" in registry)) return false;
  const registration: unknown = typeof registry.get === "function" ? registry.get(type) : null;
  if (typeof registration !== "object" || registration === null || !("options" in registration)) return false;
  const { options } = registration;
  return (
    typeof options === "object" &&
    options !== null &&
    "lifecycle" in options &&
    options.lifecycle === Lifecycle.Singleton
  );
}
