import { lineage, type Class } from "../metadata.js";

/** What a guard decorator says. What it was given is looked at when the application starts. */
export type GuardSpec =
  | { readonly kind: "use"; readonly middleware: unknown }
  | { readonly kind: "require"; readonly rule: unknown }
  | { readonly kind: "cooldown"; readonly options: unknown };

/** A guard, and the method that it is on; null for all of the class. */
export interface GuardRecord {
  readonly owner: Class;
  readonly method: string | symbol | null;
  readonly isStatic: boolean;
  readonly spec: GuardSpec;
}

/** What guard decorators recorded, by class, the topmost first. */
const records = new WeakMap<Class, GuardRecord[]>();

/** Records a guard: on a class, or on a method. */
export function recordGuard(target: object, method: string | symbol | null, spec: GuardSpec): void {
  const isClass = typeof target === "function";
  const owner = (isClass ? target : target.constructor) as Class;
  const own = records.get(owner) ?? [];
  records.set(owner, own);
  // decorators are applied from the lowest to the topmost
  own.unshift({ owner, method, isStatic: isClass && method !== null, spec });
}

/**
 * The guards of a class and of its methods, inherited ones first. Those of a method that a subclass declares again stay:
 * to be refused less than in the base takes a method of another name.
 */
export function guardsOf(target: Class): readonly GuardRecord[] {
  return lineage(target).flatMap((each) => records.get(each) ?? []);
}
