import type { Element } from "../../base/element.js";
import { XmppError } from "../../xmpp/xmpp-error.js";

/** Something that waits for a refusal. */
interface Errand {
  /** The nick in whose name it may be refused beside the room's own; null for none. */
  readonly nick: string | null;
  readonly refused: (error: XmppError) => void;
}

/**
 * What the room was asked for in a message or presence, and may refuse with an error of the same id. Only the room can,
 * or the occupant JID that a presence was for: anybody inside can send an error, and services show ids around.
 */
export class Errands {
  readonly #pending = new Map<string, Errand>();

  /** Waits for a refusal; the returned function ends that. */
  add(id: string, nick: string | null, refused: (error: XmppError) => void): () => void {
    this.#pending.set(id, { nick, refused });
    return () => void this.#pending.delete(id);
  }

  /** Takes a stanza of type error from the room (`nick` null) or an occupant. False when it is for nothing that was asked. */
  refused(stanza: Element, nick: string | null): boolean {
    const id = stanza.attrs["id"] ?? "";
    const errand = this.#pending.get(id);
    if (errand === undefined || (nick !== null && nick !== errand.nick)) return false;
    this.#pending.delete(id);
    errand.refused(XmppError.fromStanza(stanza));
    return true;
  }
}
