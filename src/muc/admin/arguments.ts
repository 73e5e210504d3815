import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { Affiliation, Role } from "../wire/muc-user.js";

const ROLES: readonly Role[] = ["moderator", "participant", "visitor", "none"];
const AFFILIATIONS: readonly Affiliation[] = ["owner", "admin", "member", "outcast", "none"];

function named<T extends string>(kind: string, known: readonly T[], value: T): T {
  if (!known.includes(value))
    throw new ArgumentError(`There is no ${kind} ${JSON.stringify(value)}, but ${known.join(", ")}`);
  return value;
}

/** Checks a role. Throws {@link ArgumentError}. */
export function checkRole(role: Role): Role {
  return named("role", ROLES, role);
}

/** Checks an affiliation. Throws {@link ArgumentError}. */
export function checkAffiliation(affiliation: Affiliation): Affiliation {
  return named("affiliation", AFFILIATIONS, affiliation);
}

/** Checks a text for people; absent is null. Throws {@link ArgumentError}. */
export function checkText(name: string, text: string | null | undefined): string | null {
  if (text === undefined || text === null || text === "") return null;
  if (typeof text !== "string") throw new ArgumentError(`The ${name} must be a text`);
  return text;
}

/**
 * Checks the address of somebody who is to be something to `room`, and gives it without its resource: an affiliation
 * is of an account or a whole domain, and Prosody refuses a full JID. Throws {@link ArgumentError}, also for an address
 * in the room: that is a nick, which may be somebody else's by the time that it is read.
 */
export function checkAccount(room: JID, account: JID | string): JID {
  const bare = JID.from(account).bare();
  if (bare.equals(room))
    throw new ArgumentError(`${bare.toString()} is the room: an affiliation is of a real address`);
  return bare;
}
