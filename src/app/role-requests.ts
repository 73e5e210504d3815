import type { Logger } from "../base/logger.js";
import type { AuthoringMistake } from "../bot/errors.js";
import type { InvokeContext } from "../bot/invoke.js";
import { botSettings, type Class } from "../bot/metadata.js";
import type { PolicyContext } from "../bot/policies/policy.js";
import { policyMistakes } from "../bot/policies/policy-mistakes.js";
import { PolicyRunner, ROLE_REQUESTS } from "../bot/policies/policy-runner.js";
import type { RoleRequestPolicy } from "../bot/policies/role-request-policy.js";
import type { RunningBot } from "../bot/router.js";
import type { Room } from "../muc/room.js";

/** What is wrong with how a bot decides about requests for voice. */
export function roleRequestMistakes(bot: Class): readonly AuthoringMistake[] {
  const { roleRequests } = botSettings(bot) ?? {};
  return roleRequests === undefined ? [] : policyMistakes(bot.name, roleRequests, "requests for voice");
}

/**
 * Lets the policies of the bots in a room decide about requests for voice, in the order of the bots and before any
 * method hears of them. Gives what asks the policies that stand on methods.
 */
export function watchRoleRequests(
  room: Room,
  bots: readonly RunningBot[],
  context: PolicyContext,
): NonNullable<InvokeContext["consult"]> {
  const policies = new PolicyRunner(context, ROLE_REQUESTS);
  if (bots.some(decides)) tellWhereDeaf(room, context.logger);
  room.on("roleRequest", (request) => {
    if (context.signal.aborted) return;
    for (const { type } of bots) {
      const policy = botSettings(type)?.roleRequests;
      if (policy !== undefined) void policies.consult(policy, request, type.name);
    }
  });
  return ({ policy, name }, event) =>
    event.type === "roleRequest" ? policies.consult(policy as RoleRequestPolicy, event, name) : undefined;
}

const decides = ({ type, events }: RunningBot): boolean =>
  botSettings(type)?.roleRequests !== undefined || events.has("roleRequest");

/** Rooms ask their moderators alone (XEP-0045 §8.6): whoever waits for requests elsewhere is told why none come. */
function tellWhereDeaf(room: Room, logger: Logger): void {
  const unwatch = room.on("enter", ({ occupant }) => {
    unwatch();
    if (occupant.role === "moderator") return;
    const { role, affiliation } = occupant;
    logger.warn(
      { room: room.jid, role, affiliation },
      "No request for voice will come from this room: it asks its moderators, and the bot is none",
    );
  });
}
