import type { RoleRequest } from "../../muc/voice/role-request.js";
import type { Affiliation } from "../../muc/wire/muc-user.js";
import { strangeKeys } from "../option-keys.js";
import { buildPolicy, policyFactory, type BuiltPolicy, type Policy, type PolicyContext } from "./policy.js";

/** What a policy says of a request for voice. */
export type RoleRequestRuling = "approve" | "deny";

/** Decides about requests for voice: for `@Bot({ roleRequests })` and `@OnRoleRequest(policy)`. */
export type RoleRequestPolicy = Policy<RoleRequest, RoleRequestRuling>;

/** A policy for requests for voice that this package makes. */
export type BuiltRoleRequestPolicy = BuiltPolicy<RoleRequest, RoleRequestRuling>;

/** Whether a value says what to do with a request. */
export function isRoleRequestRuling(value: unknown): value is RoleRequestRuling {
  return value === "approve" || value === "deny";
}

/** From the least to the most. Outcasts cannot be there. */
const RANKS: readonly Affiliation[] = ["none", "member", "admin", "owner"];

/**
 * Approves whoever has at least this affiliation, and leaves all others undecided. A request that does not fit who has
 * the nick now (`mismatch`) is nobody's: it is left undecided, too.
 */
export const approveAffiliation = policyFactory(function approveAffiliation(
  least: Affiliation,
): BuiltRoleRequestPolicy {
  const rank = RANKS.indexOf(least);
  const problems =
    rank < 0 ? [`approveAffiliation: "${least}" is none that can ask: write ${RANKS.join(", ")}`] : [];
  return buildPolicy(
    "requests for voice",
    ({ occupant }) =>
      occupant !== null && RANKS.indexOf(occupant.affiliation) >= rank
        ? { decision: "approve", rule: `approveAffiliation ${least}` }
        : null,
    problems,
  );
});

/** Approves members, admins and owners of the room, and leaves all others undecided. */
export const approveMembers = policyFactory(function approveMembers(): BuiltRoleRequestPolicy {
  const members = approveAffiliation("member");
  return buildPolicy("requests for voice", (request, context) =>
    members(request, context) === "approve" ? { decision: "approve", rule: "approveMembers" } : null,
  );
});

/** Denies every request. No service tells who asked: `deny({ tell })` in a method can. */
export const denyAll = policyFactory(function denyAll(): BuiltRoleRequestPolicy {
  return buildPolicy("requests for voice", () => ({ decision: "deny", rule: "denyAll" }));
});

/** What {@link cooldown} takes. */
export interface CooldownOptions {
  /** Requests of one person in one room that are let through within the window; default 1. */
  readonly limit?: number;
  /** How long the window is, in milliseconds. */
  readonly windowMs: number;
}

/** People whose requests are remembered; of more than that the oldest may ask again. */
const MAX_ASKERS = 1_000;

/**
 * Denies who asks too often, and leaves all others undecided: `firstOf(cooldown({ windowMs: 600_000 }), approveMembers())`.
 * A person is who the room says, by real address; those that it does not tell share one count.
 */
export const cooldown = policyFactory(function cooldown(options: CooldownOptions): BuiltRoleRequestPolicy {
  const { limit = 1, windowMs } = options;
  const problems = [
    ...strangeKeys("key", options, ["limit", "windowMs"]).map((each) => `cooldown: ${each}`),
    ...(Number.isInteger(limit) && limit > 0
      ? []
      : [`cooldown: limit is ${limit}: write a whole number from 1`]),
    ...(windowMs > 0 ? [] : [`cooldown: windowMs is ${windowMs}: write a positive number`]),
  ];
  // Two applications share nothing, though they may share the policy.
  const askers = new WeakMap<object, Map<string, number[]>>();
  const alone = {};
  return buildPolicy(
    "requests for voice",
    (request, context) => {
      const times = timesOf(askers, context ?? alone, request);
      const nowMs = (context?.clock ?? { monotonic: () => performance.now() }).monotonic();
      while (times[0] !== undefined && nowMs - times[0] >= windowMs) times.shift();
      if (times.length >= limit) return { decision: "deny", rule: "cooldown" };
      times.push(nowMs);
      return null;
    },
    problems,
  );
});

function timesOf(
  askers: WeakMap<object, Map<string, number[]>>,
  of: PolicyContext | object,
  { room, realJid }: RoleRequest,
): number[] {
  let all = askers.get(of);
  if (all === undefined) askers.set(of, (all = new Map()));
  const key = `${room.jid.toString()}\n${realJid?.bare().toString() ?? ""}`;
  const times = all.get(key) ?? [];
  all.delete(key);
  all.set(key, times);
  const [oldest] = all.keys();
  if (all.size > MAX_ASKERS && oldest !== undefined) all.delete(oldest);
  return times;
}
