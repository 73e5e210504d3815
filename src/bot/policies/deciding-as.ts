import { AsyncLocalStorage } from "node:async_hooks";

const decider = new AsyncLocalStorage<string>();

/** Does something in the name of a rule or a handler: what it decides, also later, is logged with that name. */
export function decidingAs<T>(name: string, act: () => T): T {
  return decider.run(name, act);
}

/** Who decides at this moment, null for nobody that has a name. */
export function currentDecider(): string | null {
  return decider.getStore() ?? null;
}
