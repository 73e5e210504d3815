import { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { AuthoringError, type AuthoringMistake } from "../bot/errors.js";
import type { InvokeContext } from "../bot/invoke.js";
import type { Class } from "../bot/metadata.js";
import type { PolicyContext } from "../bot/policies/policy.js";
import { Router, type RunningBot } from "../bot/router.js";
import type { MucClient } from "../muc/client.js";
import type { Room } from "../muc/room.js";
import type { BotPlan } from "./bot-plan.js";
import type { Cast } from "./cast.js";
import { Dispatcher } from "./dispatcher.js";
import { watchInvitations } from "./invitations.js";
import type { Lifecycle } from "./lifecycle.js";
import { watchRoleRequests } from "./role-requests.js";
import type { RoomPlan } from "./room-plan.js";
import type { Schedules } from "./schedules.js";

/** How long the `@OnStop` methods of a room that is over may take. */
const STOP_TIMEOUT_MS = 5_000;

/** What a {@link Wiring} needs. */
export interface WiringOptions {
  readonly plans: readonly BotPlan[];
  readonly rooms: RoomPlan;
  readonly cast: Cast;
  readonly logger: Logger;
  readonly context: InvokeContext;
  readonly policyContext: PolicyContext;
  readonly schedules: Schedules;
  readonly lifecycle: Lifecycle;
}

/** Brings what happens in rooms, and outside of them, to the bots that it is for. */
export class Wiring {
  readonly #options: WiringOptions;
  readonly #queues = new Set<Dispatcher>();
  /** Rooms that are over and whose bots are being stopped. */
  readonly #endings = new Set<Promise<void>>();
  /** The same by the room's address: whoever comes there next begins after that. */
  readonly #endingAt = new Map<string, Promise<void>>();
  /** Bots of single rooms that the start of the application will start; null after that: they start by themselves. */
  #toStart: RunningBot[] | null = [];
  readonly #mistakes: AuthoringMistake[] = [];
  /** Who is in each room that is not over, by its address. */
  readonly #here = new Map<string, readonly RunningBot[]>();

  constructor(options: WiringOptions) {
    this.#options = options;
  }

  /**
   * The bots of the rooms that were joined so far, to be started with the others; those of later rooms are started when
   * they are joined. Throws `AuthoringError` where one could not be made.
   */
  takeToStart(): readonly RunningBot[] {
    if (this.#mistakes.length > 0) throw new AuthoringError(this.#mistakes);
    const bots = this.#toStart ?? [];
    this.#toStart = null;
    return bots;
  }

  /**
   * Brings the events of a room to the bots that sit in it (of one that went on elsewhere: in `named`); of a room that
   * nobody named, to all.
   */
  watch(room: Room, named = room): void {
    const { rooms, plans, logger, context, policyContext, schedules } = this.#options;
    const planned = rooms.rooms.find((each) => each.jid.equals(named.jid));
    const sitting = planned === undefined ? plans : plans.filter(({ type }) => planned.bots.includes(type));
    const here = this.#cast(room, named, sitting);
    this.#here.set(room.jid.toString(), here);
    const consult = watchRoleRequests(room, here, policyContext);
    const router = new Router(here, { ...context, consult });
    const queue = new Dispatcher(router, logger, { room: room.jid });
    this.#queues.add(queue);
    queue.listenTo(room);
    schedules.add(room, queue, here);
    const own = here.filter(({ type }) => sitting.some((plan) => plan.type === type && plan.perRoom));
    if (own.length > 0) this.#begin(room, own, router, queue);
    const forget = (): void => {
      queue.close();
      if (this.#here.get(room.jid.toString()) === here) this.#here.delete(room.jid.toString());
      this.#end(room, queue, own);
    };
    room.on("exit", forget);
    room.on("failure", forget);
  }

  /** The instance of a bot or feature in a room; undefined where there is none. */
  instance(type: Class, room: JID | string): object | undefined {
    const here = this.#here.get(JID.from(room).bare().toString()) ?? [];
    return here.flatMap(({ instances }) => instances.get(type) ?? [])[0];
  }

  /** Bots that cannot be made for a room keep nobody else out of it. */
  #cast(room: Room, named: Room, sitting: readonly BotPlan[]): readonly RunningBot[] {
    const { cast, logger } = this.#options;
    try {
      return cast.inRoom(room, named, sitting);
    } catch (error) {
      if (!(error instanceof AuthoringError)) throw error;
      if (this.#toStart !== null) this.#mistakes.push(...error.mistakes);
      else logger.error({ room: room.jid, error }, "The bots of this room could not be made");
      return cast.inRoom(
        room,
        named,
        sitting.filter(({ perRoom }) => !perRoom),
      );
    }
  }

  /** Before anything that happens there reaches anybody. */
  #begin(room: Room, bots: readonly RunningBot[], router: Router, queue: Dispatcher): void {
    if (this.#toStart !== null) return void this.#toStart.push(...bots);
    const { lifecycle, logger, context } = this.#options;
    const former = this.#endingAt.get(room.jid.toString());
    const start = async (bot: RunningBot): Promise<void> => {
      try {
        await lifecycle.start([bot]);
      } catch (error) {
        if (context.signal.aborted) logger.debug({ room: room.jid, error }, "A bot was not started any more");
        else
          logger.error({ room: room.jid, bot: bot.type.name, error }, "A bot could not be started in a room");
        router.drop(bot);
      }
    };
    queue.first(async () => {
      await former;
      for (const bot of bots) await start(bot);
    });
  }

  /** What is at work is still waited for, by `idle()` and by the end of the application. */
  #end({ jid }: Room, queue: Dispatcher, own: readonly RunningBot[]): void {
    const ending = queue.idle().then(async () => {
      this.#queues.delete(queue);
      await this.#options.lifecycle.stop(STOP_TIMEOUT_MS, own);
    });
    this.#endings.add(ending);
    void ending.finally(() => this.#endings.delete(ending));
    if (own.length === 0) return;
    const address = jid.toString();
    this.#endingAt.set(address, ending);
    void ending.finally(() => {
      if (this.#endingAt.get(address) === ending) this.#endingAt.delete(address);
    });
  }

  /** Brings what comes from outside of rooms to the bots that there are once. `isOurs`: whether a JID is the account's own. */
  watchAccount(client: MucClient, isOurs: (from: JID) => boolean): void {
    const { plans, cast, logger, context, policyContext } = this.#options;
    const bots = cast.outside(plans);
    watchInvitations({
      client,
      bots,
      types: plans.map(({ type }) => type),
      logger,
      context,
      policyContext,
      queues: this.#queues,
    });
    const router = new Router(bots, context);
    if (!router.handles("directMessage")) return;
    const queue = new Dispatcher(router, logger, {});
    this.#queues.add(queue);
    client.on("directMessage", (event) => {
      // what another client of our own account wrote is nobody's word to us
      if (!isOurs(event.from)) queue.take(event);
    });
  }

  /** Begins to follow the schedules of all bots. */
  startSchedules(): void {
    const { plans, cast, context, logger, schedules } = this.#options;
    for (const bot of cast.outside(plans, "everywhere")) {
      const queue = new Dispatcher(new Router([bot], context), logger, {});
      this.#queues.add(queue);
      schedules.start(bot, queue);
    }
    for (const plan of plans) if (plan.perRoom) schedules.start(plan.everywhere, null);
  }

  /** Resolves when no handler is at work and no event waits. */
  async idle(): Promise<void> {
    await Promise.all([...[...this.#queues].map((queue) => queue.idle()), ...this.#endings]);
  }

  /** Takes no more events; what waits is still handled. */
  close(): void {
    for (const queue of this.#queues) queue.close();
  }

  /** Forgets what still waits. */
  discard(): void {
    for (const queue of this.#queues) queue.discard();
  }
}
