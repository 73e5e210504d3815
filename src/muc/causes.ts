import { ArgumentError } from "../base/errors.js";
import { joinReason, type JoinErrorReason } from "./join-error.js";
import type { LeaveMode } from "./status-codes.js";

/**
 * Why we are out of a room, or do not get in. Those of a removal are called as the `mode` of `exit`, those of a refusal
 * as the `reason` of `JoinError`:
 * - `streamLost` the session is lost
 * - `systemShutdown` the service goes down (332)
 * - `technicalRemoval` the service removed us for a technical reason (333)
 * - `selfPing` the room says that we are not in (XEP-0410)
 * - `removed` own unavailable presence that nobody asked for and nothing explains
 * - `bounced` a message of ours came back: who is not in cannot speak
 * - `kicked` 307
 * - `banned` 301, or refused with `forbidden`
 * - `affiliationChange` 321
 * - `moderationChange` 322
 * - `destroyed` the room was destroyed, or refuses with `gone`
 * - `nickConflict` somebody else has the nick, and there is no other to try
 * - `nickInvalid` refused with `jid-malformed` or `bad-request`
 * - `nickReserved` refused with `not-acceptable`
 * - `passwordRequired` refused with `not-authorized`
 * - `membersOnly` refused with `registration-required`
 * - `notFound` refused with `item-not-found`
 * - `notAllowed` refused with `not-allowed`: Prosody's rooms do so while they are switched off
 * - `resourceConstraint` refused with `resource-constraint` or `service-unavailable`
 * - `unreachable` refused with `remote-server-*`
 * - `serverError` refused with `internal-server-error`
 * - `timeout` the join was not answered
 * - `other` refused with anything else
 */
export type Cause =
  | "streamLost"
  | "systemShutdown"
  | "technicalRemoval"
  | "selfPing"
  | "removed"
  | "bounced"
  | "kicked"
  | "banned"
  | "affiliationChange"
  | "moderationChange"
  | "destroyed"
  | "nickConflict"
  | "nickInvalid"
  | "nickReserved"
  | "passwordRequired"
  | "membersOnly"
  | "notFound"
  | "notAllowed"
  | "resourceConstraint"
  | "unreachable"
  | "serverError"
  | "timeout"
  | "other";

/**
 * What to do about a cause: come back after a jittered, growing delay, without limit (`rejoin`); stay out; or come back
 * so long afterwards and not before, be there a new session meanwhile, so many times (default once) within an hour, and
 * then stay out.
 */
export type CauseAction = "rejoin" | "out" | { readonly afterMs: number; readonly times?: number };

/** What to do about causes. What is not named is left to the defaults. */
export type OnCause = { readonly [C in Cause]?: CauseAction } & {
  /**
   * A room that was destroyed may say where it went on (XEP-0045 §10.9). `follow`: we go there, if that is a room of
   * the same service, once, and no more rooms than before. Default `out`.
   */
  readonly alternative?: "follow" | "out";
};

/** What holds where nobody says otherwise: what passes by itself is tried again, what somebody wanted is not. */
const DEFAULTS: Readonly<Record<Cause, CauseAction>> = {
  streamLost: "rejoin",
  systemShutdown: "rejoin",
  technicalRemoval: "rejoin",
  selfPing: "rejoin",
  removed: "rejoin",
  bounced: "rejoin",
  kicked: "out",
  banned: "out",
  affiliationChange: "out",
  moderationChange: "out",
  destroyed: "out",
  // at a rejoin; whether a first join is tried again depends on nobody but who chose the nick
  nickConflict: "rejoin",
  nickInvalid: "out",
  nickReserved: "out",
  passwordRequired: "out",
  membersOnly: "out",
  notFound: "rejoin",
  notAllowed: "rejoin",
  resourceConstraint: "rejoin",
  unreachable: "rejoin",
  serverError: "rejoin",
  timeout: "rejoin",
  other: "out",
};

/** What is to be done now: nothing, or to come back, so long from now or after a growing delay. */
export type Decision = "out" | "rejoin" | { readonly afterMs: number };

/** For how long coming back after such a cause counts as one of `times`. */
const COUNTED_FOR_MS = 3_600_000;

function checkAction(name: string, action: unknown): void {
  if (action === undefined || action === "rejoin" || action === "out") return;
  const { afterMs, times = 1 } = (action ?? {}) as Partial<Exclude<CauseAction, string>>;
  const isDelay = typeof afterMs === "number" && Number.isFinite(afterMs) && afterMs > 0;
  if (name === "streamLost" || !isDelay || !Number.isSafeInteger(times) || times < 1)
    throw new ArgumentError(
      `onCause.${name} is "rejoin", "out"${name === "streamLost" ? "" : ", or such as { afterMs: 60_000, times: 1 }"}`,
    );
}

/** Checks what to do about causes. Throws {@link ArgumentError}. */
export function checkOnCause(onCause: OnCause): OnCause {
  if (typeof onCause !== "object" || onCause === null)
    throw new ArgumentError('onCause is an object, such as { kicked: "rejoin" }');
  for (const [name, action] of Object.entries(onCause)) {
    if (name === "alternative") {
      if (action !== undefined && action !== "follow" && action !== "out")
        throw new ArgumentError('onCause.alternative is "follow" or "out"');
    } else if (Object.hasOwn(DEFAULTS, name)) checkAction(name, action);
    else
      throw new ArgumentError(`onCause: there is no cause ${name}, but ${Object.keys(DEFAULTS).join(", ")}`);
  }
  return onCause;
}

const REMOVALS: ReadonlyMap<LeaveMode | null, Cause> = new Map<LeaveMode | null, Cause>([
  ["systemShutdown", "systemShutdown"],
  ["error", "technicalRemoval"],
  [null, "removed"],
  ["kicked", "kicked"],
  ["banned", "banned"],
  ["affiliationChange", "affiliationChange"],
  ["moderationChange", "moderationChange"],
  ["destroyed", "destroyed"],
]);

/** The cause that a removal of that mode has (null: no code explains it). */
export function causeOfRemoval(mode: LeaveMode | null): Cause {
  return REMOVALS.get(mode) ?? "removed";
}

/** Refusals whose reason stands for no cause of its own: these end a join otherwise. */
type Answered = Exclude<JoinErrorReason, "gone" | "timeout" | "disconnected" | "aborted">;

/** The cause that a refusal with this condition has; null is no answer. */
export function causeOfRefusal(condition: string | null): Cause {
  if (condition === null) return "timeout";
  if (condition === "internal-server-error") return "serverError";
  if (condition.startsWith("remote-server-")) return "unreachable";
  if (condition === "gone") return "destroyed";
  return joinReason(condition) as Answered;
}

/** What one room does about causes: what it was told, else the defaults. */
export class CausePolicy {
  readonly #wanted: OnCause;
  readonly #nowMs: () => number;
  /** When we came back, or will, after what has a limit. Most rooms never do. */
  #returns: Map<Cause, number[]> | null = null;

  /** `nowMs` is a clock that never goes back. */
  constructor(wanted: OnCause, nowMs: () => number) {
    this.#wanted = wanted;
    this.#nowMs = nowMs;
  }

  /** What is to be done now; `entered` says whether we ever were in. */
  decide(cause: Cause, entered: boolean): Decision {
    const wanted = this.#wanted[cause];
    if (wanted === undefined && cause === "nickConflict" && !entered) return "out";
    const action = wanted ?? DEFAULTS[cause];
    if (typeof action === "string") return action;
    const { afterMs, times = 1 } = action;
    return this.#recent(cause).length < times ? { afterMs } : "out";
  }

  #recent(cause: Cause): number[] {
    const sinceMs = this.#nowMs() - COUNTED_FOR_MS;
    return this.#returns?.get(cause)?.filter((atMs) => atMs > sinceMs) ?? [];
  }

  /** We come back after that cause. */
  returning(cause: Cause): void {
    const action = this.#wanted[cause];
    if (typeof action !== "object") return;
    this.#returns ??= new Map();
    this.#returns.set(cause, [...this.#recent(cause), this.#nowMs() + action.afterMs]);
  }
}
