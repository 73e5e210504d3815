import type { Clock } from "../base/clock.js";
import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { roomOf, type HandledEvent } from "./handler-failed.js";

/** How long answers are counted for. */
const WINDOW_MS = 60_000;
/** Of this many accounts, at most, it is known how often they were answered. */
const MAX_ACCOUNTS = 256;

/** How many messages of one sender are answered in a minute. */
export interface LoopLimits {
  /** Of all in a room, or of one account, that say that they are bots; and of what a room sends back to us. */
  readonly answersToBotsPerMinute: number;
  /** Of one occupant, one account, or all in a room who are not (any more) among its occupants. */
  readonly answersPerMinute: number;
}

class Count {
  sinceMs = -Infinity;
  answered = 0;
  /** What is being answered: however many lines that takes, it counts once. */
  last: object | null = null;
}

/**
 * The hard end of two bots that answer each other: beyond so many answers in a minute nothing more is said to whoever it
 * is, and with nothing to answer the other one falls silent, too.
 */
export class LoopCap {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: LoopLimits;
  /** By occupant, and by room for all bots there: they go with what they count. */
  readonly #counts = new WeakMap<object, Count>();
  /** By room: what nobody who is there says. A stranger is another object with each line. */
  readonly #ofNobody = new WeakMap<object, Count>();
  readonly #accounts = new Map<string, Count>();

  constructor(clock: Clock, logger: Logger, limits: LoopLimits) {
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
  }

  /** Whether one more answer to this may be said; it counts as said then. */
  allows(cause: HandledEvent, isBot: boolean): boolean {
    const isLoop = isBot || cause.type === "messageError";
    const count = this.#countOf(cause, isLoop);
    if (count === null) return true;
    if (count.last === cause) return true;
    const nowMs = this.#clock.monotonic();
    if (nowMs - count.sinceMs >= WINDOW_MS) {
      count.sinceMs = nowMs;
      count.answered = 0;
    }
    const limit = isLoop ? this.#limits.answersToBotsPerMinute : this.#limits.answersPerMinute;
    if (count.answered >= limit) {
      if (count.answered++ === limit)
        this.#logger.warn(
          { room: roomOf(cause) },
          "Somebody was answered too often in a minute, as in a loop of bots: no more for now",
        );
      return false;
    }
    count.answered++;
    count.last = cause;
    return true;
  }

  #countOf(cause: HandledEvent, isLoop: boolean): Count | null {
    switch (cause.type) {
      case "directMessage":
        return this.#ofAccount(cause.from);
      case "message":
      case "privateMessage":
      case "messageUpdate":
      case "signal":
        if (isLoop) return countIn(this.#counts, cause.room);
        if (!cause.occupant.presence.available) return countIn(this.#ofNobody, cause.room);
        return countIn(this.#counts, cause.occupant);
      case "messageError":
        return countIn(this.#counts, cause.room);
      case "serviceMessage":
        return countIn(this.#ofNobody, cause.room);
      default:
        return null;
    }
  }

  #ofAccount(from: JID): Count {
    const key = from.bare().toString();
    let count = this.#accounts.get(key);
    if (count !== undefined) return count;
    if (this.#accounts.size >= MAX_ACCOUNTS) this.#accounts.clear();
    this.#accounts.set(key, (count = new Count()));
    return count;
  }
}

function countIn(counts: WeakMap<object, Count>, key: object): Count {
  let count = counts.get(key);
  if (count === undefined) counts.set(key, (count = new Count()));
  return count;
}
