import { draftOf, type Draft, type DraftInit } from "../muc/wire/draft.js";
import type { HandledEvent } from "./handler-failed.js";

const events = new WeakMap<Draft, HandledEvent>();

/** The draft of an answer to an event that does not answer by itself: what is answered without end can be told then. */
export function answerTo(event: HandledEvent, draft: DraftInit): Draft {
  const answer = { ...draftOf(draft) };
  events.set(answer, event);
  return answer;
}

/** What a draft answers; null for nothing that is known. */
export function answeredBy(draft: Draft): HandledEvent | null {
  return events.get(draft) ?? null;
}
