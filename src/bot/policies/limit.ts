import type { Invitation } from "../../muc/invitations/invitation.js";
import { strangeKeys } from "../option-keys.js";
import type { BuiltInvitationPolicy } from "./invitation-policy.js";
import { buildPolicy, policyFactory } from "./policy.js";

/** What {@link limit} takes. */
export interface LimitOptions {
  /** How many invitations of one inviter in a window; default: any number. */
  readonly perInviter?: number;
  /** How many to one room in a window; default: any number. */
  readonly perRoom?: number;
  /** How long a window is, in milliseconds. */
  readonly windowMs: number;
}

/** Inviters and rooms that are counted; of more than that the oldest begin anew. */
const CAPACITY = 1_000;

/** Counts within windows that begin with the first of each. */
class Counter {
  readonly #windowMs: number;
  readonly #windows = new Map<string, { readonly sinceMs: number; count: number }>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** How many there are of this now, with the one more. */
  count(key: string, nowMs: number): number {
    let window = this.#windows.get(key);
    if (window === undefined || nowMs - window.sinceMs >= this.#windowMs) {
      this.#windows.delete(key);
      this.#windows.set(key, (window = { sinceMs: nowMs, count: 0 }));
      const [oldest] = this.#windows.keys();
      if (this.#windows.size > CAPACITY && oldest !== undefined) this.#windows.delete(oldest);
    }
    return ++window.count;
  }
}

/** Where nobody in particular is known to invite, whoever the stanza is from counts. */
const inviterOf = ({ inviter, from }: Invitation): string => (inviter ?? from).toString();

/**
 * Ignores what comes too often, and leaves all else undecided: it stands before other policies, in `firstOf`. Each
 * application counts for itself.
 */
export const limit = policyFactory(function limit(options: LimitOptions): BuiltInvitationPolicy {
  const { perInviter = Infinity, perRoom = Infinity, windowMs } = options;
  const strange = strangeKeys("key", options, ["perInviter", "perRoom", "windowMs"]);
  const wrong = Object.entries({ perInviter, perRoom, windowMs }).flatMap(([name, value]) =>
    typeof value === "number" && value > 0 ? [] : [`limit: ${name} has to be a positive number`],
  );
  const problems = [...strange.map((each) => `limit: ${each}`), ...wrong];
  const counters = new WeakMap<object, { readonly inviters: Counter; readonly rooms: Counter }>();
  const shared = {};
  return buildPolicy(
    "invitations",
    (invitation, context) => {
      const owner = context?.client ?? shared;
      let mine = counters.get(owner);
      if (mine === undefined)
        counters.set(owner, (mine = { inviters: new Counter(windowMs), rooms: new Counter(windowMs) }));
      const nowMs = context?.clock.monotonic() ?? performance.now();
      // Both are counted, whatever the other says.
      const ofInviter = mine.inviters.count(inviterOf(invitation), nowMs);
      const ofRoom = mine.rooms.count(invitation.room.toString(), nowMs);
      if (ofInviter > perInviter) return { decision: "ignore", rule: "limit perInviter" };
      return ofRoom > perRoom ? { decision: "ignore", rule: "limit perRoom" } : null;
    },
    problems,
  );
});
