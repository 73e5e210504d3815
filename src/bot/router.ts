import type { MessageUpdated } from "../muc/events/message-update.js";
import type { MessageReceived } from "../muc/events/messages.js";
import { NotJoinedError } from "../base/errors.js";
import { Questions } from "./ask/questions.js";
import type { Retake } from "./ask/turn.js";
import { isAskedFor, isNews, isPast } from "./asked-for.js";
import { CommandDesk } from "./command-desk.js";
import { orderOf, type BotTick, type CronTick } from "./cron-tick.js";
import type { CompiledBot, EventHandler, HandlerRef } from "./compiled.js";
import type { HandledEvent, HandlerFailed } from "./handler-failed.js";
import { targetFor } from "./event-target.js";
import { FailureLines } from "./failure-lines.js";
import { carryStanding, freezeStanding } from "./guards/standing.js";
import { invoke, type InvokeContext } from "./invoke.js";
import type { Class, HandlerOptions } from "./metadata.js";
import { decidingAs } from "./policies/deciding-as.js";
import type { ReplyTarget } from "./reply.js";

/** A compiled bot with the instances that it calls, of itself and of its features. */
export interface RunningBot extends CompiledBot {
  readonly instances: ReadonlyMap<Class, object>;
}

/** The object whose method a handler is. */
export function instanceFor(bot: RunningBot, { owner }: { readonly owner: Class }): object {
  const instance = bot.instances.get(owner);
  if (instance === undefined) throw new TypeError(`${owner.name} was not made for ${bot.type.name}`);
  return instance;
}

/** The events that reach handlers. */
export type RoutedEvent = HandledEvent;

/** One call that an event leads to. */
type Call = () => Promise<void> | undefined;

/** A handler, and the bot that it is called on. */
interface Bound {
  readonly bot: RunningBot;
  readonly handler: EventHandler;
}

/** With what somebody can give a command. */
const COMMAND_EVENTS = ["message", "privateMessage", "directMessage"] as const;

/** How many parallel calls of one router may be under way. */
export const MAX_PARALLEL = 100;

/** What a router needs of the queue that brings it events. */
export interface RouterQueue {
  /** Runs a job when its turn comes, for a handler that has got an answer. */
  readonly retake: Retake;
  /** Called when somebody is asked something, to bring answers; what it returns when nobody is asked any more. */
  readonly watchAnswers: () => () => void;
}

/** Finds out who handles an event, when its turn comes, and calls them one after another. */
export class Router {
  readonly #context: InvokeContext;
  /** By the type of the event: who handles others is not looked at. */
  readonly #bound = new Map<string, Bound[]>();
  readonly #parallel = new Set<Promise<void>>();
  #folded: { readonly body: string; readonly lower: string } | null = null;
  /** The types of events whose causers have to be what some rule says. */
  readonly #guarded: ReadonlySet<string>;
  /** What handlers have asked. Whoever receives events asks it first. */
  readonly questions: Questions;
  /** For handlers that are called beside the queue. */
  readonly #beside: InvokeContext;
  readonly #out = new AbortController();
  #queue: RouterQueue = { retake: (job) => void job(), watchAnswers: () => () => {} };
  /** Whether anybody wants corrections as messages. */
  readonly #correctable: boolean;
  /** Null where no line can be a command. */
  readonly #commands: CommandDesk | null;

  constructor(bots: readonly RunningBot[], context: InvokeContext) {
    const lines = new FailureLines(context.clock);
    this.questions = new Questions(() => this.#watchAnswers());
    this.#context = {
      ...context,
      out: this.#out.signal,
      questions: this.questions,
      retake: (job) => this.#queue.retake(job),
      mayTell: () => lines.take(),
      failed: (failure) => this.#failed(failure),
    };
    this.#beside = { ...this.#context, retake: (job) => this.#runBeside(job()) };
    const desk = new CommandDesk(bots, {
      mayRun:
        context.mayRun ?? (({ guards }, message) => guards === undefined || guards.refusal(message) === null),
      call: (bot, handler, message, args) => this.#call(bot, handler, [message, args], message, message),
      unhandled: (asked, message) => this.#unhandled(asked, message),
    });
    this.#guarded = new Set(bots.flatMap(guardedTypes));
    this.#commands = desk.empty ? null : desk;
    this.#correctable = bots.some(({ messages, commandList }) =>
      [...messages, ...commandList].some(takesCorrections),
    );
    if (this.#correctable) this.#listOf("messageUpdate");
    if (!desk.empty) for (const type of COMMAND_EVENTS) this.#listOf(type);
    for (const bot of bots) {
      for (const handler of bot.messages) this.#listOf("message").push({ bot, handler });
      for (const [type, handlers] of bot.events)
        this.#listOf(type).push(...handlers.map((handler) => ({ bot, handler })));
    }
  }

  /** Says by what queue it is called. */
  connect(queue: RouterQueue): void {
    this.#queue = queue;
  }

  /** The room is out for good: its handlers are told so by their signal, and nobody is left to answer. */
  roomIsOut(): void {
    this.#out.abort(new NotJoinedError("The room is not joined any more"));
    this.questions.end();
  }

  /** Calls nothing of a bot any more. */
  drop(bot: RunningBot): void {
    for (const [type, list] of this.#bound)
      this.#bound.set(
        type,
        list.filter((each) => each.bot !== bot),
      );
    this.#commands?.drop(bot);
  }

  #watchAnswers(): () => void {
    const { signal } = this.#context;
    const end = (): void => this.questions.end();
    signal.addEventListener("abort", end);
    const unwatch = this.#queue.watchAnswers();
    return () => {
      signal.removeEventListener("abort", end);
      unwatch();
    };
  }

  #listOf(type: string): Bound[] {
    let list = this.#bound.get(type);
    if (list === undefined) this.#bound.set(type, (list = []));
    return list;
  }

  /** Whether there is any handler for events of this type: nobody need listen to others. */
  handles(type: HandledEvent["type"]): boolean {
    return this.#bound.has(type) || (type === "message" && this.#bound.has("history"));
  }

  /** Whether anybody could handle the event: what nobody can need not wait for its turn. */
  wants(event: RoutedEvent): boolean {
    if (event.type !== "message") return this.#bound.has(event.type);
    if (isPast(event) && this.#bound.has("history")) return true;
    return isNews(event);
  }

  /** Told of each event when it is received: what is known of whoever caused it counts later too. */
  received(event: RoutedEvent): void {
    if (this.#guarded.has(event.type)) freezeStanding(event);
  }

  /** Told of each event that is not routed at once. */
  waits(event: RoutedEvent): void {
    const said = event.type === "messageUpdate" && this.#correctable ? event.message : event;
    if (said?.type === "message" || said?.type === "privateMessage") this.#commands?.waits(said);
  }

  /** Routes an event. The promise never rejects; undefined when all was done at once. */
  route(event: RoutedEvent): Promise<void> | undefined {
    const calls: Call[] = [];
    if (event.type === "message") {
      if (isPast(event)) this.#collect("history", event, calls);
      if (!isNews(event)) return inOrder(calls);
    }
    const command = this.#command(event);
    if (command === null) this.#collect(event.type, event, calls);
    else calls.push(command);
    if (this.#correctable && event.type === "messageUpdate") this.#corrected(event, calls);
    return inOrder(calls);
  }

  /** A correction of an own message, as what it makes of that, to those who ask for it: rooms pass on those of others. */
  #corrected(update: MessageUpdated, calls: Call[]): void {
    const { message } = update;
    if (message === null || !update.proven || !(message.source === "live" || message.source === "missed"))
      return;
    carryStanding(update, message);
    const command = this.#command(message);
    if (command === null) this.#collect("message", message, calls);
    else calls.push(command);
  }

  /** Null for what is no command. */
  #command(event: RoutedEvent): Call | null {
    const desk = this.#commands;
    const { type } = event;
    if (desk === null || (type !== "message" && type !== "privateMessage" && type !== "directMessage"))
      return null;
    const found = desk.find(event);
    return found === null ? null : () => desk.handle(found, event);
  }

  #unhandled(bots: readonly RunningBot[], message: MessageReceived): Promise<void> | undefined | false {
    const bound = (this.#bound.get("unhandledCommand") ?? []).filter(({ bot }) => bots.includes(bot));
    if (bound.length === 0) return false;
    const calls: Call[] = [];
    for (const { bot, handler } of bound) this.#match(bot, handler, message, calls);
    return inOrder(calls);
  }

  /** At once, not when its turn comes: the failed handler may have waited long enough. One that fails itself is told to nobody. */
  #failed(failure: HandlerFailed): void {
    if (failure.event.type === "handlerFailed") return;
    const calls: Call[] = [];
    this.#collect(failure.type, failure, calls);
    const work = inOrder(calls);
    if (work === undefined) return;
    this.#parallel.add(work);
    void work.finally(() => this.#parallel.delete(work));
  }

  /** Resolves when no parallel handler is at work. */
  async idle(): Promise<void> {
    while (this.#parallel.size > 0) await Promise.all(this.#parallel);
  }

  #collect(type: string, event: RoutedEvent, calls: Call[]): void {
    for (const { bot, handler } of this.#bound.get(type) ?? []) this.#match(bot, handler, event, calls);
    this.#folded = null;
  }

  #call(
    bot: RunningBot,
    handler: HandlerRef & { readonly options: HandlerOptions; readonly owner: Class },
    args: readonly unknown[],
    event: RoutedEvent,
    target: ReplyTarget,
  ): Promise<void> | undefined {
    const instance = instanceFor(bot, handler);
    if (handler.options.parallel !== true)
      return invoke(instance, handler, args, event, target, this.#context);
    this.#runParallel(handler, () => invoke(instance, handler, args, event, target, this.#beside));
    return undefined;
  }

  /** Beside the queue, as far as there is room for it; false where there is not. */
  #runParallel({ name }: HandlerRef, call: Call): boolean {
    if (this.#parallel.size >= MAX_PARALLEL) {
      this.#context.logger.error({ handler: name }, "Too many parallel calls: one was dropped");
      return false;
    }
    this.#runBeside(call());
    return true;
  }

  /** The body in lower case, made once for all handlers that look for a text in it. */
  #fold(body: string): string {
    if (this.#folded?.body !== body) this.#folded = { body, lower: body.toLowerCase() };
    return this.#folded.lower;
  }

  #match(bot: RunningBot, handler: EventHandler, event: RoutedEvent, calls: Call[]): void {
    const { text, pattern, test, options } = handler;
    if (event.type === "cron" || event.type === "botTick") return this.#ticks(bot, handler, event, calls);
    if (!isAskedFor(event, options)) return;
    if (handler.mention && (event.type !== "message" || !event.mentionsMe)) return;
    if (text === null && pattern === null && test === null)
      return void calls.push(this.#calling(bot, handler, [event], event));
    if (!("body" in event)) return;
    if (text !== null && !this.#fold(event.body).includes(text)) return;
    if (test !== null) return void calls.push(this.#testing(bot, handler, event));
    if (pattern === null) return void calls.push(this.#calling(bot, handler, [event], event));
    pattern.lastIndex = 0;
    const match = pattern.exec(event.body);
    if (match !== null) calls.push(this.#calling(bot, handler, [event, match], event));
  }

  /** Made here, not where handlers are looked at: what it holds on to would be allocated for those that are not called. */
  #calling(bot: RunningBot, handler: EventHandler, args: readonly unknown[], event: RoutedEvent): Call {
    return () => this.#answered(bot, handler, args, event);
  }

  #testing(bot: RunningBot, handler: EventHandler, event: RoutedEvent): Call {
    return () => this.#tested(bot, handler, event);
  }

  /** A tick is for one handler, and somebody waits for its end. */
  #ticks(bot: RunningBot, handler: EventHandler, tick: CronTick | BotTick, calls: Call[]): void {
    const order = orderOf(tick);
    if (order?.handler !== handler) return;
    const call = (): Promise<void> | undefined => {
      // the room may be out by the time that its turn comes
      if (tick.type === "botTick" || tick.room.active) return this.#tick(bot, handler, tick, order.done);
      order.done();
      return undefined;
    };
    calls.push(() => {
      if (handler.options.parallel !== true) return call();
      if (!this.#runParallel(handler, call)) order.done();
      return undefined;
    });
  }

  /** `over` is called when the handler has ended: later than its turn, where it waits for answers. */
  #tick(
    bot: RunningBot,
    handler: EventHandler,
    tick: CronTick | BotTick,
    over: () => void,
  ): Promise<void> | undefined {
    const target = targetFor(tick, handler.answer, this.#context.logger);
    const context = handler.options.parallel === true ? this.#beside : this.#context;
    return invoke(instanceFor(bot, handler), handler, [tick], tick, target, { ...context, over });
  }

  #answered(
    bot: RunningBot,
    handler: EventHandler,
    args: readonly unknown[],
    event: RoutedEvent,
  ): Promise<void> | undefined {
    const target = targetFor(event, handler.answer, this.#context.logger);
    if (event.type !== "invitation" && event.type !== "roleRequest")
      return this.#call(bot, handler, args, event, target);
    const call = (): Promise<void> | undefined => this.#call(bot, handler, args, event, target);
    if (handler.options.expiresMs !== undefined) event.expiresIn(handler.options.expiresMs);
    const act = (): Promise<void> | undefined => decidingAs(handler.name, call);
    const asked = handler.policy === null ? undefined : this.#context.consult?.(handler, event);
    if (asked === undefined) return act();
    // A policy may take days, and nothing else waits for it.
    void asked.then(() => {
      if (!this.#context.signal.aborted) this.#runBeside(act());
    });
    return undefined;
  }

  #runBeside(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    this.#parallel.add(work);
    void work.finally(() => this.#parallel.delete(work));
  }

  /** The author's own test may throw like any handler. */
  #tested(bot: RunningBot, handler: EventHandler, event: RoutedEvent): Promise<void> | undefined {
    let passed = false;
    const ref: HandlerRef = { method: "test", name: `${handler.name} (its filter)` };
    const guarded = {
      test: () => {
        passed = handler.test?.(event as never) === true;
      },
    };
    const target = targetFor(event, "nowhere", this.#context.logger);
    const failed = invoke(guarded, ref, [], event, target, this.#context);
    return passed ? this.#answered(bot, handler, [event], event) : failed;
  }
}

/** The types of events of which some handler is guarded. */
function guardedTypes(bot: RunningBot): readonly string[] {
  const types = [...bot.events].filter(([, handlers]) => handlers.some(isGuarded)).map(([type]) => type);
  if (bot.messages.some(isGuarded) || types.includes("history")) types.push("message", "messageUpdate");
  if (bot.commandList.some(isGuarded) || types.includes("unhandledCommand"))
    types.push(...COMMAND_EVENTS, "messageUpdate");
  return types;
}

function takesCorrections({ options }: { readonly options: HandlerOptions }): boolean {
  return options.corrections === true;
}

function isGuarded({ guards }: HandlerRef): boolean {
  return guards !== undefined;
}

/** One call after another; undefined when none of them had to be awaited. */
function inOrder(calls: readonly Call[]): Promise<void> | undefined {
  let pending: Promise<void> | undefined;
  for (const call of calls) pending = pending === undefined ? call() : pending.then(call);
  return pending;
}
