import { MucwrightError } from "../base/errors.js";
import type { JID } from "../base/jid.js";

/** Why a room could not be entered. */
export type JoinErrorReason =
  | "nickConflict"
  | "nickInvalid"
  | "nickReserved"
  | "passwordRequired"
  | "membersOnly"
  | "banned"
  | "notFound"
  | "gone"
  | "notAllowed"
  | "resourceConstraint"
  | "unreachable"
  | "timeout"
  | "disconnected"
  | "aborted"
  | "other";

const REASONS: Readonly<Record<string, JoinErrorReason>> = {
  conflict: "nickConflict",
  "not-acceptable": "nickReserved",
  "jid-malformed": "nickInvalid",
  "bad-request": "nickInvalid",
  "not-authorized": "passwordRequired",
  "registration-required": "membersOnly",
  forbidden: "banned",
  "item-not-found": "notFound",
  gone: "gone",
  "not-allowed": "notAllowed",
  "resource-constraint": "resourceConstraint",
  "service-unavailable": "resourceConstraint",
  "remote-server-not-found": "unreachable",
  "remote-server-timeout": "unreachable",
};

const EXPLAINED: Readonly<Record<JoinErrorReason, string>> = {
  nickConflict: "somebody else has the nick: choose another one",
  nickInvalid: "the room does not accept the nick or the address",
  nickReserved: "the nick is reserved for somebody else",
  passwordRequired: "the room wants a password, or another one",
  membersOnly: "only members may enter: ask an admin of the room",
  banned: "the account is banned from the room",
  notFound: "the room does not exist, or is not open yet",
  gone: "the room was destroyed",
  notAllowed: "the service does not allow it",
  resourceConstraint: "the room is full, or the service is busy or off",
  unreachable: "the service of the room cannot be reached",
  timeout: "the room did not answer",
  disconnected: "the session ended before the room answered",
  aborted: "the join was given up",
  other: "the room refused",
};

/** The reason that a condition stands for (XEP-0045 §7.2). The condition alone counts: servers disagree on the rest. */
export function joinReason(condition: string): JoinErrorReason {
  return Object.hasOwn(REASONS, condition) ? (REASONS[condition] ?? "other") : "other";
}

/** A room could not be entered. `cause` is the `XmppError` where the room gave one. */
export class JoinError extends MucwrightError {
  /** What is in the way; stable. */
  readonly reason: JoinErrorReason;
  /** The bare JID of the room. */
  readonly room: string;
  /** Where a room that is gone went on, null where that was not told. */
  readonly alternative: JID | null;

  constructor(room: string, reason: JoinErrorReason, cause?: unknown, alternative: JID | null = null) {
    const said = cause instanceof Error ? ` (${cause.message})` : "";
    super(
      "join",
      `${room} cannot be joined: ${EXPLAINED[reason]}${said}`,
      cause === undefined ? {} : { cause },
    );
    this.reason = reason;
    this.room = room;
    this.alternative = alternative;
  }
}
