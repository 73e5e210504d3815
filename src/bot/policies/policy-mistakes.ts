import type { AuthoringMistake } from "../errors.js";
import { problemsOf, type PolicyKind } from "./policy.js";

const POLICY_FIX: Readonly<Record<PolicyKind, string>> = {
  invitations: "Write a policy with what it takes, such as acceptFrom({ domains: […] }), or as a function",
  "requests for voice":
    "Write a policy with what it takes, such as approveMembers() or cooldown({ windowMs: 600_000 }), or as a function",
};

/** What is wrong with a policy that stands where one of this kind has to. */
export function policyMistakes(
  where: string,
  policy: unknown,
  kind: PolicyKind,
): readonly AuthoringMistake[] {
  return problemsOf(policy, kind).map((problem) => ({ where, problem, fix: POLICY_FIX[kind] }));
}
