import type { Element } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import { childrenWithout, delayElement, withChildren } from "../wire/stanza.js";

/** A message that is kept for those who come later. */
export interface HistoryEntry {
  /** As it was reflected, without addressee. */
  readonly stanza: Element;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What somebody who joins asks for (XEP-0045 §7.2.14); null where he does not say. */
export interface HistoryWish {
  readonly maxChars: number | null;
  readonly maxStanzas: number | null;
  readonly seconds: number | null;
  /** Milliseconds since 1970. */
  readonly since: number | null;
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Reads `<history/>`; what makes no sense counts as not said, as on both servers. */
export function readHistoryWish(join: Element): HistoryWish {
  const { maxchars, maxstanzas, seconds, since } =
    join.getChild("x", NS.muc)?.getChild("history", NS.muc)?.attrs ?? {};
  const moment = Date.parse(since ?? "");
  return {
    maxChars: readNumber(maxchars),
    maxStanzas: readNumber(maxstanzas),
    seconds: readNumber(seconds),
    since: Number.isNaN(moment) ? null : moment,
  };
}

/** Whether a groupchat message is kept, and so gets a stanza-id: as Prosody decides it. */
export function isKept(message: Element): boolean {
  if (message.getChild("no-store", NS.hints) !== undefined) return false;
  if (message.getChild("no-permanent-store", NS.hints) !== undefined) return false;
  return message
    .getChildElements()
    .some((child) => child.is("body", NS.client) || child.is("store", NS.hints) || isMarker(child));
}

function isMarker(child: Element): boolean {
  return child.xmlns === NS.chatMarkers && child.name !== "markable";
}

/** The last messages of a room (XEP-0045 §7.2.13). */
export class History {
  readonly #size: number;
  readonly #entries: HistoryEntry[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** All that is kept, oldest first. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Keeps a message. What an occupant put in as if it came from the room is not kept (Prosody). */
  add(reflected: Element, at: number): void {
    this.#entries.push({ stanza: withChildren(reflected, childrenWithout(reflected, ["x", NS.user])), at });
    if (this.#entries.length > this.#size) this.#entries.shift();
  }

  /** What somebody who joins is sent: at most `limit` messages, and no more than he wishes for. */
  select(wish: HistoryWish, limit: number, now: number, room: string): readonly Element[] {
    const after = Math.max(wish.since ?? 0, wish.seconds === null ? 0 : now - wish.seconds * 1000);
    const most = Math.min(limit, wish.maxStanzas ?? limit);
    let chars = wish.maxChars ?? Number.POSITIVE_INFINITY;
    const selected: Element[] = [];
    for (const { stanza, at } of this.#entries.toReversed()) {
      if (at < after || selected.length >= most) break;
      const message = withChildren(stanza, [...stanza.children, delayElement(room, at)]);
      // The whole stanza counts, not what it says: 400 characters are less than one message on both servers.
      chars -= message.toString().length;
      if (chars < 0) break;
      selected.push(message);
    }
    return selected.reverse();
  }
}
