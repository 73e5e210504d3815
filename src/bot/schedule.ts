import { Cron as Croner } from "croner";

import { messageOf } from "../base/errors.js";

/** When a method is to be called, as it is written. */
export interface ScheduleSpec {
  readonly pattern: string;
  readonly timezone: string | null;
  readonly overlap: "skip" | "queue";
  readonly per: "room" | "bot";
}

/** Minute, hour, day of the month, month, day of the week; seconds before them. */
const FIELDS = [5, 6];

/** Whether the runtime knows a time zone of that name. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return typeof name === "string";
  } catch {
    return false;
  }
}

/** A schedule that was read. Nothing runs by itself: it only tells times. */
export class Schedule {
  readonly #cron: Croner;

  private constructor(cron: Croner) {
    this.#cron = cron;
  }

  /** Reads a schedule; a text says what is wrong with it. */
  static read({ pattern, timezone, overlap, per }: ScheduleSpec): Schedule | string {
    if (per !== "room" && per !== "bot") return `it is per "${String(per)}": write room or bot`;
    if (overlap !== "skip" && overlap !== "queue")
      return `its overlap is "${String(overlap)}": write skip or queue`;
    if (typeof pattern !== "string") return `its pattern is ${String(pattern)}, and no text`;
    const count = pattern.trim().split(/\s+/).length;
    if (!FIELDS.includes(count))
      return `the pattern "${pattern}" cannot be read: it has ${count === 1 ? "1 field" : `${count} fields`}, where five are wanted (minute hour day month weekday), or six with seconds before them`;
    if (timezone !== null && !isTimeZone(timezone)) return `there is no time zone "${String(timezone)}"`;
    try {
      const cron = new Croner(pattern, { paused: true, ...(timezone !== null && { timezone }) });
      if (cron.nextRun(new Date(Date.UTC(2024, 0, 1))) === null)
        return `the pattern "${pattern}" never comes true`;
      return new Schedule(cron);
    } catch (error) {
      return `the pattern "${pattern}"${timezone === null ? "" : ` in ${timezone}`} cannot be read: ${messageOf(error)}`;
    }
  }

  /** The first time after this one, in milliseconds since 1970; null where there is none any more. */
  next(afterMs: number): number | null {
    return this.#cron.nextRun(new Date(afterMs))?.getTime() ?? null;
  }
}
