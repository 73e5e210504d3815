import { Clock, systemClock, type Timer } from "../base/clock.js";
import { ArgumentError, NotJoinedError } from "../base/errors.js";
import type { JID } from "../base/jid.js";
import { Logger, silentLogger } from "../base/logger.js";
import type { CallWatch } from "../bot/call-watch.js";
import type { AuthoringMistake } from "../bot/errors.js";
import type { Class } from "../bot/metadata.js";
import { Slots } from "../bot/slots.js";
import { MucClient } from "../muc/client.js";
import { JoinError } from "../muc/join-error.js";
import type { Room } from "../muc/room.js";
import { Session } from "../xmpp/session.js";
import { SessionError } from "../xmpp/session-error.js";
import { checkOptionKeys } from "./app-option-keys.js";
import { botJoin, joinLimits } from "./app-rooms.js";
import { BotPlan } from "./bot-plan.js";
import type { Cast } from "./cast.js";
import { consoleLogger } from "./console-logger.js";
import { invitedOptions, maxAgeOf, takesInvitations } from "./invitations.js";
import { Lifecycle } from "./lifecycle.js";
import { makeCast } from "./make-cast.js";
import { makeSession } from "./make-session.js";
import { logLevelOf, settingsFrom, type AppOptions, type Environment } from "./options.js";
import { makePolicyContext } from "./policy-context.js";
import { RoomPlan, type PlannedRoom } from "./room-plan.js";
import { Schedules } from "./schedules.js";
import { speaking } from "./speaking.js";
import type { AppStatus } from "./status.js";
import { Whereabouts } from "./whereabouts.js";
import { Wiring } from "./wiring.js";

/** How long what is under way may take when the application stops. */
const DRAIN_TIMEOUT_MS = 5_000;
/** How long a handler may take. */
const HANDLER_TIMEOUT_MS = 60_000;
/** How many handlers may be at work at once. */
const MAX_HANDLERS = 100;

/** What is logged of bots that nobody gave a room. */
export const SIT_NOWHERE = "The bots sit in no room: name some in @Bot or MUCWRIGHT_ROOMS";

/** What {@link createBotApp} takes. */
export interface BotAppOptions extends AppOptions {
  /** The bot classes. */
  readonly bots: readonly Class[];
  /** Environment variables; default none: the process is not touched. */
  readonly env?: Environment;
}

/** One connected application: its bots, its session and its rooms. Two of them share nothing. */
export class BotApp {
  /** Settles when the application is over: with null after `stop()`, else with what ended it, or kept it from starting. */
  readonly closed: Promise<Error | null>;
  readonly #options: BotAppOptions;
  readonly #found: readonly AuthoringMistake[];
  readonly #calls: CallWatch | null;
  readonly #abort = new AbortController();
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
  #cast: Cast | null = null;
  #wiring: Wiring | null = null;
  #slots: Slots | null = null;
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;

  /**
   * Use {@link createBotApp}. `found` are mistakes that were found before: they are told with the others. `calls` sees
   * each call of a handler.
   */
  constructor(
    options: BotAppOptions,
    found: readonly AuthoringMistake[] = [],
    calls: CallWatch | null = null,
  ) {
    this.#options = options;
    this.#found = found;
    this.#calls = calls;
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

  /**
   * The instance of one of the bots, or of a feature; of scope `room` that in a room. Throws `ArgumentError` before the
   * start, for a class that is none of them, and for a room without one.
   */
  get<T extends object>(bot: new (...args: never[]) => T, room?: JID | string): T {
    const instance =
      (room === undefined ? undefined : this.#wiring?.instance(bot, room)) ?? this.#cast?.get(bot);
    if (!(instance instanceof bot))
      throw new ArgumentError(
        `There is no ${bot.name} in this application, or it is not started, or each room has one: name the room`,
      );
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
    this.#assertGoing();
    checkOptionKeys(this.#options);
    const { env = {}, handlerTimeoutMs = HANDLER_TIMEOUT_MS, maxHandlers = MAX_HANDLERS } = this.#options;
    const bots = [...new Set(this.#options.bots)];
    const settings = settingsFrom(this.#options, env);
    const logger = settings.logger ?? consoleLogger(logLevelOf(this.#options, env), process.stderr);
    this.#logger = logger;
    const rooms = new RoomPlan(settings, bots);
    const clock = settings.clock ?? systemClock;
    const session = makeSession(settings, logger);
    const invited = invitedOptions(bots, rooms.nick, botJoin(rooms.onCause));
    const said = speaking(settings, clock, logger);
    const muc = new MucClient(session, { logger, clock, invited, ...said, ...joinLimits(settings) });
    const plans = bots.filter((bot) => typeof bot === "function").map((bot) => new BotPlan(bot, settings));
    const cast = makeCast({
      given: bots,
      found: this.#found,
      plans,
      rooms,
      settings,
      session,
      muc,
      logger,
      clock,
    });
    this.#cast = cast;
    this.#session = session;
    this.#muc = muc;
    this.#nick = rooms.nick;
    this.#follow(rooms, clock);
    const slots = new Slots(maxHandlers, () =>
      logger.warn({ maxHandlers }, "Many handlers are at work: rooms wait for one another now"),
    );
    this.#slots = slots;
    const watch = this.#calls ?? undefined;
    const context = {
      signal: this.#abort.signal,
      slots,
      logger,
      clock,
      handlerTimeoutMs,
      ...(watch !== undefined && { watch }),
    };
    const maxAgeMs = maxAgeOf(bots);
    const policyContext = makePolicyContext({ client: muc, session, logger, context, maxAgeMs });
    const lifecycle = new Lifecycle(context);
    const schedules = new Schedules(clock);
    const wiring = new Wiring({ plans, rooms, cast, logger, context, policyContext, schedules, lifecycle });
    this.#lifecycle = lifecycle;
    this.#schedules = schedules;
    this.#wiring = wiring;
    // what a constructor joined has told nothing yet
    for (const room of muc.rooms.values()) this.#watch(room, room);
    muc.on("roomAdded", ({ room, follows }) => this.#watch(room, follows ?? room));
    wiring.watchAccount(muc, (from) => session.jid?.bare().equals(from.bare()) === true);
    this.#join(muc, rooms.rooms);
    session.on("error", (error) => void this.#end(error));
    if (rooms.rooms.length === 0 && !plans.some(({ compiled }) => takesInvitations(compiled)))
      logger.warn(SIT_NOWHERE);
    await lifecycle.start([...cast.outside(plans, "everywhere"), ...wiring.takeToStart()]);
    this.#assertGoing();
    await session.start();
    wiring.startSchedules();
    this.#checkReady();
  }

  #assertGoing(): void {
    if (this.#stopping !== null) throw new SessionError("stopped", "The application was stopped");
  }

  #watch(room: Room, named: Room): void {
    this.#wiring?.watch(room, named);
    this.#whereabouts?.watch(room, named);
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
   * Starts the application, unless that was done, and resolves when every room that did not refuse for good is active for
   * the first time. Rejects as {@link start} does, and with what ended the application, when that comes first.
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
    await this.#wiring?.idle();
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

  async #shutDown(): Promise<void> {
    this.#abort.abort();
    this.#schedules?.stop();
    this.#wiring?.close();
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
    await Promise.race([Promise.all([this.idle(), this.#lifecycle?.idle()]), limit]);
    timer?.cancel();
    // a handler that ends later is not followed by others
    this.#wiring?.discard();
    this.#slots?.close();
  }
}

/**
 * Makes an application without touching the process. Nothing happens until `start()`, or `ready()`, which starts it and
 * waits for its rooms.
 */
export function createBotApp(options: BotAppOptions): BotApp {
  return new BotApp(options);
}
