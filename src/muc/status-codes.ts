/** Status codes of rooms (XEP-0045 §15.6). A code that is not listed here survives as its number. */
export const StatusCode = {
  nonAnonymous: 100,
  affiliationChange: 101,
  showingUnavailable: 102,
  notShowingUnavailable: 103,
  configNonPrivacy: 104,
  self: 110,
  loggingOn: 170,
  loggingOff: 171,
  configNonAnonymous: 172,
  configSemiAnonymous: 173,
  configFullyAnonymous: 174,
  created: 201,
  nickAssigned: 210,
  banned: 301,
  nickChanged: 303,
  kicked: 307,
  removedAffiliation: 321,
  removedMembersOnly: 322,
  serviceShutdown: 332,
  technicalRemoval: 333,
} as const;

/** How somebody came to be out of a room. */
export type LeaveMode =
  | "disconnected"
  | "systemShutdown"
  | "normal"
  | "kicked"
  | "affiliationChange"
  | "moderationChange"
  | "banned"
  | "error"
  | "destroyed"
  | "unknown";

const MODES: readonly (readonly [number, LeaveMode])[] = [
  [StatusCode.technicalRemoval, "error"],
  [StatusCode.serviceShutdown, "systemShutdown"],
  [StatusCode.banned, "banned"],
  [StatusCode.removedAffiliation, "affiliationChange"],
  [StatusCode.removedMembersOnly, "moderationChange"],
  [StatusCode.kicked, "kicked"],
];

/**
 * What the codes of an unavailable presence say, null when they say nothing. Several may come at once: a technical
 * removal also has 307, and must not be taken for a kick.
 */
export function removalMode(codes: ReadonlySet<number>, destroyed: boolean): LeaveMode | null {
  if (destroyed) return "destroyed";
  for (const [code, mode] of MODES) if (codes.has(code)) return mode;
  return null;
}
