import type { AuthoringMistake } from "../bot/errors.js";
import { handlersOf, type Class } from "../bot/metadata.js";
import { unknownName } from "../bot/option-keys.js";
import { ROOM_EVENTS } from "./dispatcher.js";

/** What decorators of their own stand for beside the events of a room. */
const OTHERS = [
  "history",
  "unhandledCommand",
  "invitation",
  "invitationDeclined",
  "directMessage",
  "handlerFailed",
];

/** Handlers of events that there are not: `@On("messsage")` would never be called. */
export function eventNameMistakes(bot: Class): readonly AuthoringMistake[] {
  return handlersOf(bot).flatMap(({ method, spec }) => {
    if (spec.kind === "command" || [...ROOM_EVENTS, ...OTHERS].includes(spec.event)) return [];
    const problem = unknownName("event", spec.event, ROOM_EVENTS);
    return [{ where: `${bot.name}.${String(method)}`, problem, fix: "Write the name of an event of a room" }];
  });
}
