import type { Clock } from "../../base/clock.js";
import { ArgumentError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { Logger } from "../../base/logger.js";
import type { MucClient } from "../../muc/client.js";
import { Invitation } from "../../muc/invitations/invitation.js";

/** What a policy may use of the application that it decides for. */
export interface PolicyContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: MucClient;
  /** Aborted when the application stops: what waits then need not wait any more. */
  readonly signal: AbortSignal;
  /** How old an invitation may be for policies to look at it, in milliseconds; default a day. */
  readonly maxAgeMs?: number;
  /** Writes to an account, outside of any room. Resolves when handed to the stream. */
  tell(account: JID, text: string): Promise<void>;
}

/**
 * Decides about what comes, or leaves it undecided: a value that composes (`firstOf`), and as a function gives a
 * decision, undefined, or a promise of these. Any function can be one.
 */
export type Policy<E, D> = (event: E, context: PolicyContext) => D | undefined | Promise<D | undefined>;

/** A policy of ours: it can be asked without an application. */
export type BuiltPolicy<E, D> = (event: E, context?: PolicyContext) => D | undefined | Promise<D | undefined>;

/** A decision, with the rule that made it: for the log. */
export interface Ruling<D> {
  readonly decision: D;
  readonly rule: string;
}

/** What comes of asking a policy: null is undecided. */
export type Ruled<D> = Ruling<D> | null | Promise<Ruling<D> | null>;

/** How a policy of ours decides. */
export type Rule<E, D> = (event: E, context: PolicyContext | undefined) => Ruled<D>;

/** What policies of ours decide about. Each is of one kind; an author's function may be of any. */
export type PolicyKind = "invitations" | "requests for voice";

interface Built {
  readonly kind: PolicyKind | null;
  readonly rule: Rule<never, unknown>;
  readonly problems: readonly string[];
}

const built = new WeakMap<object, Built>();
const factories = new WeakSet<object>();

/** What is older is ignored: who invited may not even remember. */
const MAX_AGE_MS = 86_400_000;

/**
 * Makes a policy of a rule. `problems` are mistakes in how it was written: the start reports them, with the class that
 * they are in; asked all the same, it throws `ArgumentError`.
 */
export function buildPolicy<E, D>(
  kind: PolicyKind | null,
  rule: Rule<E, D>,
  problems: readonly string[] = [],
): BuiltPolicy<E, D> {
  const policy: BuiltPolicy<E, D> = (event, context) => {
    const ruled = ruleBy(policy, event, context);
    return ruled instanceof Promise ? ruled.then((each) => each?.decision) : ruled?.decision;
  };
  built.set(policy, { kind, rule, problems });
  return policy;
}

/** Marks what makes policies: it is no policy itself, and is easily taken for one (`ignoreAll` for `ignoreAll()`). */
export function policyFactory<F extends (...args: never[]) => unknown>(factory: F): F {
  factories.add(factory);
  return factory;
}

/** Asks a policy. Throws, or rejects, with what an author's function does. */
export function ruleBy<E, D>(policy: Policy<E, D>, event: E, context: PolicyContext | undefined): Ruled<D> {
  const ofOurs = built.get(policy);
  const [problem] = ofOurs?.problems ?? [];
  if (problem !== undefined) throw new ArgumentError(problem);
  if (event instanceof Invitation && event.ageMs > (context?.maxAgeMs ?? MAX_AGE_MS))
    return { decision: "ignore" as D, rule: "too old" };
  if (ofOurs !== undefined) return (ofOurs.rule as Rule<E, D>)(event, context);
  const rule = policy.name === "" ? "a function" : policy.name;
  const ruling = (decision: D | undefined): Ruling<D> | null =>
    decision === undefined || decision === null ? null : { decision, rule };
  const decided = policy(event, context as PolicyContext);
  return isPromise(decided) ? Promise.resolve(decided).then(ruling) : ruling(decided);
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** What a policy decides about, null where that is not known. */
export function kindOf(policy: unknown): PolicyKind | null {
  return typeof policy === "function" ? (built.get(policy)?.kind ?? null) : null;
}

/** What is wrong with a value that stands where a policy has to, one of that kind where it is given. */
export function problemsOf(policy: unknown, wanted: PolicyKind | null = null): readonly string[] {
  if (typeof policy !== "function") return ["this is no policy, but a policy has to stand here"];
  if (factories.has(policy)) return [`${policy.name} stands there without its parentheses`];
  const kind = kindOf(policy);
  const problems = built.get(policy)?.problems ?? [];
  if (kind === null || wanted === null || kind === wanted) return problems;
  return [`this is a policy for ${kind}, where one for ${wanted} has to stand`, ...problems];
}
