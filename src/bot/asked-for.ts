import type { Element } from "../base/element.js";
import type { MessageReceived } from "../muc/events/messages.js";
import { NS } from "../muc/wire/namespaces.js";
import type { HandledEvent } from "./handler-failed.js";
import type { HandlerOptions } from "./metadata.js";

/** What comes of itself, and what only on request. */
export function isAskedFor(event: HandledEvent, options: HandlerOptions): boolean {
  switch (event.type) {
    case "join":
    case "subject":
      return !event.initial || options.initial === true;
    case "role":
    case "affiliation":
      return event.stanza?.attrs["type"] !== "unavailable" || options.departures === true;
    case "messageUpdate":
      // Of the past it is no news, and what we did ourselves we know.
      return event.source === "live" || (event.source === "missed" && options.missed === true);
    case "serviceMessage":
      return event.source === "live";
    case "message":
      if (event.replaces !== null && options.corrections !== true) return false;
      return event.source !== "missed" || options.missed === true;
    case "privateMessage":
      return !isCorrection(event) && (event.source !== "missed" || options.missed === true);
    case "directMessage":
      return !isCorrection(event);
    default:
      return true;
  }
}

/** The room's history, missed or not. */
export function isPast({ source }: MessageReceived): boolean {
  return source === "replay" || source === "missed";
}

/** Live or missed, and no correction of something that was said before. */
export function isNews(message: MessageReceived): boolean {
  return (message.source === "live" || message.source === "missed") && message.replaces === null;
}

/** Whether it takes the place of something that was said before. */
function isCorrection({ stanza }: { readonly stanza: Element }): boolean {
  return stanza.getChild("replace", NS.replace)?.attrs["id"] !== undefined;
}
