import type { BuiltInvitationPolicy, InvitationPolicy } from "./invitation-policy.js";
import type { BuiltRoleRequestPolicy, RoleRequestPolicy } from "./role-request-policy.js";
import { buildPolicy, kindOf, policyFactory, problemsOf, ruleBy, type Policy, type Ruled } from "./policy.js";

/** The kinds of policies that {@link firstOf} puts together; they do not mix. */
export interface FirstOf {
  (...policies: readonly InvitationPolicy[]): BuiltInvitationPolicy;
  (...policies: readonly RoleRequestPolicy[]): BuiltRoleRequestPolicy;
}

/**
 * Asks one policy after another, and decides as the first one that decides; the others are not asked. Policies are of
 * one kind: for invitations, or for requests for voice.
 */
export const firstOf: FirstOf = policyFactory(function firstOf<E, D>(...policies: readonly Policy<E, D>[]) {
  const [kind = null] = policies.map(kindOf).filter((each) => each !== null);
  const problems = policies.flatMap((each) => problemsOf(each, kind));
  return buildPolicy<E, D>(
    kind,
    (event, context) => {
      const ask = (from: number): Ruled<D> => {
        for (const [index, policy] of policies.entries()) {
          if (index < from) continue;
          const ruled = ruleBy(policy, event, context);
          if (ruled instanceof Promise) return ruled.then((ruling) => ruling ?? ask(index + 1));
          if (ruled !== null) return ruled;
        }
        return null;
      };
      return ask(0);
    },
    problems,
  );
});
