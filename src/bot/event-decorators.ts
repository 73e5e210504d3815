import type { RoomEvents } from "../muc/events/event-map.js";
import type {
  JoinFailed,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
} from "../muc/events/lifecycle.js";
import type { MessageUpdated } from "../muc/events/message-update.js";
import type { MessageFailed, MessageReceived, SubjectChanged } from "../muc/events/messages.js";
import type {
  AffiliationChanged,
  NickChanged,
  OccupantJoined,
  OccupantLeft,
  PresenceChanged,
  RoleChanged,
} from "../muc/events/occupants.js";
import type { RoomConfigChanged } from "../muc/events/room-config.js";
import {
  forgotParentheses,
  onEvent,
  PLAIN,
  type EventDecorator,
  type EventMethod,
  type HandlerDecorator,
} from "./handler-decorator.js";
import type { HandlerFailed } from "./handler-failed.js";
import type { SilentResult } from "./message-decorators.js";
import { recordHandler, type HandlerOptions } from "./metadata.js";

/** Handles somebody coming in; with `initial` also those who are found there. What the method returns is said in the room. */
export const OnJoin: EventDecorator<OccupantJoined, "initial"> = onEvent("OnJoin", "join");

/**
 * Handles a line that is a command by its prefix, and that nobody has. What the method returns goes to where it came from;
 * with such a handler nobody else says what may have been meant.
 */
export const OnUnhandledCommand: EventDecorator<MessageReceived, "missed"> = onEvent(
  "OnUnhandledCommand",
  "unhandledCommand",
);

/** Handles somebody leaving; they are not among the occupants any more. What the method returns is said in the room. */
export const OnLeave: EventDecorator<OccupantLeft> = onEvent("OnLeave", "leave");

/** Handles somebody taking another nick. What the method returns is said in the room. */
export const OnNickChange: EventDecorator<NickChanged> = onEvent("OnNickChange", "nick");

/** Handles each presence of somebody who is there already. What the method returns is said in the room. */
export const OnPresenceChange: EventDecorator<PresenceChanged> = onEvent("OnPresenceChange", "presence");

/** Handles a change of role; with `departures` also that which leaving brings. What the method returns is said in the room. */
export const OnRoleChange: EventDecorator<RoleChanged, "departures"> = onEvent("OnRoleChange", "role");

/** Handles a change of affiliation; with `departures` also that which a ban brings. What the method returns is said in the room. */
export const OnAffiliationChange: EventDecorator<AffiliationChanged, "departures"> = onEvent(
  "OnAffiliationChange",
  "affiliation",
);

/** Handles a new subject; with `initial` also the one that is found on entering. What the method returns is said in the room. */
export const OnSubjectChange: EventDecorator<SubjectChanged, "initial"> = onEvent(
  "OnSubjectChange",
  "subject",
);

/** Handles a change of the room's configuration. What the method returns is said in the room. */
export const OnConfigChange: EventDecorator<RoomConfigChanged> = onEvent("OnConfigChange", "config");

/** Handles entering the room, at the first join and at each rejoin. What the method returns is said in the room. */
export const OnEnter: EventDecorator<RoomEntered> = onEvent("OnEnter", "enter");

/** Handles being out of a room for good. We are not in it: what the method returns cannot be said. */
export const OnExit: EventDecorator<RoomExited> = onEvent("OnExit", "exit");

/** Handles that a room could not be entered at all. What the method returns cannot be said. */
export const OnJoinFailed: EventDecorator<JoinFailed> = onEvent("OnJoinFailed", "failure");

/** Handles being out of a room that will be joined again by itself. What the method returns cannot be said. */
export const OnSuspend: EventDecorator<RoomSuspended> = onEvent("OnSuspend", "suspend");

/** Handles the beginning of a rejoin. What the method returns cannot be said before the room is entered. */
export const OnResume: EventDecorator<RoomResumed> = onEvent("OnResume", "resume");

/**
 * Handles corrections, retractions, removals and reactions of others, as they happen; with `missed` also those of the
 * time that the bot was out. What the method returns is said in the room; for an update of a private message, to the
 * sender.
 */
export const OnMessageUpdate: EventDecorator<MessageUpdated, "missed"> = onEvent(
  "OnMessageUpdate",
  "messageUpdate",
);

/** Handles a message of ours that the room sent back. What the method returns is said in the room. */
export const OnMessageFailed: EventDecorator<MessageFailed> = onEvent("OnMessageFailed", "messageError");

/**
 * Handles that another handler failed: it threw, or took too long. The log has the details, and the room a reference to
 * them. The method returns no text.
 */
export const OnError: EventDecorator<HandlerFailed, never, SilentResult> = onEvent(
  "OnError",
  "handlerFailed",
  "nowhere",
);

/**
 * Handles the events of a room that have this name. Of each it lets through what the decorator of its own does. What the
 * method returns is said in the room; where the event was told to the bot alone, to the sender.
 */
export function On<K extends keyof RoomEvents>(
  type: K,
  options: HandlerOptions = {},
): HandlerDecorator<EventMethod<RoomEvents[K]>> {
  if (typeof type !== "string")
    // oxlint-disable-next-line prefer-rest-params -- it was called with what it stands on
    return forgotParentheses(type, String(arguments[1]), "On");
  const spec = {
    ...PLAIN,
    kind: type === "message" ? "message" : "event",
    event: type,
    answer: type === "privateMessage" ? "sender" : "room",
    options,
  } as const;
  return (target, method, descriptor) => recordHandler(target, method, descriptor, spec, "On");
}
