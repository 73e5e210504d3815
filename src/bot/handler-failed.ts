import type { DirectMessageReceived } from "../muc/events/direct-message.js";
import type { AnyRoomEvent } from "../muc/events/event-map.js";

/** What handlers are called for. */
export type HandledEvent = AnyRoomEvent | DirectMessageReceived | HandlerFailed;

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
