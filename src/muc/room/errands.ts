import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";

/** What the room was asked for in a message or presence, and may refuse with an error of the same id. */
export class Errands {
  readonly #refusals = new Map<string, (error: XmppError) => void>();

  /** Waits for a refusal; the returned function ends that. */
  add(id: string, refused: (error: XmppError) => void): () => void {
    this.#refusals.set(id, refused);
    return () => void this.#refusals.delete(id);
  }

  /** Takes a stanza of type error. False when it is for nothing that was asked. */
  refused(stanza: Element): boolean {
    const id = stanza.attrs["id"] ?? "";
    const refuse = this.#refusals.get(id);
    if (refuse === undefined) return false;
    this.#refusals.delete(id);
    refuse(XmppError.fromStanza(stanza));
    return true;
  }
}
