import type { InvitationDeclined } from "../muc/invitations/invitation-declined.js";
import type { Invitation } from "../muc/invitations/invitation.js";
import {
  forgotParentheses,
  isBare,
  nameOf,
  onEvent,
  PLAIN,
  type EventDecorator,
  type EventMethod,
  type HandlerDecorator,
} from "./handler-decorator.js";
import type { SilentResult } from "./message-decorators.js";
import { recordHandler, type EventSpec, type HandlerOptions } from "./metadata.js";
import type { InvitationPolicy } from "./policies/invitation-policy.js";

/** Anything but text: what a decision resolves with is nothing to be said. */
type NoText = void | undefined | null | boolean | (object & { readonly [Symbol.iterator]?: never });

/** What a handler may return that decides: nothing, or the promise of its decision. */
export type DecisionResult = void | undefined | null | false | Promise<NoText>;

/** How `@OnInvitation` works beside its policy. */
export type OnInvitationOptions = Pick<HandlerOptions, "expiresMs" | "parallel">;

/**
 * Handles invitations. Without a policy the method decides: `accept`, `decline` or `ignore`, now or later, until it
 * expires. With one the policy decides, and the method is told then: `i.decision` says what. Of several handlers the
 * first decision wins; the others see `i.decided`. Where nobody decides, nothing is joined. The method returns no text.
 */
export function OnInvitation(
  policy?: InvitationPolicy | OnInvitationOptions,
  options: OnInvitationOptions = {},
): HandlerDecorator<EventMethod<Invitation, DecisionResult>> {
  // oxlint-disable-next-line prefer-rest-params -- how many there are is what tells
  if (isBare(arguments)) return forgotParentheses(policy as object, nameOf(arguments), "OnInvitation");
  const plain = typeof policy === "object" && policy !== null;
  const spec: EventSpec = {
    ...PLAIN,
    event: "invitation",
    answer: "nobody",
    options: plain ? policy : options,
    ...(!plain && policy !== undefined && { policy }),
  };
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "OnInvitation");
}

/** Handles that somebody does not want to come into a room. Anybody can say that, invited or not. The method returns no text. */
export const OnInvitationDeclined: EventDecorator<InvitationDeclined, never, SilentResult> = onEvent(
  "OnInvitationDeclined",
  "invitationDeclined",
  "nowhere",
);
