import { ArgumentError } from "../../base/errors.js";
import type { HandledEvent } from "../handler-failed.js";
import { Cooldown } from "./cooldown.js";
import type { Guards, MiddlewareSlot } from "./compile-guards.js";
import type { HandlerCall } from "./middleware.js";

/** Why a handler is not called. */
export interface Refusal {
  /** Which rule it was, for the log. */
  readonly rule: string;
  /** What who asked is told; null for what bots say, `""` for nothing. */
  readonly text: string | null;
  /** Over a limit: when there may be another call. */
  readonly waitMs?: number;
  /** What the author may have forgotten, for the log. */
  readonly warning?: string;
}

/** What {@link runGuards} needs of a call. */
export interface GuardedCall {
  readonly event: HandledEvent;
  readonly nowMs: number;
  /** Made when a middleware is to be asked; `refuse` is what its `refuse` does. */
  handlerCall(refuse: (rule: string, text: string | null) => void): HandlerCall;
  /** Whether anything was said so far. */
  readonly hasSpoken: boolean;
  /** Calls the handler. */
  handle(): unknown;
  /** Sends what the handler returned. */
  answer(result: unknown): Promise<void>;
  refuse(refusal: Refusal): Promise<void> | undefined;
}

/** Calls a handler, if all that stands before it lets it: what it returns, or a promise where a middleware is asked. */
export function runGuards(guards: Guards, call: GuardedCall): unknown {
  return from(0, guards, call);
}

function from(first: number, guards: Guards, call: GuardedCall): unknown {
  // Asked again behind each middleware: while that waited, who was an admin may have become none, or have left.
  const rule = guards.refusal(call.event);
  if (rule !== null) return call.refuse({ rule, text: null });
  for (let index = first; index < guards.chain.length; index++) {
    const guard = guards.chain[index];
    if (guard === undefined) break;
    if (!(guard instanceof Cooldown)) return through(guard, () => from(index + 1, guards, call), call);
    const over = guard.take(call.event, call.nowMs);
    if (over === null) continue;
    const { waitMs, first: isFirst } = over;
    return call.refuse({ rule: `@Cooldown: ${guard.text}`, text: isFirst ? null : "", waitMs });
  }
  return call.handle();
}

async function through(slot: MiddlewareSlot, rest: () => unknown, call: GuardedCall): Promise<void> {
  let refusal: Refusal | null = null;
  let started: Promise<void> | null = null;
  let pending = false;
  let isOver = false;
  const next = (): Promise<void> => {
    if (started !== null || isOver) {
      const when = isOver ? "when it was over: what it does has to be awaited" : "before";
      const again = Promise.reject(new ArgumentError(`${slot.text} called next() ${when}`));
      again.catch(() => {});
      return again;
    }
    pending = true;
    const work = new Promise((resolve) => resolve(rest())).then((result) => call.answer(result));
    started = work.finally(() => (pending = false));
    // who does not await it gets its failure below
    started.catch(() => {});
    return started;
  };
  const seen = call.handlerCall((rule, text) => (refusal = { rule: `${slot.text}: ${rule}`, text }));
  try {
    await slot.instance?.handle(seen, next);
  } finally {
    // who has been refused is not let through later
    isOver = started === null;
  }
  const work = started as Promise<void> | null;
  if (work === null) {
    await call.refuse(refusal ?? unexplained(slot, seen.handler, call.hasSpoken));
  } else if (pending) await work;
}

/** A middleware that is over without a word: it may mean to refuse, and may have forgotten to go on. */
function unexplained(slot: MiddlewareSlot, handler: string, hasSpoken: boolean): Refusal {
  const rule = `@Use: ${slot.text}`;
  // who has told the asker something need not tell them twice
  if (hasSpoken) return { rule, text: "" };
  if (!slot.isFirstSilence(handler)) return { rule, text: null };
  const warning = `${handler}: ${slot.text} did not call next(), and did not say why: await next(), or call.refuse(rule, text)`;
  return { rule, text: null, warning };
}
