import { NotJoinedError, RequestTimeoutError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { EventHandler } from "../bot/compiled.js";
import { HandlerContext } from "../bot/handler-context.js";
import type { InvokeContext } from "../bot/invoke.js";
import { instanceFor, type RunningBot } from "../bot/router.js";
import { SessionError } from "../xmpp/session-error.js";
import { blame } from "./blame.js";

type Context = Pick<InvokeContext, "signal" | "clock" | "logger" | "handlerTimeoutMs">;

/** How long the `@OnStop` methods of a bot may take whose start was not waited for. */
const LATE_STOP_TIMEOUT_MS = 5_000;

/** Calls `@OnStart` methods in order, and `@OnStop` methods in reverse. */
export class Lifecycle {
  readonly #context: Context;
  /** Bots that are started, in order. */
  #started: RunningBot[] = [];
  /** Those that are not to be started any more: their room is over. */
  readonly #ended = new WeakSet<RunningBot>();
  #isOver = false;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Rejects with what the first method that fails throws, and with `SessionError` when the application is stopped: those
   * behind it are not called.
   */
  start(bots: readonly RunningBot[]): Promise<void> {
    const work = this.#start(bots);
    this.#starting = Promise.allSettled([this.#starting, work]);
    return work;
  }

  async #start(bots: readonly RunningBot[]): Promise<void> {
    for (const bot of bots) {
      if (this.#ended.has(bot)) continue;
      for (const handler of hooksOf(bot, "start")) {
        if (this.#context.signal.aborted) throw new SessionError("stopped", "The application was stopped");
        await this.#call(bot, handler, this.#context.handlerTimeoutMs).catch((error: unknown) => {
          blame(error, `${handler.name} (@OnStart)`);
          throw error;
        });
      }
      this.#started.push(bot);
      // whoever stopped the others did not wait for this one
      if (this.#isOver || this.#ended.has(bot)) await this.stop(LATE_STOP_TIMEOUT_MS, [bot]);
    }
  }

  /** Resolves when no bot is being started. */
  async idle(): Promise<void> {
    await this.#starting;
  }

  /**
   * Calls those of some bots, or of all that are started, within `limitMs` altogether; what they throw reaches the log.
   * Calls each once.
   */
  async stop(limitMs: number, bots: readonly RunningBot[] | "all" = "all"): Promise<void> {
    const { clock, logger } = this.#context;
    const deadlineMs = clock.monotonic() + limitMs;
    if (bots === "all") this.#isOver = true;
    else for (const bot of bots) this.#ended.add(bot);
    const stopped = this.#started.filter((bot) => bots === "all" || bots.includes(bot));
    this.#started = this.#started.filter((bot) => !stopped.includes(bot));
    for (const bot of stopped.reverse())
      for (const handler of [...hooksOf(bot, "stop")].reverse()) {
        const leftMs = Math.max(1, deadlineMs - clock.monotonic());
        await this.#call(bot, handler, leftMs).catch((error: unknown) =>
          logger.error({ handler: handler.name, error }, "A handler failed while the application stopped"),
        );
      }
  }

  async #call(bot: RunningBot, handler: EventHandler, limitMs: number): Promise<void> {
    const { method, name } = handler;
    const { clock, logger } = this.#context;
    const late = new AbortController();
    const limit = new Promise<never>((_resolve, reject) => {
      late.signal.addEventListener("abort", () => reject(late.signal.reason as Error));
    });
    const timer = clock.setTimeout(
      () => late.abort(new RequestTimeoutError(`${name} took longer than ${limitMs} ms`)),
      limitMs,
    );
    try {
      await Promise.race([
        limit,
        callOf(instanceFor(bot, handler), method, contextOf(late.signal, logger.child({ handler: name }))),
      ]);
    } finally {
      timer.cancel();
    }
  }
}

const hooksOf = (bot: RunningBot, event: "start" | "stop"): readonly EventHandler[] =>
  bot.events.get(event) ?? [];

/** Also what is thrown at once is a rejection. */
async function callOf(instance: object, method: string | symbol, ctx: HandlerContext): Promise<unknown> {
  const hook: unknown = Reflect.get(instance, method);
  return typeof hook === "function" ? (hook.call(instance, ctx) as unknown) : undefined;
}

function contextOf(signal: AbortSignal, log: Logger): HandlerContext {
  const nowhere = (): Promise<never> =>
    Promise.reject(new NotJoinedError("There is nowhere to say this: send it to a room"));
  const nobody = (): never => {
    throw new NotJoinedError("There is nobody here to listen to");
  };
  return new HandlerContext({ signal, log, say: nowhere, ask: nowhere, answers: nobody });
}
