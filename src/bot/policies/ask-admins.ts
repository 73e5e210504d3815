import { messageOf } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { Affiliation } from "../../muc/wire/muc-user.js";
import { strangeKeys } from "../option-keys.js";
import { adminDesk, type Admins } from "./admin-desk.js";
import type { BuiltInvitationPolicy } from "./invitation-policy.js";
import { buildPolicy, policyFactory } from "./policy.js";

/** What {@link askAdmins} takes: a room or accounts, and not both. */
export interface AskAdminsOptions {
  /** A room that the bot sits in: those who administrate it may answer there. */
  readonly room?: JID | string;
  /** The least that somebody has to be to that room to answer; default `admin`. */
  readonly affiliation?: "member" | "admin" | "owner";
  /** Accounts that are asked in a direct chat, and may answer there. */
  readonly jids?: readonly (JID | string)[];
  /** How long an answer is waited for, in milliseconds; default an hour. Then it is undecided. */
  readonly expiresMs?: number;
}

const EXPIRES_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** For what other policies, and methods, may do when nobody answered. */
const GRACE_MS = 60_000;

const AT_LEAST: Readonly<Record<string, ReadonlySet<Affiliation>>> = {
  member: new Set(["member", "admin", "owner"]),
  admin: new Set(["admin", "owner"]),
  owner: new Set(["owner"]),
};

function readAdmins({ room, affiliation = "admin", jids }: AskAdminsOptions, problems: string[]): Admins {
  if ((room === undefined) === (jids === undefined)) problems.push("askAdmins: name either a room or jids");
  const affiliations = Object.hasOwn(AT_LEAST, affiliation) ? AT_LEAST[affiliation] : undefined;
  if (affiliations === undefined)
    problems.push(`askAdmins: affiliation has to be member, admin or owner, not ${String(affiliation)}`);
  if (jids !== undefined && (!Array.isArray(jids) || jids.length === 0))
    problems.push("askAdmins: jids has to be a list, and not an empty one");
  try {
    if (room !== undefined) return { room: JID.from(room).bare(), affiliations: affiliations ?? new Set() };
    return { jids: (Array.isArray(jids) ? jids : []).map((jid: JID | string) => JID.from(jid).bare()) };
  } catch (error) {
    problems.push(`askAdmins: ${messageOf(error)}`);
    return { jids: [] };
  }
}

/**
 * Asks people: in a room that the bot sits in, or in a direct chat. There it takes `accept 3` and `decline 3` (and a
 * reason, where there is one) from those who may, the number being that of the question. What nobody answers in time is
 * undecided. The lines are heard by other handlers, too.
 */
export const askAdmins = policyFactory(function askAdmins(options: AskAdminsOptions): BuiltInvitationPolicy {
  const { expiresMs = EXPIRES_MS } = options;
  const keys = ["room", "affiliation", "jids", "expiresMs"];
  const problems = strangeKeys("key", options, keys).map((each) => `askAdmins: ${each}`);
  const admins = readAdmins(options, problems);
  if (typeof expiresMs !== "number" || !(expiresMs > 0))
    problems.push("askAdmins: expiresMs has to be a positive number");
  return buildPolicy(
    "invitations",
    (invitation, context) => {
      // Without an application there is nobody to ask.
      if (context === undefined) return null;
      invitation.expiresIn(Math.max(expiresMs, DAY_MS) + GRACE_MS);
      return adminDesk(context).ask(invitation, admins, expiresMs, context);
    },
    problems,
  );
});
