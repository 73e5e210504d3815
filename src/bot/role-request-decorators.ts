import type { RoleRequest } from "../muc/voice/role-request.js";
import {
  forgotParentheses,
  isBare,
  nameOf,
  PLAIN,
  type EventMethod,
  type HandlerDecorator,
} from "./handler-decorator.js";
import type { DecisionResult } from "./invitation-decorators.js";
import { recordHandler, type EventSpec, type HandlerOptions } from "./metadata.js";
import type { RoleRequestPolicy } from "./policies/role-request-policy.js";

/** How `@OnRoleRequest` works beside its policy: with `expiresMs` a request that nobody decides in time is denied. */
export type OnRoleRequestOptions = Pick<HandlerOptions, "expiresMs" | "parallel">;

/**
 * Handles requests for voice, which a room sends to its moderators. Without a policy the method decides: `approve` or
 * `deny`, now or later. With one the policy decides, and the method is told then: `r.decision` says what. Of several
 * handlers the first decision wins; the others see `r.decided`. Where nobody decides, nothing is sent. The method returns
 * no text.
 */
export function OnRoleRequest(
  policy?: RoleRequestPolicy | OnRoleRequestOptions,
  options: OnRoleRequestOptions = {},
): HandlerDecorator<EventMethod<RoleRequest, DecisionResult>> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(policy as object, nameOf(arguments), "OnRoleRequest");
  const plain = typeof policy === "object" && policy !== null;
  const spec: EventSpec = {
    ...PLAIN,
    event: "roleRequest",
    answer: "nobody",
    options: plain ? policy : options,
    ...(!plain && policy !== undefined && { policy }),
  };
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnRoleRequest");
}
