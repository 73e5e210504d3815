import type { Clock } from "../../base/clock.js";
import { ArgumentError, NotJoinedError, RequestTimeoutError } from "../../base/errors.js";
import type { MessageReceived } from "../../muc/events/messages.js";
import type { DraftInit } from "../../muc/wire/draft.js";
import type { HandledEvent } from "../handler-failed.js";
import type { Question, Questions } from "./questions.js";
import type { Turn } from "./turn.js";
import { isThere, waitOf, whomToAsk, type AskOptions } from "./whom.js";

/** What asking needs of a call of a handler. */
export interface AskingCall {
  readonly event: HandledEvent;
  readonly clock: Clock;
  readonly turn: Turn;
  /** Null where nobody can answer. */
  readonly questions: Questions | null;
  /** Aborted when nobody will answer any more. */
  readonly signals: readonly AbortSignal[];
  say(draft: DraftInit): Promise<void>;
  /** Why whoever answers may not: what the handler needs has been taken from them. Null where they may. */
  refusal(answer: MessageReceived): Error | null;
  /** Told of each question, so that none outlives the call; what it returns forgets one that is over. */
  asked(withdraw: () => void): () => void;
}

/** Asks somebody: parks the handler until there is an answer, or none will come. Its promise need not be awaited. */
export function ask(call: AskingCall, text: DraftInit, options: AskOptions): Promise<MessageReceived> {
  const answer = start(call, text, options);
  answer.catch(() => {});
  return answer;
}

/** Whom, where and for how long. Throws what is in the way. */
function prepare({ event, turn, questions, signals }: AskingCall, options: AskOptions) {
  const timeoutMs = waitOf(options);
  const whom = whomToAsk(event, options);
  if (turn.over) throw new ArgumentError("The handler is over: it cannot ask any more");
  if (questions === null || signals.some(({ aborted }) => aborted)) throw nobody();
  if (!isThere(event, whom)) throw nobody();
  if (!questions.hasPlaceFor(whom)) throw new ArgumentError("Too many questions wait for answers here");
  return { timeoutMs, whom, questions };
}

/** Lets all else go on first: whoever asks again at once, whatever comes of it, is not to hold up the process. */
export function afterOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function start(call: AskingCall, text: DraftInit, options: AskOptions): Promise<MessageReceived> {
  const { turn } = call;
  let prepared: ReturnType<typeof prepare>;
  try {
    prepared = prepare(call, options);
  } catch (error) {
    await afterOthers();
    throw error;
  }
  const { timeoutMs, whom, questions } = prepared;
  return new Promise((resolve, reject) => {
    const over = (settle: () => void): void => {
      timer.cancel();
      forget();
      turn.resume(settle);
    };
    const end = (error: unknown): void => {
      if (questions.withdraw(question)) over(() => reject(error as Error));
    };
    const question: Question = {
      ...whom,
      answered: (message) => {
        // as of every line: when it was received, and now
        const refused = call.refusal(message);
        over(() => {
          const error = refused ?? call.refusal(message);
          if (error === null) resolve(message);
          else reject(error);
        });
      },
      gone: () => over(() => reject(nobody())),
    };
    const timer = call.clock.setTimeout(
      () => end(new RequestTimeoutError(`No answer came within ${timeoutMs} ms`)),
      timeoutMs,
    );
    questions.add(question);
    const forget = call.asked(() => end(nobody()));
    turn.park();
    // what cannot be asked is not answered
    call.say(text).catch(end);
  });
}

const told = new WeakSet<object>();

/** Why there is no answer, and will be none. */
export function nobody(): NotJoinedError {
  const error = new NotJoinedError("Nobody is there (any more) to answer");
  told.add(error);
  return error;
}

/** Whether something thrown is what whoever waits for an answer is told when there will be none. */
export function isNobody(error: unknown): boolean {
  return typeof error === "object" && error !== null && told.has(error);
}
