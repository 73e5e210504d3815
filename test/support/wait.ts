import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

/** How long to wait, and for what. */
export interface Waiting {
  /** When to give up, in milliseconds. */
  readonly timeoutMs: number;
  /** The pause between two checks, in milliseconds. Default 10. */
  readonly intervalMs?: number;
  /** What is waited for, as the error says it: "not within 500 ms: " + what. */
  readonly what: string;
}

/** What is left of a type once a value of it counts as true. */
export type Truthy<T> = Exclude<T, false | 0 | 0n | "" | null | undefined | void>;

// Taken now: tests may replace the global one by a fake.
const now = performance.now.bind(performance);

const OVERDUE = Symbol("overdue");

type Outcome<T> = { readonly value: T } | { readonly error: unknown } | typeof OVERDUE;

function describeOutcome(outcome: Outcome<unknown>): string {
  if (outcome === OVERDUE) return "the check was still running";
  if ("value" in outcome) return `the last value was ${inspect(outcome.value, { depth: 4 })}`;
  return `the check threw ${inspect(outcome.error)}`;
}

async function runCheck<T>(check: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}

/**
 * Checks again and again until the result counts as true, and resolves with it. A check that throws, or that takes
 * too long, counts as false.
 * @throws Error, once the time is up: says what was waited for, and what the last check gave.
 */
export async function eventually<T>(check: () => T | Promise<T>, waiting: Waiting): Promise<Truthy<T>> {
  const { timeoutMs, intervalMs = 10, what } = waiting;
  const end = now() + timeoutMs;
  for (;;) {
    const overdue = new AbortController();
    const tooLate = delay(Math.max(1, end - now()), OVERDUE, { signal: overdue.signal });
    // Aborting rejects it; that it lost the race is no news.
    tooLate.catch(() => {});
    const outcome: Outcome<T> = await Promise.race([runCheck(check), tooLate]);
    overdue.abort();
    if (outcome !== OVERDUE && "value" in outcome && outcome.value) return outcome.value as Truthy<T>;
    if (now() + intervalMs >= end)
      throw new Error(`not within ${timeoutMs} ms: ${what}; ${describeOutcome(outcome)}`, {
        cause: outcome !== OVERDUE && "error" in outcome ? outcome.error : undefined,
      });
    await delay(intervalMs);
  }
}
