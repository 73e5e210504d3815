import type { Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { RequestTimeoutError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import { afterPatience } from "../patience.js";
import { NS } from "../wire/namespaces.js";

/** A message that somebody said to a {@link TestUser}, or to all in the room. */
export interface TestMessage {
  /** The occupant, or the client of an account. */
  readonly from: JID;
  /** The nick in the room, null for a message from an account. */
  readonly nick: string | null;
  /** The body. */
  readonly text: string;
  /** The id of the message, null where it has none. */
  readonly id: string | null;
  /** Whether it was said to this user alone. */
  readonly private: boolean;
  /** The message as it came. */
  readonly stanza: Element;
}

/** Reads what somebody else says live; null for everything else, own reflections and history included. */
export function readMessage(stanza: Element, room: JID, ownNick: string): TestMessage | null {
  const text = stanza.name === "message" ? stanza.getChildText("body", NS.client) : null;
  const from = JID.tryParse(stanza.attrs["from"]);
  const { type } = stanza.attrs;
  if (text === null || from === null || type === "error") return null;
  const inRoom = from.bare().equals(room);
  // The room itself says things too: that somebody is invited, for example.
  if (inRoom && from.resource === null) return null;
  const groupchat = type === "groupchat";
  if (groupchat && (from.resource === ownNick || isHistory(stanza, room))) return null;
  const nick = inRoom ? from.resource : null;
  return { from, nick, text, id: stanza.attrs["id"] ?? null, private: !groupchat, stanza };
}

function isHistory(stanza: Element, room: JID): boolean {
  return stanza.getChildren("delay", NS.delay).some((delay) => room.equals(delay.attrs["from"] ?? ""));
}

interface Waiting {
  readonly resolve: (message: TestMessage) => void;
  readonly timer: Timer;
}

/** Messages in the order they came; each is handed out once. */
export class MessageQueue {
  readonly #messages: TestMessage[] = [];
  readonly #waiting: Waiting[] = [];

  /** Adds a message, for who waits longest. */
  add(message: TestMessage): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return void this.#messages.push(message);
    waiting.timer.cancel();
    waiting.resolve(message);
  }

  /** The next message. Rejects with {@link RequestTimeoutError} when none comes within the machine's `timeoutMs`. */
  next(timeoutMs: number, who: string): Promise<TestMessage> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    const promise = new Promise<TestMessage>((resolve, reject) => {
      const timer = afterPatience(timeoutMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new RequestTimeoutError(`${who} got no message within ${timeoutMs} ms`));
      });
      const waiting: Waiting = { resolve, timer };
      this.#waiting.push(waiting);
    });
    // A test that is over does not look any more; that it got nothing must not end the process.
    promise.catch(() => {});
    return promise;
  }
}
