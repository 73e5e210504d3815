import type { Invitation } from "../../muc/invitations/invitation.js";
import { buildPolicy, policyFactory, type BuiltPolicy, type Policy } from "./policy.js";

/** What a policy says of an invitation: enter the room, do nothing, or say no with a reason (`""` for none). */
export type InvitationRuling = "accept" | "ignore" | { readonly decline: string };

/** Decides about invitations: for `@Bot({ invitations })` and `@OnInvitation(policy)`. */
export type InvitationPolicy = Policy<Invitation, InvitationRuling>;

/** A policy for invitations that this package makes. */
export type BuiltInvitationPolicy = BuiltPolicy<Invitation, InvitationRuling>;

/** Whether a value says what to do with an invitation. */
export function isInvitationRuling(value: unknown): value is InvitationRuling {
  if (value === "accept" || value === "ignore") return true;
  return (
    typeof value === "object" && value !== null && "decline" in value && typeof value.decline === "string"
  );
}

/** Declines every invitation; the inviter is told the reason where there is a way to (a direct invitation knows none). */
export const declineAll = policyFactory(function declineAll(reason = ""): BuiltInvitationPolicy {
  const problems = typeof reason === "string" ? [] : ["declineAll: the reason has to be a text"];
  return buildPolicy("invitations", () => ({ decision: { decline: reason }, rule: "declineAll" }), problems);
});

/** Ignores every invitation: nothing is joined, and nobody told. */
export const ignoreAll = policyFactory(function ignoreAll(): BuiltInvitationPolicy {
  return buildPolicy("invitations", () => ({ decision: "ignore", rule: "ignoreAll" }));
});
