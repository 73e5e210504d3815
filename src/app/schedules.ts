import type { Clock, Timer } from "../base/clock.js";
import type { EventHandler } from "../bot/compiled.js";
import { BotTick, CronTick, orderTick } from "../bot/cron-tick.js";
import type { AuthoringMistake } from "../bot/errors.js";
import { Schedule } from "../bot/schedule.js";
import type { CompiledBot } from "../bot/compiled.js";
import type { Room } from "../muc/room.js";
import type { Dispatcher } from "./dispatcher.js";

/** As far ahead as a timer is set: clocks are put right, processes sleep, and timers have their limits. */
const MAX_SLEEP_MS = 60_000;

/** As many of one handler may be not done in one room. */
const MAX_TICKS = 1_000;

type Tick = CronTick | BotTick;

const scheduled = (bot: CompiledBot): readonly EventHandler[] => [
  ...(bot.events.get("cron") ?? []),
  ...(bot.events.get("botTick") ?? []),
];

/** Schedules that cannot be. */
export function scheduleMistakes(bot: CompiledBot): readonly AuthoringMistake[] {
  return scheduled(bot).flatMap(({ name, schedule }) => {
    const read = schedule === null ? "it has no schedule" : Schedule.read(schedule);
    const fix =
      'Write a cron pattern that comes true, such as "0 9 * * 1-5", and a time zone such as "Europe/Berlin"';
    return typeof read === "string" ? [{ where: name, problem: read, fix }] : [];
  });
}

/** Calls `@Cron` methods at their times: through the queue of each room where their bot sits. */
export class Schedules {
  readonly #clock: Clock;
  readonly #rooms = new Map<
    Room,
    { readonly queue: Dispatcher; readonly handlers: ReadonlySet<EventHandler> }
  >();
  readonly #timers = new Map<EventHandler, Timer>();
  /** Ticks that are not done, by handler; of the bot itself under null. The first is at work, the others wait for it. */
  readonly #under = new Map<EventHandler, Map<Room | null, Tick[]>>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A room, with the queue of its events and the bots that sit in it. */
  add(room: Room, queue: Dispatcher, bots: readonly CompiledBot[]): void {
    this.#rooms.set(room, { queue, handlers: new Set(bots.flatMap(scheduled)) });
    const forget = (): void => void this.#rooms.delete(room);
    room.on("exit", forget);
    room.on("failure", forget);
  }

  /** Begins to follow the schedules of a bot; `queue` is for what is in no room, null where the bot is in rooms only. */
  start(bot: CompiledBot, queue: Dispatcher | null): void {
    for (const handler of scheduled(bot)) {
      const schedule = handler.schedule === null ? "" : Schedule.read(handler.schedule);
      if (typeof schedule !== "string") this.#await(bot, handler, schedule, queue, this.#clock.now());
    }
  }

  #await(
    bot: CompiledBot,
    handler: EventHandler,
    schedule: Schedule,
    queue: Dispatcher | null,
    afterMs: number,
  ): void {
    const dueMs = schedule.next(afterMs);
    if (dueMs === null || this.#stopped) return;
    const sleep = (): void => {
      const leftMs = Math.max(1, dueMs - this.#clock.now());
      this.#timers.set(handler, this.#clock.setTimeout(awake, Math.min(leftMs, MAX_SLEEP_MS)));
    };
    const awake = (): void => {
      // the clock may have been put back meanwhile
      if (this.#clock.now() < dueMs) return sleep();
      this.#fire(bot, handler, new Date(dueMs), queue);
      // What was slept through is not made up for.
      this.#await(bot, handler, schedule, queue, Math.max(dueMs, this.#clock.now()));
    };
    sleep();
  }

  #fire(bot: CompiledBot, handler: EventHandler, scheduledAt: Date, queue: Dispatcher | null): void {
    if (this.#stopped) return;
    if (bot.events.get("botTick")?.includes(handler) === true)
      return queue === null ? undefined : this.#take(handler, new BotTick(scheduledAt), queue, null);
    for (const [room, { queue: of, handlers }] of this.#rooms)
      if (room.active && handlers.has(handler))
        this.#take(handler, new CronTick(room, scheduledAt), of, room);
  }

  #take(handler: EventHandler, tick: Tick, queue: Dispatcher, room: Room | null): void {
    const under = this.#under.get(handler) ?? new Map<Room | null, Tick[]>();
    this.#under.set(handler, under);
    const ticks = under.get(room) ?? [];
    if (ticks.length > 0 && (handler.schedule?.overlap !== "queue" || ticks.length >= MAX_TICKS)) return;
    under.set(room, ticks);
    if (ticks.push(tick) > 1) return;
    const give = (next: Tick): void => {
      const done = (): void => {
        // one that took too long may end while the next is at work
        if (ticks[0] !== next) return;
        ticks.shift();
        const [waiting] = ticks;
        if (waiting === undefined) under.delete(room);
        else if (!this.#stopped) give(waiting);
      };
      orderTick(next, { handler, done });
      // what found no place will never be done
      if (!queue.take(next)) done();
    };
    give(tick);
  }

  /** Nothing more is called. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
