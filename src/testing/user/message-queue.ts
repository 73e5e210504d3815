import type { Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { RequestTimeoutError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import { afterPatience } from "../patience.js";
import { NS } from "../wire/namespaces.js";

/** A message that somebody said to a `TestUser`, or to all in the room. */
export class TestMessage {
  /** The occupant, or the client of an account. */
  readonly from: JID;
  /** The nick in the room, null for a message from an account. */
  readonly nick: string | null;
  /** What was said. */
  readonly body: string;
  /** The id of the message, null where it has none. */
  readonly id: string | null;
  /** Whether it was said to this user alone. */
  readonly isPrivate: boolean;
  /** The message as it came. */
  readonly stanza: Element;

  /** Made by `TestUser`. */
  constructor(parts: Pick<TestMessage, "from" | "nick" | "body" | "isPrivate" | "stanza">) {
    this.from = parts.from;
    this.nick = parts.nick;
    this.body = parts.body;
    this.id = parts.stanza.attrs["id"] ?? null;
    this.isPrivate = parts.isPrivate;
    this.stanza = parts.stanza;
  }

  /** @deprecated It is called {@link body}, as that of every message. */
  get text(): string {
    return this.body;
  }

  /** @deprecated It is called {@link isPrivate}, as that of every message. */
  get private(): boolean {
    return this.isPrivate;
  }
}

/** Reads what somebody else says live; null for everything else, own reflections and history included. */
export function readMessage(stanza: Element, room: JID, ownNick: string): TestMessage | null {
  const body = stanza.name === "message" ? stanza.getChildText("body", NS.client) : null;
  const from = JID.tryParse(stanza.attrs["from"]);
  const { type } = stanza.attrs;
  if (body === null || from === null || type === "error") return null;
  const inRoom = from.bare().equals(room);
  // The room itself says things too: that somebody is invited, for example.
  if (inRoom && from.resource === null) return null;
  const groupchat = type === "groupchat";
  if (groupchat && (from.resource === ownNick || isHistory(stanza, room))) return null;
  const nick = inRoom ? from.resource : null;
  return new TestMessage({ from, nick, body, isPrivate: !groupchat, stanza });
}

function isHistory(stanza: Element, room: JID): boolean {
  return stanza.getChildren("delay", NS.delay).some((delay) => room.equals(delay.attrs["from"] ?? ""));
}

/** Which message somebody waits for. */
export interface NextMessageOptions {
  /** How long to wait, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  /** Only what is said to this user alone, or with false only what is said to all; default: both. */
  readonly private?: boolean;
}

interface Waiting {
  readonly fits: (message: TestMessage) => boolean;
  readonly resolve: (message: TestMessage) => void;
  readonly timer: Timer;
}

const TIMEOUT_MS = 5_000;
/** So much of what was not asked for is told. */
const TOLD = 10;

/** Messages in the order they came; each is handed out once. */
export class MessageQueue {
  readonly #messages: TestMessage[] = [];
  readonly #waiting: Waiting[] = [];

  /** Adds a message, for who waits longest for one like it. */
  add(message: TestMessage): void {
    const place = this.#waiting.findIndex(({ fits }) => fits(message));
    const [waiting] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (waiting === undefined) return void this.#messages.push(message);
    waiting.timer.cancel();
    waiting.resolve(message);
  }

  /** The next message. Rejects with {@link RequestTimeoutError} when none comes within the machine's `timeoutMs`. */
  next(who: string, options: NextMessageOptions): Promise<TestMessage> {
    const { timeoutMs = TIMEOUT_MS, private: wanted } = options;
    const fits = ({ isPrivate }: TestMessage): boolean => wanted === undefined || wanted === isPrivate;
    const place = this.#messages.findIndex(fits);
    const [message] = place < 0 ? [] : this.#messages.splice(place, 1);
    if (message !== undefined) return Promise.resolve(message);
    const promise = new Promise<TestMessage>((resolve, reject) => {
      const timer = afterPatience(timeoutMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new RequestTimeoutError(this.#missing(who, options, timeoutMs)));
      });
      const waiting: Waiting = { fits, resolve, timer };
      this.#waiting.push(waiting);
    });
    // A test that is over does not look any more; that it got nothing must not end the process.
    promise.catch(() => {});
    return promise;
  }

  /** Also what was said in another way, for who looks in the wrong place. */
  #missing(who: string, { private: wanted }: NextMessageOptions, timeoutMs: number): string {
    const kind = wanted === undefined ? "no message" : wanted ? "no private message" : "no message to all";
    const unread = this.#messages.slice(0, TOLD).map(({ nick, body }) => `  <${nick ?? "?"}> ${body}`);
    const others =
      unread.length === 0 ? [] : [`What was said ${wanted ? "to all" : "in private"} is unread:`];
    return [`${who} got ${kind} within ${timeoutMs} ms`, ...others, ...unread].join("\n");
  }
}
