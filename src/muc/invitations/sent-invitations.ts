import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";

/** Direct invitations of ours that may yet be refused; older ones are forgotten. */
const CAPACITY = 256;

interface Sent {
  readonly to: JID;
  readonly refused: (error: Element) => void;
}

/** The direct invitations that we sent: their refusals come from whoever was invited, and not from the room. */
export class SentInvitations {
  readonly #sent = new Map<string, Sent>();

  /** Keeps the id of an invitation, whom it went to, and who wants to know of its refusal. */
  remember(id: string, to: JID, refused: (error: Element) => void): void {
    this.#sent.set(id, { to, refused });
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > CAPACITY && oldest !== undefined) this.#sent.delete(oldest);
  }

  /** A message of type error. False where it is no refusal of an invitation by whom it went to, or their server. */
  refused(error: Element): boolean {
    const { id = "", from } = error.attrs;
    const sent = this.#sent.get(id);
    const sender = sent === undefined ? null : JID.tryParse(from);
    if (sent === undefined || sender === null) return false;
    if (!sender.bare().equals(sent.to) && sender.toString() !== sent.to.domain) return false;
    this.#sent.delete(id);
    sent.refused(error);
    return true;
  }
}
