import type { Logger } from "../base/logger.js";
import type { InvitedSettings } from "../bot/decorators.js";
import type { AuthoringMistake } from "../bot/errors.js";
import type { InvokeContext } from "../bot/invoke.js";
import { botSettings, type Class } from "../bot/metadata.js";
import { currentDecider } from "../bot/policies/deciding-as.js";
import type { InvitationPolicy } from "../bot/policies/invitation-policy.js";
import type { PolicyContext } from "../bot/policies/policy.js";
import { policyMistakes } from "../bot/policies/policy-mistakes.js";
import { INVITATIONS, PolicyRunner } from "../bot/policies/policy-runner.js";
import { Router, type RunningBot } from "../bot/router.js";
import type { CompiledBot } from "../bot/compiled.js";
import type { MucClient } from "../muc/client.js";
import type { InvitationDeclined } from "../muc/invitations/invitation-declined.js";
import type { Invitation } from "../muc/invitations/invitation.js";
import type { InvitedOptions } from "../muc/invitations/invited-rooms.js";
import type { JoinOptions } from "../muc/join-options.js";
import { Dispatcher } from "./dispatcher.js";

function settingsOf(bots: readonly Class[]): readonly InvitedSettings[] {
  return bots.flatMap((bot) => botSettings(bot)?.invited ?? []);
}

/** The smallest of what the bots say; undefined where none says anything. */
function smallest(bots: readonly Class[], key: "maxRooms" | "maxAgeMs" | "expiresMs"): number | undefined {
  const values = settingsOf(bots).flatMap((settings) => settings[key] ?? []);
  return values.length === 0 ? undefined : Math.min(...values);
}

/** How old an invitation may be for the policies of these bots, in milliseconds; undefined where none says. */
export function maxAgeOf(bots: readonly Class[]): number | undefined {
  return smallest(bots, "maxAgeMs");
}

/** How the client of an application takes invitations. */
export function invitedOptions(bots: readonly Class[], nick: string, how: JoinOptions): InvitedOptions {
  const maxRooms = smallest(bots, "maxRooms");
  const expiresMs = smallest(bots, "expiresMs");
  const keepers = settingsOf(bots).flatMap(({ keep }) => keep ?? []);
  return {
    nick,
    // Who accepts wants to know: what passes by itself is theirs to try again.
    join: { ...how, firstJoin: "once", create: "refuse" },
    decidedBy: currentDecider,
    ...(maxRooms !== undefined && { maxRooms }),
    ...(expiresMs !== undefined && { expiresMs }),
    ...(keepers.length > 0 && {
      keep: async (room) => {
        for (const keep of keepers) await keep(room);
      },
    }),
  };
}

/** What is wrong with how a bot takes invitations. */
export function invitationMistakes(bot: Class): readonly AuthoringMistake[] {
  const { invitations, invited = {} } = botSettings(bot) ?? {};
  const wrong = (["maxRooms", "maxAgeMs", "expiresMs"] as const).flatMap((key) => {
    const value = invited[key];
    const allowed =
      value === undefined || (typeof value === "number" && value >= (key === "maxRooms" ? 0 : 1));
    const problem = `invited.${key} is ${String(value)}`;
    return allowed ? [] : [{ where: bot.name, problem, fix: "Write a positive number" }];
  });
  return [
    ...(invitations === undefined ? [] : policyMistakes(bot.name, invitations, "invitations")),
    ...wrong,
  ];
}

/** Rooms whose invitations are handled at a time, each by itself; those of more wait for one another. */
const MAX_QUEUES = 100;

/**
 * Brings invitations to handlers: of one room one at a time and in order, of several beside one another. A room that
 * lets nobody in is not to hold up the others.
 */
class InvitationQueues {
  readonly #make: () => Dispatcher;
  readonly #queues: Set<Dispatcher>;
  readonly #byRoom = new Map<string, { readonly queue: Dispatcher; taken: number }>();

  /** `queues` are those that the application waits for. */
  constructor(make: () => Dispatcher, queues: Set<Dispatcher>) {
    this.#make = make;
    this.#queues = queues;
  }

  take(event: Invitation | InvitationDeclined): void {
    const room = event.room.toString();
    const key = this.#byRoom.has(room) || this.#byRoom.size < MAX_QUEUES ? room : "";
    let entry = this.#byRoom.get(key);
    if (entry === undefined) {
      entry = { queue: this.#make(), taken: 0 };
      this.#byRoom.set(key, entry);
      this.#queues.add(entry.queue);
    }
    const { queue } = entry;
    const taken = ++entry.taken;
    queue.take(event);
    void queue.idle().then(() => {
      if (this.#byRoom.get(key)?.taken !== taken) return;
      this.#byRoom.delete(key);
      this.#queues.delete(queue);
    });
  }
}

/** Whether a bot may come into rooms by invitation: it need not name any. */
export function takesInvitations({ type, events }: CompiledBot): boolean {
  return events.has("invitation") || botSettings(type)?.invitations !== undefined;
}

/** What {@link watchInvitations} needs. */
export interface InvitationWatch {
  readonly client: MucClient;
  /** Those with methods that are called outside of rooms. */
  readonly bots: readonly RunningBot[];
  /** All of them: each may have a policy. */
  readonly types: readonly Class[];
  readonly logger: Logger;
  readonly context: InvokeContext;
  /** What the application waits for. */
  readonly queues: Set<Dispatcher>;
  readonly policyContext: PolicyContext;
}

/**
 * Brings invitations to what decides about them: first the policies of the bots, in the order of the bots, then their
 * methods.
 */
export function watchInvitations({
  client,
  bots,
  types,
  logger,
  context,
  policyContext,
  queues,
}: InvitationWatch): void {
  const policies = new PolicyRunner(policyContext, INVITATIONS);
  const router = new Router(bots, {
    ...context,
    consult: ({ policy, name }, event) =>
      event.type === "invitation" ? policies.consult(policy as InvitationPolicy, event, name) : undefined,
  });
  const handlers = new InvitationQueues(() => new Dispatcher(router, logger, {}), queues);
  const take = (event: Invitation | InvitationDeclined): void => {
    if (!context.signal.aborted && router.wants(event)) handlers.take(event);
  };
  client.on("invitation", (invitation) => {
    if (context.signal.aborted) return;
    for (const type of types) {
      const policy = botSettings(type)?.invitations;
      if (policy !== undefined) void policies.consult(policy, invitation, type.name);
    }
    take(invitation);
  });
  client.on("invitationDeclined", take);
}
