import { roomOf, type HandledEvent } from "../handler-failed.js";
import { provenIdentity } from "./standing.js";

/** What `@Cooldown` takes. */
export interface CooldownLimits {
  /**
   * Who shares a count: one person wherever they are (`occupant`), one person in one room, a room, or all there is.
   * Whose identity is not proven shares one count with all such people of the room; who invites, with all such who do.
   */
  readonly per: "occupant" | "occupantInRoom" | "room" | "bot";
  /** So many calls … */
  readonly limit: number;
  /** … within this time, which begins with the first of them, in milliseconds. */
  readonly windowMs: number;
}

/** How many counts one `@Cooldown` keeps; beyond that, all others share one. */
export const MAX_COUNTS = 10_000;

const PER: readonly unknown[] = ["occupant", "occupantInRoom", "room", "bot"];

/** What is wrong with what `@Cooldown` was given. */
export function cooldownProblems(options: unknown): readonly string[] {
  const { per, limit, windowMs } = (options ?? {}) as Partial<Record<keyof CooldownLimits, unknown>>;
  return [
    ...(PER.includes(per) ? [] : ['its "per" is not occupant, occupantInRoom, room or bot']),
    ...(Number.isInteger(limit) && Number(limit) > 0 ? [] : ["its limit is no whole number above 0"]),
    ...(Number.isFinite(windowMs) && Number(windowMs) > 0 ? [] : ["its windowMs is no time above 0"]),
  ];
}

interface Count {
  readonly endsAtMs: number;
  used: number;
  told: boolean;
}

/** A call was over the limit. */
export interface OverLimit {
  /** When there may be another one. */
  readonly waitMs: number;
  /** Whether it is the first such call of this window: only that one is answered. */
  readonly first: boolean;
}

/** The counts of one `@Cooldown` in one application. */
export class Cooldown {
  /** In words, for logs and for `why`. */
  readonly text: string;
  readonly #options: CooldownLimits;
  readonly #counts = new Map<string, Count>();

  constructor(options: CooldownLimits) {
    this.#options = options;
    this.text = `${options.limit} in ${options.windowMs / 1000} s per ${options.per}`;
  }

  /** Counts a call for whoever caused the event; null when it is within the limit. */
  take(event: HandledEvent, nowMs: number): OverLimit | null {
    const count = this.#countOf(this.#key(event), nowMs);
    if (count.used < this.#options.limit) {
      count.used++;
      return null;
    }
    const first = !count.told;
    count.told = true;
    return { waitMs: count.endsAtMs - nowMs, first };
  }

  #countOf(key: string, nowMs: number): Count {
    const known = this.#counts.get(key);
    if (known !== undefined && known.endsAtMs > nowMs) return known;
    // All windows are of one length: what was begun first ends first.
    this.#counts.delete(key);
    for (const [each, { endsAtMs }] of this.#counts) {
      if (endsAtMs > nowMs) break;
      this.#counts.delete(each);
    }
    if (this.#counts.size >= MAX_COUNTS && key !== "") return this.#countOf("", nowMs);
    const count = { endsAtMs: nowMs + this.#options.windowMs, used: 0, told: false };
    this.#counts.set(key, count);
    return count;
  }

  #key(event: HandledEvent): string {
    const { per } = this.#options;
    if (per === "bot") return "bot";
    const room = `room ${roomOf(event)?.toString() ?? ""}`;
    if (per === "room") return room;
    const identity = provenIdentity(event);
    // Into which room somebody asks us they choose themselves.
    if (identity === null) return event.type === "invitation" ? "invitations" : room;
    return per === "occupant" ? identity : `${room} ${identity}`;
  }
}
