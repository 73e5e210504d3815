import { randomBytes } from "node:crypto";

import type { Clock } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { RequestTimeoutError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { DraftInit } from "../muc/wire/draft.js";
import type { MessageReceived } from "../muc/events/messages.js";
import { Answers, type AnswersOptions } from "./ask/answers.js";
import { ask, isNobody, type AskingCall } from "./ask/asker.js";
import type { Questions } from "./ask/questions.js";
import { Turn, type Retake } from "./ask/turn.js";
import type { AskOptions } from "./ask/whom.js";
import { isBotMarked } from "./bot-mark.js";
import type { CallWatch, WatchedCall } from "./call-watch.js";
import type { EventHandler, HandlerRef } from "./compiled.js";
import { ReplyError } from "./errors.js";
import { HandlerFailed, roomOf, type HandledEvent } from "./handler-failed.js";
import { HandlerContext, type HandlerContextSource } from "./handler-context.js";
import { HandlerCall } from "./guards/middleware.js";
import { runGuards, type GuardedCall, type Refusal } from "./guards/run-guards.js";
import { frozenStanding, occupantOf } from "./guards/standing.js";
import type { MayRun } from "./help.js";
import { sendAnswer, UnsentError, type ReplyTarget } from "./reply.js";
import type { Slots } from "./slots.js";
import { DEFAULT_TEXTS, textFor } from "./texts.js";

/** What every call of a handler shares. */
export interface InvokeContext {
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal;
  /** Aborted when the room is out for good. */
  readonly out?: AbortSignal;
  /** Where what is asked waits for its answer; without it nobody can be asked. */
  readonly questions?: Questions;
  /** How a handler that has got an answer takes its turn again; default: at once. */
  readonly retake?: Retake;
  /** How many handlers may be at work at once; default: as many as there are. */
  readonly slots?: Slots;
  /** Who wants to see each call; default: nobody. */
  readonly watch?: CallWatch;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long a handler may take before its room goes on without it. */
  readonly handlerTimeoutMs: number;
  /** Whether whoever is answered may be told once more that a handler failed; default: always. */
  readonly mayTell?: () => boolean;
  /** Whether somebody may run a command: the help tells of no other; default: everybody may. */
  readonly mayRun?: MayRun;
  /** Asks the policy that stands on a handler; undefined where there was nothing to wait for. */
  readonly consult?: (handler: EventHandler, event: HandledEvent) => Promise<void> | undefined;
  /** Told when a handler is done, or has taken too long; one that waits for an answer is not. */
  readonly over?: () => void;
  /** Told of each handler that fails, when the log was. */
  readonly failed?: (failure: HandlerFailed) => void;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** One call of a handler, from its first line to its last reply. */
class Call implements HandlerContextSource, WatchedCall {
  readonly #handler: HandlerRef;
  readonly #event: HandledEvent;
  readonly #target: ReplyTarget;
  readonly #context: InvokeContext;
  #timeout: AbortController | null = null;
  #signal: AbortSignal | null = null;
  #log: Logger | null = null;
  #tooLate: RequestTimeoutError | null = null;
  #hasSpoken = false;
  #madeTurn: Turn | null = null;
  #over = false;
  #withdraw: Set<() => void> | null = null;

  constructor(handler: HandlerRef, event: HandledEvent, target: ReplyTarget, context: InvokeContext) {
    this.#handler = handler;
    this.#event = event;
    this.#target = target;
    this.#context = context;
  }

  get name(): string {
    return this.#handler.name;
  }

  get atWork(): boolean {
    return this.#madeTurn?.taken === true;
  }

  get over(): boolean {
    return this.#over || this.#madeTurn?.over === true;
  }

  /** Made only for what is not done at once. */
  get #turn(): Turn {
    if (this.#madeTurn === null) {
      this.#madeTurn = new Turn(this.#context, () => this.#giveUp());
      if (this.#over) this.#madeTurn.end();
    }
    return this.#madeTurn;
  }

  /** What ends it from outside. That a room is out is what some handlers are there for. */
  get #ends(): readonly AbortSignal[] {
    const { signal, out } = this.#context;
    const { type } = this.#event;
    return out === undefined || type === "exit" || type === "failure" ? [signal] : [signal, out];
  }

  get signal(): AbortSignal {
    if (this.#signal === null) {
      this.#timeout = new AbortController();
      if (this.#tooLate !== null) this.#timeout.abort(this.#tooLate);
      this.#signal = AbortSignal.any([...this.#ends, this.#timeout.signal]);
    }
    return this.#signal;
  }

  get log(): Logger {
    this.#log ??= this.#context.logger.child(this.#fields);
    return this.#log;
  }

  get #fields(): { readonly handler: string; readonly room?: string } {
    const handler = this.#handler.name;
    const room = roomOf(this.#event);
    return room === null ? { handler } : { handler, room: room.toString() };
  }

  /** An empty text says nothing, as one that is returned. */
  say(draft: DraftInit): Promise<void> {
    if (draft === "") return Promise.resolve();
    this.#hasSpoken = true;
    return this.#target.say(draft);
  }

  ask(text: DraftInit, options: AskOptions): Promise<MessageReceived> {
    return ask(this.#asking(), text, options);
  }

  answers(options: AnswersOptions): Answers {
    return new Answers(this.#asking(), options);
  }

  #asking(): AskingCall {
    return {
      event: this.#event,
      clock: this.#context.clock,
      turn: this.#turn,
      questions: this.#context.questions ?? null,
      signals: this.#ends,
      say: (draft) => this.say(draft),
      refusal: (answer) => this.#refusalOf(answer),
      asked: (withdraw) => {
        const open = (this.#withdraw ??= new Set());
        open.add(withdraw);
        return () => void open.delete(withdraw);
      },
    };
  }

  /** Who caused the call, and may not any more, does not go on with it by an answer. */
  #refusalOf(answer: MessageReceived): ReplyError | null {
    const { guards, tellsRefusals = false, texts = DEFAULT_TEXTS } = this.#handler;
    if (guards === undefined || occupantOf(this.#event)?.isSamePerson(answer.occupant) !== true) return null;
    const rule = guards.refusal(answer);
    if (rule === null) return null;
    this.#context.logger.info({ ...this.#fields, rule, nick: answer.nick }, "An answer was refused");
    return new ReplyError(tellsRefusals ? textFor(texts, "refused") : "");
  }

  #end(): void {
    this.#over = true;
    this.#madeTurn?.end();
    this.#askNoMore();
    this.#context.over?.();
  }

  /** What is still asked when the handler is over has nobody to be answered to. */
  #askNoMore(): void {
    if (this.#withdraw !== null) for (const withdraw of this.#withdraw) withdraw();
  }

  run(instance: object, args: readonly unknown[]): Promise<void> | undefined {
    try {
      const method = (instance as Record<string | symbol, unknown>)[this.#handler.method] as (
        ...args: unknown[]
      ) => unknown;
      const ctx = new HandlerContext(this);
      const { guards } = this.#handler;
      const result =
        guards === undefined
          ? method.call(instance, ...args, ctx)
          : runGuards(
              guards,
              this.#guarded(args, ctx, () => method.call(instance, ...args, ctx)),
            );
      if (result === undefined || result === null || result === false) {
        this.#end();
        return undefined;
      }
      return this.#bounded(
        isThenable(result)
          ? Promise.resolve(result).then((value) => this.#answer(value))
          : this.#answer(result),
      );
    } catch (error) {
      this.#end();
      return this.#failed(error);
    }
  }

  /** As what stands before the handler sees this call. */
  #guarded(args: readonly unknown[], ctx: HandlerContext, handle: () => unknown): GuardedCall {
    const event = this.#event;
    const handler = this.#handler.name;
    const hasSpoken = (): boolean => this.#hasSpoken;
    return {
      event,
      nowMs: this.#context.clock.monotonic(),
      get hasSpoken() {
        return hasSpoken();
      },
      handlerCall: (refuse) => new HandlerCall({ event, handler, args, ctx }, refuse),
      handle: () => {
        // Its room has gone on: whoever waited for something must not come in between the others now.
        if (this.#tooLate !== null) throw this.#tooLate;
        return handle();
      },
      answer: (result) => this.#answer(result),
      refuse: (refusal) => this.#refuse(refusal),
    };
  }

  /** Tells who gave a command, in one line, and the log. */
  #refuse({ rule, text, waitMs, warning }: Refusal): Promise<void> | undefined {
    const { tellsRefusals = false, texts = DEFAULT_TEXTS } = this.#handler;
    const { affiliation, role } = frozenStanding(this.#event);
    const who = { nick: occupantOf(this.#event)?.nick, affiliation, role };
    const log = { ...this.#fields, event: this.#event.type, rule, ...who };
    if (warning !== undefined) this.#context.logger.warn(this.#fields, warning);
    // what nobody asked for is refused with every line that is said
    if (tellsRefusals) this.#context.logger.info(log, "A call was refused");
    else this.#context.logger.debug(log, "A call was refused");
    if (!tellsRefusals || this.#tooLate !== null) return undefined;
    const usual =
      waitMs === undefined
        ? textFor(texts, "refused")
        : textFor(texts, "cooldown", { seconds: String(Math.ceil(waitMs / 1000)) });
    const line = text ?? usual;
    // what cannot be sent is reported by the target
    return line === "" ? undefined : this.#target.say(line).catch(() => {});
  }

  #answer(result: unknown): Promise<void> {
    return sendAnswer(result, this.#target, () => this.#tooLate !== null);
  }

  /** Resolves when the work is done, waits for an answer, or has taken too long: what comes of it then counts for nothing. */
  #bounded(work: Promise<void>): Promise<void> | undefined {
    const settled = work.catch((error: unknown) => this.#failed(error));
    void settled.then(() => this.#end());
    return this.#turn.take();
  }

  #giveUp(): void {
    const error = new RequestTimeoutError(
      `${this.#handler.name} took longer than ${this.#context.handlerTimeoutMs} ms`,
    );
    this.#tooLate = error;
    this.#askNoMore();
    this.#context.over?.();
    this.#report(error);
    this.#timeout?.abort(error);
  }

  #report(error: unknown): void {
    const ref = randomBytes(2).toString("hex");
    this.#context.logger.error({ ...this.#fields, ref, error }, "A handler failed");
    const { mayTell, failed } = this.#context;
    const { name: handler, texts = DEFAULT_TEXTS } = this.#handler;
    const { stanza } = this.#event as { readonly stanza?: Element | null };
    // Bots tell each other nothing by themselves. What cannot be sent is reported by the target.
    const quiet = this.#target.quiet === true || (stanza != null && isBotMarked(stanza));
    const text = quiet || mayTell?.() === false ? "" : textFor(texts, "failed", { ref });
    if (text !== "") this.#target.say(text).catch(() => {});
    failed?.(new HandlerFailed({ error, event: this.#event, handler, ref }));
  }

  /** Never rejects, unless the logger fails. */
  async #failed(error: unknown): Promise<void> {
    const { logger } = this.#context;
    // the target has said so already
    if (error instanceof UnsentError) return;
    const ended = this.#ends.some(({ aborted, reason }) => aborted && (error === reason || isNobody(error)));
    if (this.#tooLate !== null || ended) {
      logger.debug({ ...this.#fields, error }, "A handler was aborted");
      return;
    }
    if (!(error instanceof ReplyError)) return this.#report(error);
    // what cannot be sent is reported by the target
    await sendAnswer(error.message, this.#target).catch(() => {});
  }
}

/**
 * Calls a handler, and sends what it returns to `target`. Whatever goes wrong in it is its own, and it has
 * `handlerTimeoutMs` for it, from when it is its turn: the returned promise settles, and never rejects. Undefined when
 * all was done at once.
 */
export function invoke(
  instance: object,
  handler: HandlerRef,
  args: readonly unknown[],
  event: HandledEvent,
  target: ReplyTarget,
  context: InvokeContext,
): Promise<void> | undefined {
  const call = new Call(handler, event, target, context);
  const { slots, watch } = context;
  if (watch === undefined && slots?.full !== true) return call.run(instance, args);
  const run = (): Promise<void> | undefined => call.run(instance, args);
  const watched = watch === undefined ? run : () => watch.within(call, run);
  return slots?.full === true ? slots.whenFree(watched) : watched();
}
