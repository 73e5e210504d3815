import type { AuthoringMistake } from "../bot/errors.js";
import { BotTick, CronTick } from "../bot/cron-tick.js";
import { HandlerContext } from "../bot/handler-context.js";
import { HandlerFailed } from "../bot/handler-failed.js";
import { handlersOf, type Class, type HandlerRecord } from "../bot/metadata.js";
import { unknownName } from "../bot/option-keys.js";
import { DirectMessageReceived } from "../muc/events/direct-message.js";
import type { RoomEvents } from "../muc/events/event-map.js";
import {
  JoinFailed,
  RoomCaughtUp,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
} from "../muc/events/lifecycle.js";
import { MessageUpdated } from "../muc/events/message-update.js";
import { MessageFailed, MessageReceived, ServiceMessage, SubjectChanged } from "../muc/events/messages.js";
import {
  AffiliationChanged,
  NickChanged,
  OccupantJoined,
  OccupantLeft,
  PresenceChanged,
  RoleChanged,
  UidChanged,
} from "../muc/events/occupants.js";
import { PrivateMessageReceived } from "../muc/events/private-message.js";
import { RoomConfigChanged } from "../muc/events/room-config.js";
import { RoomFresh, RoomStale } from "../muc/events/self-ping.js";
import { SignalReceived } from "../muc/events/signal.js";
import { InvitationDeclined } from "../muc/invitations/invitation-declined.js";
import { Invitation } from "../muc/invitations/invitation.js";
import { RoleRequest } from "../muc/voice/role-request.js";
import { ROOM_EVENTS } from "./dispatcher.js";
import { parameterMistake } from "./parameter-check.js";

/** What handlers of the events of a room are called with. */
const OF_ROOMS = {
  enter: RoomEntered,
  caughtUp: RoomCaughtUp,
  failure: JoinFailed,
  exit: RoomExited,
  suspend: RoomSuspended,
  resume: RoomResumed,
  join: OccupantJoined,
  leave: OccupantLeft,
  presence: PresenceChanged,
  nick: NickChanged,
  uid: UidChanged,
  role: RoleChanged,
  affiliation: AffiliationChanged,
  message: MessageReceived,
  serviceMessage: ServiceMessage,
  messageError: MessageFailed,
  subject: SubjectChanged,
  messageUpdate: MessageUpdated,
  signal: SignalReceived,
  privateMessage: PrivateMessageReceived,
  config: RoomConfigChanged,
  stale: RoomStale,
  fresh: RoomFresh,
  roleRequest: RoleRequest,
} satisfies { readonly [K in keyof RoomEvents]: Class<RoomEvents[K]> };

/** The same, and what decorators of their own stand for. */
const CLASSES: ReadonlyMap<string, Class> = new Map<string, Class>([
  ...Object.entries(OF_ROOMS),
  ["history", MessageReceived],
  ["unhandledCommand", MessageReceived],
  ["invitation", Invitation],
  ["invitationDeclined", InvitationDeclined],
  ["directMessage", DirectMessageReceived],
  ["handlerFailed", HandlerFailed],
  ["cron", CronTick],
  ["botTick", BotTick],
  ["start", HandlerContext],
  ["stop", HandlerContext],
]);

const EVENTS: ReadonlySet<unknown> = new Set(CLASSES.values());

function mistakeOf(bot: Class, handler: HandlerRecord): AuthoringMistake | null {
  const { method, spec } = handler;
  const where = `${bot.name}.${String(method)}`;
  const event = spec.kind === "command" ? "message" : spec.event;
  const wanted = CLASSES.get(event);
  if (wanted === undefined) {
    const problem = unknownName("event", event, ROOM_EVENTS);
    return { where, problem, fix: "Write the name of an event of a room" };
  }
  return parameterMistake(bot, handler, wanted, EVENTS);
}

/**
 * Handlers of events that there are not, and handlers of one event that are written for another: `@On("messsage")` would
 * never be called, and `@OnJoin() greet(m: MessageReceived)` or `@Command("ping") ping(m, ctx: HandlerContext)` not with
 * what it expects.
 */
export function eventMistakes(bot: Class): readonly AuthoringMistake[] {
  return handlersOf(bot).flatMap((handler) => mistakeOf(bot, handler) ?? []);
}
