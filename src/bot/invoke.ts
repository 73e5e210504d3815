import type { Logger } from "../base/logger.js";
import type { AnyRoomEvent } from "../muc/events/event-map.js";
import { ReplyError } from "./errors.js";
import { HandlerContext } from "./handler-context.js";
import type { HandlerRef } from "./compile.js";
import { sendAnswer, type ReplyTarget } from "./reply.js";

/** What every call of a handler shares. */
export interface InvokeContext {
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * Calls a handler, and sends what it returns to `target`. Whatever goes wrong in it is its own: the returned promise
 * never rejects. Undefined when all was done at once.
 */
export function invoke(
  instance: object,
  handler: HandlerRef,
  args: readonly unknown[],
  event: AnyRoomEvent,
  target: ReplyTarget,
  { signal, logger }: InvokeContext,
): Promise<void> | undefined {
  const fields = { handler: handler.name, room: event.room.jid };
  const ctx = new HandlerContext({
    signal,
    log: () => logger.child(fields),
    say: (draft) => target.say(draft),
  });
  const failed = async (error: unknown): Promise<void> => {
    try {
      if (error instanceof ReplyError) return await target.say(error.message);
      logger.error({ ...fields, error }, "A handler failed");
    } catch (unsent) {
      logger.warn({ ...fields, error: unsent }, "A reply could not be sent");
    }
  };
  try {
    const method = (instance as Record<string | symbol, unknown>)[handler.method] as (
      ...args: unknown[]
    ) => unknown;
    const result = method.call(instance, ...args, ctx);
    if (result === undefined || result === null) return undefined;
    return (
      isThenable(result)
        ? Promise.resolve(result).then((value) => sendAnswer(value, target))
        : sendAnswer(result, target)
    ).catch(failed);
  } catch (error) {
    return failed(error);
  }
}
