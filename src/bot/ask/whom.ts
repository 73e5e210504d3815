import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { MessageReceived } from "../../muc/events/messages.js";
import { Occupant } from "../../muc/occupant.js";
import type { Room } from "../../muc/room.js";
import { occupantOf } from "../guards/standing.js";
import type { HandledEvent } from "../handler-failed.js";
import type { Question } from "./questions.js";

/** How `ctx.ask` asks. */
export interface AskOptions {
  /** How long to wait for the answer, in milliseconds; default a minute. */
  readonly timeoutMs?: number;
  /** Whose answer counts; default: whoever caused the event. */
  readonly from?: Occupant | "anyone";
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** What timers can wait for. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

const origins = new WeakMap<MessageReceived, HandledEvent>();

/** Keeps of what event a message was made, as those of commands said in private are. */
export function rememberOrigin(message: MessageReceived, event: HandledEvent): void {
  if (message !== event) origins.set(message, event);
}

/** How long an ask waits. Throws `ArgumentError`. */
export function waitOf({ timeoutMs = DEFAULT_TIMEOUT_MS }: Pick<AskOptions, "timeoutMs">): number {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw new ArgumentError(
    `timeoutMs is ${String(timeoutMs)}, and not a time above 0 and up to ${MAX_TIMEOUT_MS}`,
  );
}

/** Whom an ask of the handler of an event asks, and where. Throws `ArgumentError`. */
export function whomToAsk(event: HandledEvent, { from }: AskOptions): Pick<Question, "asked" | "where"> {
  const origin = event.type === "message" ? (origins.get(event) ?? event) : event;
  if (from !== undefined && from !== "anyone" && !(from instanceof Occupant))
    throw new ArgumentError('from is neither an Occupant nor "anyone"');
  if (from instanceof Occupant && from.isSelf) throw new ArgumentError("A bot cannot ask itself");
  if (origin.type === "directMessage") {
    if (from instanceof Occupant) throw new ArgumentError("Outside of rooms only who wrote can be asked");
    return { asked: origin.from.bare(), where: "direct" };
  }
  const caused = occupantOf(event);
  if (isPrivate(origin)) {
    if (caused === null || (from instanceof Occupant && from !== caused))
      throw new ArgumentError("In private only who wrote can be asked");
    return { asked: caused, where: "private" };
  }
  const asked = from ?? caused;
  if (asked === null || (asked !== "anyone" && asked.isSelf))
    throw new ArgumentError('Nobody caused this event: say whom to ask, from: occupant or "anyone"');
  if (!("room" in event) || event.room instanceof JID)
    throw new ArgumentError("This happens in no room: nobody is there to be asked");
  if (asked !== "anyone" && !isOfRoom(event.room, asked))
    throw new ArgumentError("The asked is of another room than the event");
  return { asked, where: "room" };
}

function isPrivate(event: HandledEvent): boolean {
  return event.type === "privateMessage" || ("isPrivate" in event && event.isPrivate === true);
}

function isOfRoom({ jid }: Room, occupant: Occupant): boolean {
  return jid.equals(occupant.jid.bare());
}

/** Whether somebody is there to be asked. */
export function isThere(event: HandledEvent, { asked, where }: Pick<Question, "asked" | "where">): boolean {
  if (!(asked instanceof Occupant) || where === "direct") return true;
  if (asked.realJid !== null || asked.occupantId !== null) return true;
  return "room" in event && !(event.room instanceof JID) && event.room.getOccupant(asked.nick) === asked;
}
