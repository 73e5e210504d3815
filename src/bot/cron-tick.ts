import type { Room } from "../muc/room.js";

/** The time of a `@Cron` method has come, in one room. */
export class CronTick {
  readonly type = "cron";
  /** An active room of the bot: each has a tick of its own. */
  readonly room: Room;
  /** When it was due. */
  readonly scheduledAt: Date;

  constructor(room: Room, scheduledAt: Date) {
    this.room = room;
    this.scheduledAt = scheduledAt;
  }
}

/** The time of a `@Cron(…, { per: "bot" })` method has come. */
export class BotTick {
  readonly type = "botTick";
  /** When it was due. */
  readonly scheduledAt: Date;

  constructor(scheduledAt: Date) {
    this.scheduledAt = scheduledAt;
  }
}

/** For whom a tick is, and who is told when it was handled. */
interface TickOrder {
  readonly handler: object;
  readonly done: () => void;
}

const orders = new WeakMap<object, TickOrder>();

/** Says for which handler a tick is: others with a schedule do not get it. */
export function orderTick(tick: CronTick | BotTick, order: TickOrder): void {
  orders.set(tick, order);
}

/** For whom a tick is. */
export function orderOf(tick: CronTick | BotTick): TickOrder | undefined {
  return orders.get(tick);
}
