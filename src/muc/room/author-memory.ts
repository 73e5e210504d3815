import type { Element } from "../../base/element.js";
import { unpin } from "../../base/unpin.js";
import type { Occupant } from "../occupant.js";
import { NS } from "../wire/namespaces.js";

/** What a message is called by: by its author, and by the room. */
interface Remembered {
  readonly author: Occupant;
  readonly id: string | null;
  readonly originId: string | null;
  readonly stanzaId: string | null;
}

/** How many messages are remembered: who changes what they said does so soon. */
const CAPACITY = 256;

/** Whether both are proven to be the same person. A nick proves nothing. */
export function isSamePerson(a: Occupant, b: Occupant): boolean {
  if (a === b) return true;
  if (a.occupantId !== null && b.occupantId !== null) return a.occupantId === b.occupantId;
  return a.realJid !== null && b.realJid !== null && a.realJid.equals(b.realJid);
}

/** Who said the last messages of a room. Nothing is looked up but when somebody refers to one of them. */
export class AuthorMemory {
  readonly #room: string;
  readonly #messages: Remembered[] = [];
  #next = 0;

  constructor(room: string) {
    this.#room = room;
  }

  /** Keeps who said this. On the way of every message: one look at each child, and no list. */
  remember(stanza: Element, author: Occupant): void {
    const { id } = stanza.attrs;
    let originId: string | undefined;
    let stanzaId: string | undefined;
    for (const child of stanza.children) {
      if (typeof child === "string" || child.xmlns !== NS.stanzaId) continue;
      const { attrs, name } = child;
      if (name === "origin-id") originId ??= attrs["id"];
      else if (name === "stanza-id" && attrs["by"] === this.#room) stanzaId ??= attrs["id"];
    }
    // Most clients use one id for both.
    if (originId === id) originId = undefined;
    if (id === undefined && originId === undefined && stanzaId === undefined) return;
    this.#messages[this.#next] = {
      author,
      id: id === undefined ? null : unpin(id),
      originId: originId === undefined ? null : unpin(originId),
      stanzaId: stanzaId === undefined ? null : unpin(stanzaId),
    };
    this.#next = (this.#next + 1) % CAPACITY;
  }

  /**
   * Who said the message of this id, null where that is not known, or not certain: anybody can use the id of somebody
   * else's message for their own. The room's ids are unique, so they go first, where they are allowed.
   */
  authorOf(id: string, allowed: { readonly stanzaIds: boolean }): Occupant | null {
    let author: Occupant | null = null;
    for (const message of this.#messages) {
      if (allowed.stanzaIds && message.stanzaId === id) return message.author;
      if (message.id !== id && message.originId !== id) continue;
      if (author !== null && !isSamePerson(author, message.author))
        return this.#byRoom(id, allowed.stanzaIds);
      author = message.author;
    }
    return author;
  }

  #byRoom(id: string, allowed: boolean): Occupant | null {
    const found = allowed ? this.#messages.find(({ stanzaId }) => stanzaId === id) : undefined;
    return found?.author ?? null;
  }
}
