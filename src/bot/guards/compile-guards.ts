import type { AuthoringMistake } from "../errors.js";
import type { HandledEvent } from "../handler-failed.js";
import type { Class } from "../metadata.js";
import { Cooldown, cooldownProblems, type CooldownLimits } from "./cooldown.js";
import { guardsOf, type GuardRecord, type GuardSpec } from "./guard-records.js";
import { Middleware } from "./middleware.js";
import { Requirement, ruleProblems, type AnyOf, type RequireRule } from "./rules.js";

/** A middleware; of a class the application makes it at start. */
export class MiddlewareSlot {
  /** Null where the author gave an instance. */
  readonly type: Class<Middleware> | null;
  instance: Middleware | null;
  /** The handlers that it kept from being called without a reason. */
  readonly #silentFor = new Set<string>();

  constructor(given: Middleware | Class<Middleware>) {
    this.type = typeof given === "function" ? given : null;
    this.instance = typeof given === "function" ? null : given;
  }

  /** What it is called. */
  get text(): string {
    return (this.type ?? this.instance?.constructor)?.name ?? "a middleware";
  }

  /** Whether it keeps that handler from being called without a reason for the first time; from then on it is not. */
  isFirstSilence(handler: string): boolean {
    if (this.#silentFor.has(handler)) return false;
    this.#silentFor.add(handler);
    return true;
  }
}

/** What stands before one handler. */
export class Guards {
  readonly requirements: readonly Requirement[];
  /** In order; asked when every requirement is met. */
  readonly chain: readonly (Cooldown | MiddlewareSlot)[];

  constructor(all: readonly (Requirement | Cooldown | MiddlewareSlot)[]) {
    this.requirements = all.filter((each) => each instanceof Requirement);
    this.chain = all.filter((each): each is Cooldown | MiddlewareSlot => !(each instanceof Requirement));
  }

  /** The rule that refuses whoever caused the event; null where none does. */
  refusing(event: HandledEvent): Requirement | null {
    for (const requirement of this.requirements) if (!requirement.allows(event)) return requirement;
    return null;
  }

  /** As {@link refusing}, in words for the log. */
  refusal(event: HandledEvent): string | null {
    const requirement = this.refusing(event);
    return requirement === null ? null : `@Require: ${requirement.text}`;
  }
}

type Guard = Requirement | Cooldown | MiddlewareSlot;

function isMiddleware(value: unknown): boolean {
  const has = typeof value === "function" ? (value.prototype as unknown) : value;
  if (typeof has !== "object" || has === null || !("handle" in has)) return false;
  return typeof has.handle === "function" && (value as unknown) !== Middleware;
}

const FIXES = {
  use: "Give a class that extends Middleware, or an instance of one: @Use(OfficeHours)",
  require: 'Write @Require({ affiliation: "admin" }), or @Require(anyOf({ … }, { … }))',
  cooldown: 'Write @Cooldown({ per: "occupant", limit: 3, windowMs: 60_000 })',
};

function problemsOf(spec: GuardSpec): readonly string[] {
  if (spec.kind === "require") return ruleProblems(spec.rule);
  if (spec.kind === "cooldown") return cooldownProblems(spec.options);
  return isMiddleware(spec.middleware) ? [] : ["what it is to use is no middleware"];
}

/** What a {@link GuardTable} needs beside the class. */
export interface GuardTableOptions {
  /** What the bot itself puts before everything. */
  readonly use?: unknown;
  /** The methods that are called at all. */
  readonly handlers: ReadonlySet<string | symbol>;
  /** Of a feature: that of its bot, whose rules for all of its handlers hold for the feature's, too. */
  readonly outer: GuardTable | null;
}

/** What stands before the handlers of a class, compiled for one application. */
export class GuardTable {
  readonly mistakes: AuthoringMistake[] = [];
  /** The middlewares that the application has to make. */
  readonly slots: MiddlewareSlot[] = [];
  readonly #class: Guard[] = [];
  readonly #methods = new Map<string | symbol, Guard[]>();

  constructor(type: Class, { use, handlers, outer }: GuardTableOptions) {
    if (outer !== null) this.#class.push(...outer.#class);
    const first = use === undefined ? [] : Array.isArray(use) ? (use as readonly unknown[]) : [use];
    for (const middleware of first) this.#add(type.name, { kind: "use", middleware }, this.#class);
    for (const record of guardsOf(type)) this.#record(type, record, handlers);
  }

  #record(type: Class, { owner, method, isStatic, spec }: GuardRecord, handlers: ReadonlySet<unknown>): void {
    if (method === null) return this.#add(owner.name, spec, this.#class);
    const where = `${type.name}.${String(method)}`;
    if (isStatic || !handlers.has(method)) {
      const decorator = `@${spec.kind.charAt(0).toUpperCase()}${spec.kind.slice(1)}`;
      const problem = `${decorator} is on a ${isStatic ? "static method" : "method that handles nothing"}`;
      this.mistakes.push({ where, problem, fix: "Put it on a handler, or on the class" });
      return;
    }
    const list = this.#methods.get(method) ?? [];
    this.#methods.set(method, list);
    this.#add(where, spec, list);
  }

  #add(where: string, spec: GuardSpec, list: Guard[]): void {
    const problems = problemsOf(spec);
    const name = spec.kind === "use" ? "@Use" : spec.kind === "require" ? "@Require" : "@Cooldown";
    for (const problem of problems)
      this.mistakes.push({ where, problem: `${name}: ${problem}`, fix: FIXES[spec.kind] });
    if (problems.length > 0) return;
    if (spec.kind === "require") list.push(new Requirement(spec.rule as RequireRule | AnyOf));
    else if (spec.kind === "cooldown") list.push(new Cooldown(spec.options as CooldownLimits));
    else {
      const slot = new MiddlewareSlot(spec.middleware as Middleware);
      this.slots.push(slot);
      list.push(slot);
    }
  }

  /** What stands before a method; undefined for nothing. */
  of(method: string | symbol): Guards | undefined {
    const all = [...this.#class, ...(this.#methods.get(method) ?? [])];
    return all.length === 0 ? undefined : new Guards(all);
  }
}
