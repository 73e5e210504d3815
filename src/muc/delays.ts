import { ArgumentError } from "../base/errors.js";

/** How long rooms wait. All in milliseconds. */
export interface RoomDelays {
  /** How long a join may stay unanswered; default 30 s. Some services never answer. */
  readonly joinTimeoutMs: number;
  /** When the history counts as over though nothing says so; default 10 s. Some services send no subject. */
  readonly historyTimeoutMs: number;
  /** The bounds of the growing delay before a room is joined again; default 2 s and 5 minutes. */
  readonly rejoin: {
    /** The upper bound of the first delay. */
    readonly minDelayMs: number;
    /** The upper bound of all. */
    readonly maxDelayMs: number;
  };
}

/** How many joins go out in a second, where nobody says otherwise. */
const JOINS_PER_SECOND = 20;

function checked(name: string, value: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new ArgumentError(`${name} is a positive number, not ${String(value)}`);
}

/** The delays of a client, those of `wanted` where it has them. Throws {@link ArgumentError}. */
export function roomDelays(
  wanted: Partial<Omit<RoomDelays, "rejoin">> & { readonly rejoin?: Partial<RoomDelays["rejoin"]> },
): RoomDelays {
  const { joinTimeoutMs = 30_000, historyTimeoutMs = 10_000, rejoin = {} } = wanted;
  const { minDelayMs = 2_000, maxDelayMs = Math.max(300_000, minDelayMs) } = rejoin;
  if (maxDelayMs < minDelayMs)
    throw new ArgumentError(
      `rejoin.maxDelayMs (${maxDelayMs}) is less than rejoin.minDelayMs (${minDelayMs})`,
    );
  return {
    joinTimeoutMs: checked("joinTimeoutMs", joinTimeoutMs),
    historyTimeoutMs: checked("historyTimeoutMs", historyTimeoutMs),
    rejoin: {
      minDelayMs: checked("rejoin.minDelayMs", minDelayMs),
      maxDelayMs: checked("rejoin.maxDelayMs", maxDelayMs),
    },
  };
}

/** How many joins go out in a second at most. Throws {@link ArgumentError}. */
export function joinRate(wanted: number = JOINS_PER_SECOND): number {
  return checked("joinsPerSecond", wanted);
}
