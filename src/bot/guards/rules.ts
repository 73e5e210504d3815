import { JID } from "../../base/jid.js";
import { messageOf } from "../../base/errors.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import type { HandledEvent } from "../handler-failed.js";
import { similarTo } from "../similar.js";
import { frozenStanding, isOfSomebody, standingOf, type Standing } from "./standing.js";

/** What {@link RequireRule} is made of; at least one of it. */
export interface RequireKeys {
  /** At least this affiliation: an owner has what an admin has. */
  readonly affiliation: "member" | "admin" | "owner";
  /** At least this role. */
  readonly role: "visitor" | "participant" | "moderator";
  /** This real address, or one of these. What the room does not tell does not fit. */
  readonly jid: JID | string | readonly (JID | string)[];
  /** This trusted occupant-id (XEP-0421), or one of these. */
  readonly occupantId: string | readonly string[];
}

/** What somebody has to be. All keys must hold; one at least has to be there. */
export type RequireRule = {
  [Key in keyof RequireKeys]: Pick<RequireKeys, Key> & Partial<RequireKeys>;
}[keyof RequireKeys];

/** Rules of which one is enough, made by {@link anyOf}. */
export class AnyOf {
  readonly rules: readonly RequireRule[];

  /** Use {@link anyOf}. */
  constructor(rules: readonly RequireRule[]) {
    this.rules = rules;
  }
}

/** For `@Require`: one of these rules is enough. */
export function anyOf(...rules: readonly [RequireRule, ...RequireRule[]]): AnyOf {
  return new AnyOf(rules);
}

const AFFILIATIONS: readonly Affiliation[] = ["outcast", "none", "member", "admin", "owner"];
const ROLES: readonly Role[] = ["none", "visitor", "participant", "moderator"];
const KEYS: readonly string[] = ["affiliation", "role", "jid", "occupantId"];

type Check = (standing: Standing) => boolean;

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function checksOf({ affiliation, role, jid, occupantId }: Partial<RequireKeys>): readonly Check[] {
  const checks: Check[] = [];
  if (affiliation !== undefined) {
    const least = AFFILIATIONS.indexOf(affiliation);
    checks.push((standing) => AFFILIATIONS.indexOf(standing.affiliation) >= least);
  }
  if (role !== undefined) {
    const least = ROLES.indexOf(role);
    checks.push((standing) => ROLES.indexOf(standing.role) >= least);
  }
  if (jid !== undefined) {
    const known = listOf(jid).map((each) => (typeof each === "string" ? JID.parse(each) : each).bare());
    checks.push(({ realJid }) => realJid !== null && known.some((each) => each.equals(realJid)));
  }
  if (occupantId !== undefined) {
    const known = listOf(occupantId);
    checks.push((standing) => standing.occupantId !== null && known.includes(standing.occupantId));
  }
  return checks;
}

/** Whom a rule names is nobody's business in a room. */
function shownText(rule: Partial<RequireKeys>): string {
  return ruleText({
    ...rule,
    ...(rule.jid !== undefined && { jid: "that is let in" }),
    ...(rule.occupantId !== undefined && { occupantId: "that is let in" }),
  });
}

function ruleText(rule: Partial<RequireKeys>): string {
  const texts = [
    ...(rule.affiliation === undefined ? [] : [`affiliation ${rule.affiliation} or more`]),
    ...(rule.role === undefined ? [] : [`role ${rule.role} or more`]),
    ...(rule.jid === undefined ? [] : [`jid ${listOf(rule.jid).join(" or ")}`]),
    ...(rule.occupantId === undefined ? [] : [`occupant-id ${listOf(rule.occupantId).join(" or ")}`]),
  ];
  return texts.join(" and ");
}

/** One `@Require`, compiled. */
export class Requirement {
  /** The rule in words, for logs. */
  readonly text: string;
  /** The rule in words, for anybody: it names no person. */
  readonly shown: string;
  readonly #rules: readonly (readonly Check[])[];

  /** Throws `ArgumentError` for a rule with an address that cannot be read. See {@link ruleProblems}. */
  constructor(rule: RequireRule | AnyOf) {
    const rules = rule instanceof AnyOf ? rule.rules : [rule];
    this.text = rules.map(ruleText).join(", or ");
    this.shown = rules.map(shownText).join(", or ");
    this.#rules = rules.map(checksOf);
  }

  /** Whether whoever caused the event is what they have to be: at receipt, and now. */
  allows(event: HandledEvent): boolean {
    if (!isOfSomebody(event)) return true;
    return this.#fits(frozenStanding(event)) && this.#fits(standingOf(event));
  }

  #fits(standing: Standing): boolean {
    return this.#rules.some((checks) => checks.every((check) => check(standing)));
  }
}

/** What may have been meant by a key that there is not. */
function keyHint(key: string): string {
  // anybody may take it, once its owner has left
  if (/^nick(?:name)?$/i.test(key))
    return ": a nick is never who somebody is; name their jid, or their occupantId";
  const [similar] = KEYS.filter((each) => similarTo(key, [each.toLowerCase()]).length > 0);
  return similar === undefined ? `; there are ${KEYS.join(", ")}` : `; did you mean ${similar}?`;
}

/** Roles and affiliations are taken for each other. */
function otherKeyHint(key: string, values: readonly string[], value: unknown): string {
  const isOne = typeof value === "string" && value !== "none" && values.includes(value);
  return isOne ? `; did you mean ${key}: "${value}"?` : "";
}

function problemsOfRule(rule: unknown): readonly string[] {
  if (typeof rule !== "object" || rule === null) return ["its rule is no object"];
  const entries = Object.entries(rule);
  if (entries.length === 0) return ["its rule is empty: everybody would fit"];
  const problems: string[] = [];
  for (const [key, value] of entries as [string, unknown][]) {
    const values = listOf(value);
    if (!KEYS.includes(key)) problems.push(`there is no "${key}" to require${keyHint(key)}`);
    else if (value === undefined || values.length === 0) problems.push(`its "${key}" has no value`);
    else if (key === "affiliation" && AFFILIATIONS.indexOf(value as Affiliation) < 2)
      problems.push(
        `its affiliation is ${JSON.stringify(value)}, and not member, admin or owner${otherKeyHint("role", ROLES, value)}`,
      );
    else if (key === "role" && ROLES.indexOf(value as Role) < 1)
      problems.push(
        `its role is ${JSON.stringify(value)}, and not visitor, participant or moderator${otherKeyHint("affiliation", AFFILIATIONS, value)}`,
      );
    else if (key === "occupantId" && values.some((each) => typeof each !== "string" || each === ""))
      problems.push("its occupantId is no text");
    else if (key === "jid") problems.push(...values.flatMap(jidProblems));
  }
  return problems;
}

function jidProblems(value: unknown): readonly string[] {
  if (value instanceof JID) return [];
  if (typeof value !== "string") return ["its jid is no address"];
  try {
    JID.parse(value);
    return [];
  } catch (error) {
    return [`its jid cannot be read: ${messageOf(error)}`];
  }
}

/** What is wrong with what `@Require` was given. */
export function ruleProblems(rule: unknown): readonly string[] {
  if (!(rule instanceof AnyOf)) return problemsOfRule(rule);
  if (rule.rules.length === 0) return ["anyOf() names no rule: nobody would fit"];
  return rule.rules.flatMap(problemsOfRule);
}
