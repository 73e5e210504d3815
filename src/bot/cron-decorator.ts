import type { BotTick, CronTick } from "./cron-tick.js";
import { PLAIN, type EventMethod, type HandlerDecorator } from "./handler-decorator.js";
import type { SilentResult } from "./message-decorators.js";
import { recordHandler, type EventSpec } from "./metadata.js";
import type { HandlerResult } from "./reply.js";

/** How `@Cron` works beside its pattern. */
export interface CronOptions {
  /** The time zone of the pattern (`Europe/Berlin`); default: the machine's. */
  readonly timezone?: string;
  /** Once in each active room (default), or once for the bot. */
  readonly per?: "room" | "bot";
  /** What becomes of a tick that comes while the last one is not done: it is left out (default), or waits its turn: with that one 1,000 at most. */
  readonly overlap?: "skip" | "queue";
  /** Beside the room's queue: what happens in the room does not wait for it, nor it for that. */
  readonly parallel?: boolean;
}

/**
 * Calls a method at the times of a cron pattern: minute, hour, day of the month, month, day of the week, and seconds before
 * those where there are six fields. In each active room, whose turn it waits for, and where what it returns is said; with
 * `per: "bot"` once, in no room, and then it returns no text. A pattern or a time zone that cannot be is found at the start.
 *
 * What comes due while the process sleeps, or because the clock is put forward, is called once and late, as `scheduledAt`
 * shows; a clock that is put back calls nothing twice. Where the clock of the zone leaps over a time, its call comes at the
 * end of the leap; of a time that comes twice it comes at the first.
 */
export function Cron(
  pattern: string,
  options: CronOptions & { readonly per: "bot" },
): HandlerDecorator<EventMethod<BotTick, SilentResult>>;
export function Cron(
  pattern: string,
  options?: CronOptions & { readonly per?: "room" },
): HandlerDecorator<EventMethod<CronTick, HandlerResult>>;
export function Cron(
  pattern: string,
  options: CronOptions = {},
): HandlerDecorator<EventMethod<never, never>> {
  const { timezone = null, per = "room", overlap = "skip", ...others } = options;
  const perBot = per === "bot";
  const spec: EventSpec = {
    ...PLAIN,
    event: perBot ? "botTick" : "cron",
    answer: perBot ? "nowhere" : "room",
    schedule: { pattern, timezone, overlap, per },
    // what there is not stays among them, for the start to find
    options: others,
  };
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "Cron");
}
