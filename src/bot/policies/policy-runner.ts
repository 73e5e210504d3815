import type { Invitation } from "../../muc/invitations/invitation.js";
import type { RoleRequest } from "../../muc/voice/role-request.js";
import { decidingAs } from "./deciding-as.js";
import { isInvitationRuling, type InvitationRuling } from "./invitation-policy.js";
import { ruleBy, type Policy, type PolicyContext, type Ruling } from "./policy.js";
import { isRoleRequestRuling, type RoleRequestRuling } from "./role-request-policy.js";

/** What is decided about: once, by the first who does. */
interface Decidable {
  readonly decided: boolean;
}

/** One kind of decisions. */
export interface PolicyKind<E, D> {
  /** What a policy gives, for the message about one that gives something else. */
  readonly wanted: string;
  isRuling(value: unknown): value is D;
  /** What fails is in the log already. */
  decide(event: E, decision: D): void;
}

/** Asks policies, and does what they say. */
export class PolicyRunner<E extends Decidable, D> {
  readonly #context: PolicyContext;
  readonly #kind: PolicyKind<E, D>;

  constructor(context: PolicyContext, kind: PolicyKind<E, D>) {
    this.#context = context;
    this.#kind = kind;
  }

  /**
   * Asks a policy, unless it is decided; `where` it stands is for the log. The promise resolves when it has decided, or
   * not: what comes of a decision is not waited for. Undefined where there was nothing to wait for.
   */
  consult(policy: Policy<E, D>, event: E, where: string): Promise<void> | undefined {
    if (event.decided) return undefined;
    try {
      const ruled = ruleBy(policy, event, this.#context);
      if (!(ruled instanceof Promise)) return this.#apply(ruled, event, where);
      return ruled.then(
        (ruling) => this.#apply(ruling, event, where),
        (error: unknown) => this.#failed(error, event, where),
      );
    } catch (error) {
      return this.#failed(error, event, where);
    }
  }

  #failed(error: unknown, event: E, where: string): undefined {
    this.#context.logger.error({ where, event, error }, "A policy failed: it decides nothing");
    return undefined;
  }

  #apply(ruling: Ruling<D> | null, event: E, where: string): undefined {
    if (ruling === null || event.decided) return undefined;
    const { decision, rule } = ruling;
    if (!this.#kind.isRuling(decision))
      return this.#failed(
        new TypeError(`${rule} gave ${String(decision)}: give ${this.#kind.wanted} or nothing`),
        event,
        where,
      );
    decidingAs(`${where}: ${rule}`, () => this.#kind.decide(event, decision));
    return undefined;
  }
}

/** Invitations are accepted, ignored or declined. */
export const INVITATIONS: PolicyKind<Invitation, InvitationRuling> = {
  wanted: '"accept", "ignore", { decline: reason }',
  isRuling: isInvitationRuling,
  decide: (invitation, decision) => {
    if (decision === "ignore") invitation.ignore();
    else if (decision === "accept") void invitation.accept();
    else void invitation.decline(decision.decline === "" ? undefined : decision.decline);
  },
};

/** Requests for voice are approved or denied. */
export const ROLE_REQUESTS: PolicyKind<RoleRequest, RoleRequestRuling> = {
  wanted: '"approve", "deny"',
  isRuling: isRoleRequestRuling,
  decide: (request, decision) => void (decision === "approve" ? request.approve() : request.deny()),
};
