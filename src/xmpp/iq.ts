import { randomUUID } from "node:crypto";

import type { Clock, Timer } from "../base/clock.js";
import { xml, type Element } from "../base/element.js";
import { RequestTimeoutError } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { SessionError } from "./session-error.js";
import { XmppError } from "./xmpp-error.js";

/** How one request may be limited. */
export interface IqOptions {
  /** How long to wait for the answer; default 30 s. Servers do not answer everything. */
  readonly timeoutMs?: number;
  /**
   * Called with the payload of the result in the turn in which it arrives, before any stanza that came after it is
   * handled: a promise is settled only later. When it throws, the request rejects with that.
   */
  readonly onResult?: (payload: Element | null) => void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_LIMIT = 10_000;

interface Pending {
  /** Whom the answer has to come from; null is the own account. */
  readonly to: JID | null;
  readonly resolve: (payload: Element | null) => void;
  readonly reject: (error: Error) => void;
  readonly onResult: IqOptions["onResult"];
  readonly timer: Timer;
}

/** What {@link IqRequests} needs of its session. */
export interface IqRequestsOptions {
  readonly clock: Clock;
  /** Sends a request, unless it is not wanted any more when its turn comes. */
  readonly send: (stanza: Element, wanted: () => boolean) => Promise<void>;
  /** How many requests may wait for their answer; default 10,000. */
  readonly limit?: number;
  /** The bound JID, null before there is one. */
  readonly jid: () => JID | null;
}

/** Requests and their answers (RFC 6120 §8.2.3). An answer counts only from the entity that was asked. */
export class IqRequests {
  readonly #options: IqRequestsOptions;
  readonly #pending = new Map<string, Pending>();

  constructor(options: IqRequestsOptions) {
    this.#options = options;
  }

  /**
   * Asks for something. Resolves with the payload of the result, null for an empty one. Rejects with the
   * {@link XmppError} that was answered, with {@link RequestTimeoutError}, with `ArgumentError` for an invalid
   * address, or with what ended the session.
   */
  get(to: JID | string | null, payload: Element, options?: IqOptions): Promise<Element | null> {
    return this.#ask("get", to, payload, options);
  }

  /** Asks for something to be done; otherwise as {@link get}. */
  set(to: JID | string | null, payload: Element, options?: IqOptions): Promise<Element | null> {
    return this.#ask("set", to, payload, options);
  }

  #ask(
    type: "get" | "set",
    to: JID | string | null,
    payload: Element,
    options: IqOptions | undefined,
  ): Promise<Element | null> {
    const answer = this.#request(type, to, payload, options);
    // Whoever asks may look at the answer later: it must not be an unhandled rejection until then.
    answer.catch(() => {});
    return answer;
  }

  async #request(
    type: "get" | "set",
    address: JID | string | null,
    payload: Element,
    { timeoutMs = DEFAULT_TIMEOUT_MS, onResult }: IqOptions = {},
  ): Promise<Element | null> {
    const to = address === null ? null : JID.from(address);
    const { limit = DEFAULT_LIMIT, send } = this.#options;
    if (this.#pending.size >= limit)
      throw new SessionError("policy", `${limit} requests wait for their answer already`);
    // Not to be guessed: whoever knows it could still not answer for somebody else, but need not even try.
    const id = randomUUID();
    const answer = new Promise<Element | null>((resolve, reject) => {
      const timer = this.#options.clock.setTimeout(() => {
        this.#pending.delete(id);
        const whom = to === null ? "The server" : to.toString();
        reject(new RequestTimeoutError(`${whom} did not answer <${payload.name}/> within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#pending.set(id, { to, resolve, reject, timer, onResult });
    });
    // The answer may be an error, and here before the sending is reported done: nobody waits for it until then.
    answer.catch(() => {});
    try {
      await send(xml("iq", { type, id, to: to?.toString() }, payload), () => this.#pending.has(id));
    } catch (error) {
      this.#take(id)?.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return answer;
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    pending.timer.cancel();
    return pending;
  }

  /** Takes an IQ of type result or error. False when it answers nothing that was asked of its sender. */
  answer(stanza: Element): boolean {
    const id = stanza.attrs["id"] ?? "";
    const asked = this.#pending.get(id);
    if (asked === undefined || !this.#comesFrom(asked.to, stanza.attrs["from"])) return false;
    const pending = this.#take(id);
    if (stanza.attrs["type"] === "error") pending?.reject(XmppError.fromStanza(stanza));
    else {
      const payload = stanza.getChildElements()[0] ?? null;
      try {
        pending?.onResult?.(payload);
        pending?.resolve(payload);
      } catch (error) {
        pending?.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return true;
  }

  /** RFC 6120 §8.1.2.1: the own server leaves `from` out, or gives the account, when it answers for the account. */
  #comesFrom(asked: JID | null, from: string | undefined): boolean {
    const own = this.#options.jid();
    const forAccount = asked === null || (own !== null && (asked.equals(own.bare()) || asked.equals(own)));
    if (from === undefined) return forAccount || (own !== null && asked?.toString() === own.domain);
    if (asked?.toString() === from) return true;
    const sender = JID.tryParse(from);
    if (sender === null) return false;
    if (asked?.equals(sender) === true) return true;
    if (asked !== null || own === null) return false;
    return sender.equals(own.bare()) || sender.equals(own) || sender.toString() === own.domain;
  }

  /** Rejects all requests that wait: their answers will not come any more. */
  abort(error: Error): void {
    for (const id of this.#pending.keys()) this.#take(id)?.reject(error);
  }
}
