import { Element } from "../../base/element.js";
import { delayElement, withChildren } from "../wire/stanza.js";

/** Messages that an account may have waiting; older ones go first. */
const MAX_MESSAGES = 100;

/** Messages for accounts that nobody is available at (XEP-0160). */
export class OfflineStore {
  readonly #messages = new Map<string, Element[]>();

  /** Keeps a message for the account, stamped with the time by its domain (XEP-0203). */
  add(bare: string, message: Element, domain: string, atMs: number): void {
    const waiting = this.#messages.get(bare) ?? [];
    waiting.push(withChildren(message, [...message.children, delayElement(domain, atMs)]));
    if (waiting.length > MAX_MESSAGES) waiting.shift();
    this.#messages.set(bare, waiting);
  }

  /** Hands out what waits for the account. */
  take(bare: string): readonly Element[] {
    const waiting = this.#messages.get(bare) ?? [];
    this.#messages.delete(bare);
    return waiting;
  }
}

/** Whether a message is kept for later (XEP-0160 §3): what somebody wrote, and invitations without text. */
export function isStorable(message: Element): boolean {
  const type = message.attrs["type"] ?? "normal";
  if (type === "normal") return true;
  return type === "chat" && message.getChild("body") !== undefined;
}
