import type { Affiliation, Role } from "../../muc/wire/muc-user.js";

/** XEP-0045 §5.2, the least first. */
const AFFILIATIONS: readonly Affiliation[] = ["outcast", "none", "member", "admin", "owner"];
/** XEP-0045 §5.1, the least first. */
const ROLES: readonly Role[] = ["none", "visitor", "participant", "moderator"];

/** The affiliation of that name, null where there is none. */
export function affiliationNamed(text: string | undefined): Affiliation | null {
  return AFFILIATIONS.find((each) => each === text) ?? null;
}

/** The role of that name, null where there is none. */
export function roleNamed(text: string | undefined): Role | null {
  return ROLES.find((each) => each === text) ?? null;
}

/** A number that is the higher the more the affiliation may. */
export function rankOf(affiliation: Affiliation): number {
  return AFFILIATIONS.indexOf(affiliation);
}

/** A number that is the higher the more the role may. */
export function roleRankOf(role: Role): number {
  return ROLES.indexOf(role);
}
