import { Clock, systemClock, type Timer } from "../base/clock.js";
import { ArgumentError, NotJoinedError } from "../base/errors.js";
import { Logger, silentLogger } from "../base/logger.js";
import { compileBot } from "../bot/compile.js";
import type { InvokeContext } from "../bot/invoke.js";
import type { PolicyContext } from "../bot/policies/policy.js";
import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import { isBotClass, type Class } from "../bot/metadata.js";
import { BotOptions, Rooms } from "../bot/rooms.js";
import { Router, type RunningBot } from "../bot/router.js";
import { MucClient } from "../muc/client.js";
import { JoinError } from "../muc/join-error.js";
import type { Room } from "../muc/room.js";
import { Session } from "../xmpp/session.js";
import { SessionError } from "../xmpp/session-error.js";
import { consoleLogger } from "./console-logger.js";
import { AppRooms, botJoin, joinLimits } from "./app-rooms.js";
import { fillMiddlewares, middlewareClasses } from "./middlewares.js";
import { createContainer, instantiate, type Provider } from "./container.js";
import { Dispatcher } from "./dispatcher.js";
import {
  invitationMistakes,
  invitedOptions,
  maxAgeOf,
  takesInvitations,
  watchInvitations,
} from "./invitations.js";
import { eventMistakes } from "./event-types.js";
import { InjectionCheck } from "./injection-check.js";
import { logLevelOf, settingsFrom, type AppOptions, type AppSettings, type Environment } from "./options.js";
import { Lifecycle } from "./lifecycle.js";
import { makePolicyContext } from "./policy-context.js";
import { roleRequestMistakes, watchRoleRequests } from "./role-requests.js";
import { RoomPlan, type PlannedRoom } from "./room-plan.js";
import { inRoom, prefixMistakes, prefixOf, speaking } from "./speaking.js";
import { scheduleMistakes, Schedules } from "./schedules.js";
import type { AppStatus } from "./status.js";
import { Whereabouts } from "./whereabouts.js";

/** How long what is under way may take when the application stops. */
const DRAIN_TIMEOUT_MS = 5_000;
/** How long a handler may take. */
const HANDLER_TIMEOUT_MS = 60_000;

/** What {@link createBotApp} takes. */
export interface BotAppOptions extends AppOptions {
  /** The bot classes. */
  readonly bots: readonly Class[];
  /** Environment variables; default none: the process is not touched. */
  readonly env?: Environment;
}

/** What brings events to handlers. */
interface Wiring {
  readonly bots: readonly RunningBot[];
  readonly plan: RoomPlan;
  readonly logger: Logger;
  readonly context: InvokeContext;
  readonly policyContext: PolicyContext;
}

/** One connected application: its bots, its session and its rooms. Two of them share nothing. */
export class BotApp {
  /** Settles when the application is over: with null after `stop()`, else with what ended it, or kept it from starting. */
  readonly closed: Promise<Error | null>;
  readonly #options: BotAppOptions;
  readonly #abort = new AbortController();
  readonly #queues = new Set<Dispatcher>();
  readonly #active: Promise<void>;
  #activate: () => void = () => {};
  #close: (error: Error | null) => void = () => {};
  #logger: Logger | null = null;
  #session: Session | null = null;
  #muc: MucClient | null = null;
  #nick: string | null = null;
  #whereabouts: Whereabouts | null = null;
  #lifecycle: Lifecycle | null = null;
  #schedules: Schedules | null = null;
  #instances: ReadonlyMap<Class, object> = new Map();
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;

  /** Use {@link createBotApp}. */
  constructor(options: BotAppOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.#active = new Promise((resolve) => (this.#activate = resolve));
  }

  /** The client, once started. Throws `ArgumentError` before that. */
  get muc(): MucClient {
    if (this.#muc === null) throw new ArgumentError("The application is not started");
    return this.#muc;
  }

  /** Where this application logs; before the start nothing is logged. */
  get logger(): Logger {
    return this.#logger ?? silentLogger;
  }

  /** The session, once started. Throws `ArgumentError` before that. */
  get session(): Session {
    if (this.#session === null) throw new ArgumentError("The application is not started");
    return this.#session;
  }

  /** The nick where no room says otherwise, once started. Throws `ArgumentError` before that. */
  get nick(): string {
    if (this.#nick === null) throw new ArgumentError("The application is not started");
    return this.#nick;
  }

  /** The instance of one of the bots. Throws `ArgumentError` before the start, and for a class that is none of them. */
  get<T extends object>(bot: new (...args: never[]) => T): T {
    const instance = this.#instances.get(bot);
    if (!(instance instanceof bot))
      throw new ArgumentError(`${bot.name} is no bot of this application, or it is not started`);
    return instance;
  }

  /**
   * Connects, and asks to enter the rooms. Resolves when the session is established; the rooms come after that, and
   * {@link status} tells how they stand. Rejects with `AuthoringError` for mistakes in the bots, with `ArgumentError`
   * for options, with `SessionError` when there is no session, with what an `@OnStart` method throws.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch(async (error: Error) => {
      await this.#end(error);
      throw error;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    if (this.#stopping !== null) throw new SessionError("stopped", "The application was stopped");
    const { env = {} } = this.#options;
    const bots = [...new Set(this.#options.bots)];
    const settings = settingsFrom(this.#options, env);
    const logger = settings.logger ?? consoleLogger(logLevelOf(this.#options, env), process.stderr);
    this.#logger = logger;
    const plan = new RoomPlan(settings, bots);
    const clock = settings.clock ?? systemClock;
    const session = this.#makeSession(settings, logger);
    const invited = invitedOptions(bots, plan.nick, botJoin(plan.onCause));
    const said = speaking(settings, clock, logger);
    const muc = new MucClient(session, { logger, clock, invited, ...said, ...joinLimits(settings) });
    const compiled = bots.map((bot) => compileBot(bot, prefixOf(bot)));
    const middlewares = middlewareClasses(compiled.map(({ bot }) => bot));
    const providers = this.#providers(bots, settings, { session, muc, plan, logger, clock, middlewares });
    const check = new InjectionCheck(providers);
    const mistakes = [
      ...(bots.length === 0 ? [NO_BOTS] : []),
      ...bots.flatMap((bot) => classMistakes(bot, check)),
      ...middlewares.flatMap((each) => check.mistakesOf(each)),
      ...compiled.flatMap(({ bot, mistakes }) => [...mistakes, ...scheduleMistakes(bot)]),
      ...bots.flatMap((bot) => [
        ...eventMistakes(bot),
        ...invitationMistakes(bot),
        ...roleRequestMistakes(bot),
        ...prefixMistakes(bot, settings),
      ]),
      ...plan.mistakes,
    ];
    // what a common base has wrong is told once
    if (mistakes.length > 0) throw new AuthoringError([...new Set(mistakes)]);
    const container = createContainer(providers);
    fillMiddlewares(
      compiled.map(({ bot }) => bot),
      container,
    );
    const running = compiled.map(({ bot }) => ({ ...bot, instance: instantiate(container, bot.type) }));
    this.#instances = new Map(running.map(({ type, instance }) => [type, instance]));
    this.#session = session;
    this.#muc = muc;
    this.#nick = plan.nick;
    this.#follow(plan, clock);
    const { handlerTimeoutMs = HANDLER_TIMEOUT_MS } = this.#options;
    const context = { signal: this.#abort.signal, logger, clock, handlerTimeoutMs };
    const maxAgeMs = maxAgeOf(bots);
    const policyContext = makePolicyContext({ client: muc, session, logger, context, maxAgeMs });
    const lifecycle = new Lifecycle(context);
    this.#lifecycle = lifecycle;
    this.#schedules = new Schedules(clock);
    const wiring = { bots: running, plan, logger, context, policyContext };
    // what a constructor joined has told nothing yet
    for (const room of muc.rooms.values()) this.#watch(room, wiring);
    muc.on("roomAdded", ({ room, follows }) => this.#watch(room, wiring, follows ?? room));
    this.#watchAccount(muc, wiring);
    this.#join(muc, plan.rooms);
    session.on("error", (error) => void this.#end(error));
    if (plan.rooms.length === 0 && !running.some(takesInvitations))
      logger.warn("The bots sit in no room: name some in @Bot or MUCWRIGHT_ROOMS");
    await lifecycle.start(running);
    await session.start();
    for (const bot of running) this.#schedules.start(bot, this.#queueOf(bot, context, logger));
    this.#checkReady();
  }

  #makeSession(settings: AppSettings, logger: Logger): Session {
    const { jid, password, service, connect, reconnect, limits, connectTimeoutMs, clock, caPem } = settings;
    return new Session({
      jid,
      password,
      logger,
      ...(service !== undefined && { service }),
      ...(connect !== undefined && { connect }),
      ...(reconnect !== undefined && { reconnect }),
      ...(limits !== undefined && { limits }),
      ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
      ...(clock !== undefined && { clock }),
      ...(caPem !== null && { tls: { ca: caPem } }),
    });
  }

  /** What constructors may ask for; what comes later takes the place of what came before. */
  #providers(
    bots: readonly Class[],
    settings: AppSettings,
    own: {
      readonly session: Session;
      readonly muc: MucClient;
      readonly plan: RoomPlan;
      readonly logger: Logger;
      readonly clock: Clock;
      readonly middlewares: readonly Class[];
    },
  ): readonly Provider[] {
    const botOptions: BotOptions = {
      jid: settings.jid.bare().toString(),
      nick: own.plan.nick,
      rooms: own.plan.rooms.map((room) => room.jid.toString()),
    };
    return [
      { token: Session, useValue: own.session },
      { token: MucClient, useValue: own.muc },
      { token: Rooms, useValue: new AppRooms(own.muc, own.plan.nick, own.logger, botJoin(own.plan.onCause)) },
      { token: Logger, useValue: own.logger },
      { token: Clock, useValue: own.clock },
      { token: BotOptions, useValue: botOptions },
      ...own.middlewares.map((type) => ({ token: type, useClass: type as new (...args: never[]) => object })),
      ...bots.map((bot) => ({ token: bot, useClass: bot as new (...args: never[]) => object })),
      ...(settings.providers ?? []),
    ];
  }

  /**
   * Brings the events of a room to the bots that sit in it (of one that went on elsewhere: in `named`); of a room that
   * nobody named, to all.
   */
  #watch(room: Room, { bots, plan, logger, context, policyContext }: Wiring, named = room): void {
    const planned = plan.rooms.find((each) => each.jid.equals(named.jid));
    const sitting = planned === undefined ? bots : bots.filter((bot) => planned.bots.includes(bot.type));
    const here = sitting.map((bot) => inRoom(bot, named.jid, this.#options));
    const consult = watchRoleRequests(room, here, policyContext);
    const router = new Router(here, { ...context, consult });
    const queue = new Dispatcher(router, logger, { room: room.jid });
    this.#queues.add(queue);
    queue.listenTo(room);
    this.#schedules?.add(
      room,
      queue,
      here.map(({ type }) => type),
    );
    this.#whereabouts?.watch(room, named);
    const forget = (): void => {
      queue.close();
      // what is at work is still waited for, by idle() and by stop()
      void queue.idle().then(() => this.#queues.delete(queue));
    };
    room.on("exit", forget);
    room.on("failure", forget);
  }

  /** Brings what accounts say to ours, outside of any room, to all bots. */
  #watchAccount(muc: MucClient, { bots, logger, context, policyContext }: Wiring): void {
    watchInvitations({ client: muc, bots, logger, context, policyContext, queues: this.#queues });
    const router = new Router(bots, context);
    if (!router.handles("directMessage")) return;
    const queue = new Dispatcher(router, logger, {});
    this.#queues.add(queue);
    muc.on("directMessage", (event) => {
      // what another client of our own account wrote is nobody's word to us
      if (this.#session?.jid?.bare().equals(event.from.bare()) !== true) queue.take(event);
    });
  }

  #follow(plan: RoomPlan, clock: Clock): void {
    const whereabouts = new Whereabouts(clock, new Set(plan.rooms.map(({ jid }) => jid.toString())));
    whereabouts.onChange = () => this.#checkReady();
    this.#whereabouts = whereabouts;
  }

  /** A room that refused for good is waited for no longer. */
  #checkReady(): void {
    const settled = this.#whereabouts?.settled ?? false;
    if (this.#session?.state === "online" && (settled || this.status().ready)) this.#activate();
  }

  /** When every room says no for good, there is nothing to run for. */
  #join(muc: MucClient, rooms: readonly PlannedRoom[]): void {
    let refused = 0;
    for (const { jid, nick, password, onCause } of rooms) {
      const options = { ...botJoin(onCause), ...(password !== null && { password }) };
      muc.join(jid, nick, options).entered.catch((error: unknown) => {
        if (!(error instanceof JoinError) || error.reason === "aborted" || error.reason === "disconnected")
          return;
        if (++refused === rooms.length && muc.rooms.size === 0) void this.#end(error);
        else this.#logger?.error({ room: jid, reason: error.reason }, error.message);
      });
    }
  }

  /**
   * Resolves when every room that did not refuse for good is active for the first time. Rejects with what ended the
   * application, when that comes first.
   */
  async ready(): Promise<void> {
    await this.start();
    const ended = this.closed.then((error) => {
      throw error ?? new NotJoinedError("The application was stopped before its rooms were joined");
    });
    await (this.#stopping === null ? Promise.race([ended, this.#active]) : ended);
  }

  /** Resolves when no handler is at work and no event waits. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues].map((queue) => queue.idle()));
  }

  /** How the session and the rooms stand now. */
  status(): AppStatus {
    const session = this.#session?.state ?? "idle";
    return this.#whereabouts?.status(session) ?? { session, ready: false, rooms: [] };
  }

  /**
   * Stops: handlers at work may finish (5 s), `@OnStop` methods are called (5 s), the rooms are left, the session ends.
   * Resolves when all that is done; safe
   * to call more than once.
   */
  async stop(): Promise<void> {
    await this.#end(null);
  }

  #end(error: Error | null): Promise<void> {
    this.#stopping ??= this.#shutDown().then(() => this.#close(error));
    return this.#stopping;
  }

  /** For what happens to a bot in no room. */
  #queueOf(bot: RunningBot, context: InvokeContext, logger: Logger): Dispatcher {
    const queue = new Dispatcher(new Router([bot], context), logger, {});
    this.#queues.add(queue);
    return queue;
  }

  async #shutDown(): Promise<void> {
    this.#abort.abort();
    this.#schedules?.stop();
    for (const queue of this.#queues) queue.close();
    await this.#drain();
    await this.#lifecycle?.stop(DRAIN_TIMEOUT_MS);
    await Promise.all([...(this.#muc?.rooms.values() ?? [])].map((room) => room.leave()));
    await this.#session?.stop();
  }

  async #drain(): Promise<void> {
    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = (this.#options.clock ?? systemClock).setTimeout(() => {
        this.#logger?.warn("Handlers were still at work when the application stopped");
        resolve();
      }, DRAIN_TIMEOUT_MS);
    });
    await Promise.race([this.idle(), limit]);
    timer?.cancel();
    // a handler that ends later is not followed by others
    for (const queue of this.#queues) queue.discard();
  }
}

const NO_BOTS: AuthoringMistake = {
  where: "bots",
  problem: "there is none",
  fix: "Name at least one class with @Bot()",
};

function classMistakes(bot: Class, check: InjectionCheck): readonly AuthoringMistake[] {
  if (isBotClass(bot)) return check.mistakesOf(bot);
  const where = (bot as Partial<Function> | undefined)?.name ?? String(bot);
  return [
    { where, problem: "it is no bot", fix: "Put @Bot() on the class; a subclass needs one of its own" },
  ];
}

/** Makes an application without touching the process. Nothing happens until `start()`. */
export function createBotApp(options: BotAppOptions): BotApp {
  return new BotApp(options);
}
