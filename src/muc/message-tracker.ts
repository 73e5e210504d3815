import { MucwrightError } from "../base/errors.js";
import { Emitter } from "../base/emitter.js";
import type { MessageFailed, MessageReceived } from "./events/messages.js";

/** How far a message has come, as far as we know. */
export type MessageState =
  | "inTransit"
  | "aborted"
  | "error"
  | "deliveredToServer"
  | "deliveredToRecipient"
  | "seenByRecipient";

/** The events of a {@link MessageTracker}. */
export interface TrackerEvents {
  /** It came further, or failed; `response` is what told so. */
  readonly state: { readonly state: MessageState; readonly response: MessageTracker["response"] };
}

const ALL: readonly MessageState[] = [
  "aborted",
  "error",
  "deliveredToServer",
  "deliveredToRecipient",
  "seenByRecipient",
];
const without = (...refused: readonly MessageState[]): ReadonlySet<MessageState> =>
  new Set(ALL.filter((state) => !refused.includes(state)));

/** What each state can become. Whatever arrived cannot be on its way again, and what was given up is over. */
const NEXT: Readonly<Record<MessageState, ReadonlySet<MessageState>>> = {
  inTransit: without(),
  aborted: new Set(),
  error: without("aborted", "deliveredToServer"),
  deliveredToServer: without(),
  deliveredToRecipient: without("deliveredToServer"),
  seenByRecipient: without("deliveredToServer", "deliveredToRecipient"),
};

/** Whether a message in the one state can come to the other. */
export function mayBecome(from: MessageState, to: MessageState): boolean {
  return NEXT[from].has(to);
}

/** What became of an attempt to move a tracker: a closed one is not moved, whatever it was to become. */
export type Moved = "moved" | "refused" | "closed";

/** What a tracker is moved to. `error` is why its promise rejects, where it is not delivered. */
export interface Move {
  readonly state: MessageState;
  readonly response?: MessageTracker["response"];
  readonly error?: Error;
}

let move: (tracker: MessageTracker, to: Move) => Moved;
let end: (tracker: MessageTracker, error: Error) => void;

/** What becomes of one message that we sent (`Room.sendMessageTracked`). */
export class MessageTracker extends Emitter<TrackerEvents> {
  /** The id of the message; of one that was sent in parts, of the first. */
  readonly id: string;
  /**
   * The message as it came back from the room. Rejects where that will not happen: with the room's error, when we are
   * out for good, or out and it was not heard; with code `closed` after {@link close}. Never an unhandled rejection.
   */
  readonly delivered: Promise<MessageReceived>;
  readonly #onClosed: (tracker: MessageTracker) => void;
  #resolve: (reflection: MessageReceived) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #state: MessageState = "inTransit";
  #response: MessageReceived | MessageFailed | null = null;
  #closed = false;

  static {
    move = (tracker, to) => tracker.#move(to);
    end = (tracker, error) => tracker.#end(error);
  }

  constructor(
    id: string,
    options: {
      readonly onClosed?: (tracker: MessageTracker) => void;
      readonly listenerFailed?: (error: unknown, event: string) => void;
    } = {},
  ) {
    super();
    this.id = id;
    this.#onClosed = options.onClosed ?? (() => {});
    this.listenerFailed = options.listenerFailed ?? (() => {});
    this.delivered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.delivered.catch(() => {});
  }

  /** How far it has come. */
  get state(): MessageState {
    return this.#state;
  }

  /** What told so last: the message as it came back, or the error; null where nothing did. */
  get response(): MessageReceived | MessageFailed | null {
    return this.#response;
  }

  /** Whether it is not followed any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Ends it: the state stays, and if the message comes back, it is an ordinary one. Harmless when ended already. */
  close(): void {
    this.#end(new MucwrightError("closed", "The tracker was closed before the message came back"));
  }

  #end(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reject(error);
    this.#onClosed(this);
  }

  #move({ state, response = null, error }: Move): Moved {
    if (this.#closed) return "closed";
    if (!mayBecome(this.#state, state)) return "refused";
    this.#state = state;
    this.#response = response;
    if (state === "deliveredToRecipient" && response?.type === "message") this.#resolve(response);
    else if (error !== undefined) this.#reject(error);
    this.emit("state", { state, response });
    return "moved";
  }
}

/** Moves a tracker. For the room only: it is not part of the package's surface. */
export function moveTracker(tracker: MessageTracker, to: Move): Moved {
  return move(tracker, to);
}

/** Closes a tracker for this reason. For the room only. */
export function endTracker(tracker: MessageTracker, error: Error): void {
  end(tracker, error);
}
