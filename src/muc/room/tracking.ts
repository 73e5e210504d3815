import type { Timer } from "../../base/clock.js";
import type { Element } from "../../base/element.js";
import { NotJoinedError, RequestTimeoutError } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { MessageFailed, MessageReceived } from "../events/messages.js";
import { endTracker, MessageTracker, moveTracker } from "../message-tracker.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";
import { readStanzaId, readTexts } from "../wire/texts.js";

/** One stanza of a tracked message. */
interface Part {
  readonly id: string;
  readonly bodies: LanguageMap;
  acknowledged: boolean;
  /** What it is called once it came back, null before. */
  reflection: { readonly id: string | null; readonly stanzaId: string | null } | null;
}

interface Tracked {
  readonly tracker: MessageTracker;
  readonly parts: readonly Part[];
  timer: Timer | null;
  /** It was under way when we were put out: what is not in the catch-up was not heard. */
  adrift: boolean;
}

/** Where a reflection is from in time: of the past, only an id that we made is one of ours for certain. */
export interface Reflected {
  readonly replay: boolean;
}

/** Messages that are followed at a time, … */
const CAPACITY = 1024;
/** … and of those that came back, how many may yet be said to be seen. */
const SEEN_CAPACITY = 64;

/** The messages of ours that somebody wants to know the fate of. Oldest first. */
export class Tracking {
  readonly #room: string;
  readonly #host: Pick<RoomHost, "clock" | "logger">;
  readonly #tracked = new Map<MessageTracker, Tracked>();
  readonly #delivered = new Map<MessageTracker, Tracked>();

  constructor(room: string, host: Pick<RoomHost, "clock" | "logger">) {
    this.#room = room;
    this.#host = host;
  }

  /** Follows a message of these stanzas, all of which have ids. */
  track(stanzas: readonly Element[], timeoutMs: number | null): MessageTracker {
    const tracker = new MessageTracker(stanzas[0]?.attrs["id"] ?? "", {
      onClosed: (closed) => this.#forget(closed),
      listenerFailed: (error, event) =>
        this.#host.logger.error({ error, event, room: this.#room }, "A listener of a tracker failed"),
    });
    const parts = stanzas.map((stanza) => ({
      id: stanza.attrs["id"] ?? "",
      bodies: readTexts(stanza, "body"),
      acknowledged: false,
      reflection: null,
    }));
    const tracked: Tracked = { tracker, parts, timer: null, adrift: false };
    add(this.#tracked, tracked, CAPACITY);
    if (timeoutMs !== null)
      tracked.timer = this.#host.clock.setTimeout(() => this.#timedOut(tracker), timeoutMs);
    return tracker;
  }

  #timedOut(tracker: MessageTracker): void {
    endTracker(tracker, new RequestTimeoutError("The message did not come back in time"));
  }

  #forget(tracker: MessageTracker): void {
    this.#tracked.get(tracker)?.timer?.cancel();
    this.#tracked.delete(tracker);
    this.#delivered.delete(tracker);
  }

  /** The server has this stanza (XEP-0198); the message is with it when it has all of them. */
  acknowledged(tracker: MessageTracker, id: string): void {
    const parts = this.#tracked.get(tracker)?.parts ?? [];
    for (const part of parts) if (part.id === id) part.acknowledged = true;
    if (parts.length > 0 && parts.every((part) => part.acknowledged))
      moveTracker(tracker, { state: "deliveredToServer" });
  }

  /** It was not sent, or not all of it. */
  unsent(tracker: MessageTracker, error: Error): void {
    if (moveTracker(tracker, { state: "aborted", error }) === "moved") tracker.close();
  }

  /**
   * Something of our own came back. True where it was tracked: by its id, or where the service gave it another by its
   * text, the oldest first.
   */
  reflected(stanza: Element, { replay }: Reflected, received: () => MessageReceived): boolean {
    if (this.#tracked.size === 0) return false;
    const found = this.#findById(stanza) ?? (replay ? null : this.#findByBody(stanza));
    if (found === null) return false;
    const { tracked, part } = found;
    part.reflection = { id: stanza.attrs["id"] ?? null, stanzaId: readStanzaId(stanza, this.#room) };
    if (tracked.parts.some(({ reflection }) => reflection === null)) return true;
    tracked.timer?.cancel();
    this.#tracked.delete(tracked.tracker);
    add(this.#delivered, tracked, SEEN_CAPACITY);
    moveTracker(tracked.tracker, { state: "deliveredToRecipient", response: received() });
    return true;
  }

  #find(matches: (part: Part) => boolean): { readonly tracked: Tracked; readonly part: Part } | null {
    for (const tracked of this.#tracked.values())
      for (const part of tracked.parts)
        if (part.reflection === null && matches(part)) return { tracked, part };
    return null;
  }

  #findById(stanza: Element) {
    const { id } = stanza.attrs;
    const originId = stanza.getChild("origin-id", NS.stanzaId)?.attrs["id"];
    return this.#find((part) => part.id === id || part.id === originId);
  }

  #findByBody(stanza: Element) {
    const bodies = readTexts(stanza, "body");
    return bodies.size === 0 ? null : this.#find((part) => isReflectionOf(part.bodies, bodies));
  }

  /** The room sent it back. True where it was tracked, and had not come back already. */
  failed(id: string, error: MessageFailed): boolean {
    const found = this.#find((part) => part.id === id);
    if (found === null) return false;
    moveTracker(found.tracked.tracker, { state: "error", response: error, error: error.error });
    return true;
  }

  /** Somebody else has seen the message of this id (XEP-0333). */
  seen(id: string): void {
    for (const { tracker, parts } of this.#delivered.values()) {
      if (!parts.some(({ reflection }) => reflection?.id === id || reflection?.stanzaId === id)) continue;
      moveTracker(tracker, { state: "seenByRecipient", response: tracker.response });
      this.#delivered.delete(tracker);
    }
  }

  /** We are out, and will come back: what is under way may have been heard. */
  suspended(): void {
    for (const tracked of this.#tracked.values()) tracked.adrift = true;
  }

  /** We are in again, and the history is over: what is not in it was not heard. */
  caughtUp(): void {
    this.#abort(({ adrift }) => adrift);
  }

  /** The room is over. */
  over(): void {
    this.#abort(() => true);
    for (const tracker of Array.from(this.#delivered.keys())) tracker.close();
  }

  #abort(concerns: (tracked: Tracked) => boolean): void {
    const error = new NotJoinedError(`${this.#room} was left before the message came back`);
    for (const tracked of Array.from(this.#tracked.values())) {
      if (!concerns(tracked)) continue;
      if (tracked.tracker.state !== "error") moveTracker(tracked.tracker, { state: "aborted", error });
      endTracker(tracked.tracker, error);
    }
  }
}

/** What nobody closed, and nothing comes back for, cannot be kept for ever: the oldest has to go. */
function add(to: Map<MessageTracker, Tracked>, tracked: Tracked, capacity: number): void {
  const [oldest] = to.size < capacity ? [] : to.keys();
  oldest?.close();
  to.set(tracked.tracker, tracked);
}

/** Equal in each language that was sent. A text without language can come back with that of the stanza. */
export function isReflectionOf(sent: LanguageMap, reflected: LanguageMap): boolean {
  if (sent.size === 0) return false;
  for (const [language, text] of sent) {
    if (reflected.get(language) === text) continue;
    if (language !== "" || reflected.has("")) return false;
    const added = [...reflected].some(([tag, other]) => !sent.has(tag) && other === text);
    if (!added) return false;
  }
  return true;
}
