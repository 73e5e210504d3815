import type { Logger } from "../base/logger.js";
import type { DraftInit } from "../muc/wire/draft.js";
import { answerTo } from "./answered.js";
import { roomOf, type HandledEvent } from "./handler-failed.js";
import type { AnswerGoes } from "./metadata.js";
import type { ReplyTarget } from "./reply.js";

const NOWHERE: ReplyTarget = {
  quiet: true,
  say: () => Promise.reject(new TypeError("There is nowhere to say this: send it to a room instead")),
};

/** Nobody is there to be told: what is returned is left alone, and text refused. */
const NOBODY: ReplyTarget = { ...NOWHERE, deaf: true };

/** Events that find us out of the room. */
const OUTSIDE: ReadonlySet<string> = new Set(["exit", "failure", "suspend", "resume"]);

/** Its failure reaches the log, whether or not anybody awaits it. */
function loud(event: HandledEvent, logger: Logger, send: (draft: DraftInit) => Promise<void>): ReplyTarget {
  const room = roomOf(event);
  return {
    say: (draft) => {
      const sent = send(draft);
      sent.catch((error: unknown) => logger.warn({ room, error }, "An answer could not be sent"));
      return sent;
    },
  };
}

/** Where what the handler of an event returns goes. */
export function targetFor(event: HandledEvent, answer: AnswerGoes, logger: Logger): ReplyTarget {
  if (answer === "nobody" || event.type === "invitation" || event.type === "roleRequest") return NOBODY;
  if (event.type === "botTick") return NOWHERE;
  if (answer === "nowhere" || event.type === "handlerFailed" || event.type === "invitationDeclined")
    return NOWHERE;
  if (event.type === "message") return event;
  if (event.type === "directMessage") return loud(event, logger, (draft) => event.reply(draft));
  if (event.type === "privateMessage") return loud(event, logger, (draft) => event.whisper(draft));
  // what was told to us alone is nobody else's business
  if ("isPrivate" in event && event.isPrivate)
    return loud(event, logger, (draft) => event.room.sendPrivate(event.occupant, answerTo(event, draft)));
  const target = loud(event, logger, (draft) => event.room.sendMessage(answerTo(event, draft)));
  // that something went wrong is no news for a room that we are not in
  return OUTSIDE.has(event.type) ? { ...target, quiet: true } : target;
}
