import type { Invitation } from "../../muc/invitations/invitation.js";
import { decidingAs } from "./deciding-as.js";
import { isInvitationRuling, type InvitationPolicy, type InvitationRuling } from "./invitation-policy.js";
import { ruleBy, type PolicyContext, type Ruling } from "./policy.js";

/** Asks policies about invitations, and does what they say. */
export class InvitationPolicies {
  readonly #context: PolicyContext;

  constructor(context: PolicyContext) {
    this.#context = context;
  }

  /**
   * Asks a policy, unless the invitation is decided; `where` it stands is for the log. The promise resolves when it has
   * decided, or not: what comes of a decision is not waited for. Undefined where there was nothing to wait for.
   */
  consult(policy: InvitationPolicy, invitation: Invitation, where: string): Promise<void> | undefined {
    if (invitation.decided) return undefined;
    try {
      const ruled = ruleBy(policy, invitation, this.#context);
      if (!(ruled instanceof Promise)) return this.#apply(ruled, invitation, where);
      return ruled.then(
        (ruling) => this.#apply(ruling, invitation, where),
        (error: unknown) => this.#failed(error, invitation, where),
      );
    } catch (error) {
      return this.#failed(error, invitation, where);
    }
  }

  #failed(error: unknown, invitation: Invitation, where: string): undefined {
    this.#context.logger.error({ where, invitation, error }, "A policy failed: it decides nothing");
    return undefined;
  }

  #apply(ruling: Ruling<InvitationRuling> | null, invitation: Invitation, where: string): undefined {
    if (ruling === null || invitation.decided) return undefined;
    const { decision, rule } = ruling;
    if (!isInvitationRuling(decision))
      return this.#failed(
        new TypeError(
          `${rule} gave ${String(decision)}: give "accept", "ignore", { decline: reason } or nothing`,
        ),
        invitation,
        where,
      );
    decidingAs(`${where}: ${rule}`, () => decide(invitation, decision));
    return undefined;
  }
}

/** What fails is in the log already. */
function decide(invitation: Invitation, decision: InvitationRuling): void {
  if (decision === "ignore") invitation.ignore();
  else if (decision === "accept") void invitation.accept();
  else void invitation.decline(decision.decline === "" ? undefined : decision.decline);
}
