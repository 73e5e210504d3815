import { JID } from "../base/jid.js";
import type { BotTick, CronTick } from "./cron-tick.js";
import type { DirectMessageReceived } from "../muc/events/direct-message.js";
import type { AnyRoomEvent } from "../muc/events/event-map.js";
import type { InvitationDeclined } from "../muc/invitations/invitation-declined.js";
import type { Invitation } from "../muc/invitations/invitation.js";

/** What handlers are called for. */
export type HandledEvent =
  | AnyRoomEvent
  | DirectMessageReceived
  | Invitation
  | InvitationDeclined
  | CronTick
  | BotTick
  | HandlerFailed;

/** The address of the room that an event is about, null for none. We need not be in it. */
export function roomOf(event: HandledEvent): JID | null {
  if (!("room" in event)) return null;
  return event.room instanceof JID ? event.room : event.room.jid;
}

/** A handler threw, rejected, returned what means nothing, or took too long. */
export class HandlerFailed {
  readonly type = "handlerFailed";
  /** What it threw. */
  readonly error: unknown;
  /** What it was called for. */
  readonly event: HandledEvent;
  /** `Keeper.roll`. */
  readonly handler: string;
  /** What the room was told, and the log has beside the details: `7f3a`. */
  readonly ref: string;

  constructor(fields: Pick<HandlerFailed, "error" | "event" | "handler" | "ref">) {
    this.error = fields.error;
    this.event = fields.event;
    this.handler = fields.handler;
    this.ref = fields.ref;
  }
}
