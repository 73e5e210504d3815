import type { Element } from "../../base/element.js";
import { PrivateMessageReceived } from "../events/private-message.js";
import { SignalReceived } from "../events/signal.js";
import type { MessageVoice } from "../events/spoken.js";
import { isAllFallback } from "../wire/fallback.js";
import type { MessageContent } from "../wire/message-content.js";
import { AuthorMemory, saidBy } from "./author-memory.js";
import type { Authored, Authorship } from "./authorship.js";
import type { RoomContext } from "./room-context.js";
import type { RoomCore } from "./room-core.js";
import { makeUpdate } from "./updates.js";

/** What occupants tell us alone (XEP-0045 §7.5). */
export class PrivateInbox {
  readonly #room: RoomContext;
  readonly #core: Pick<RoomCore, "inside">;
  readonly #authorship: Authorship;
  readonly #authors: AuthorMemory;
  readonly #voice: MessageVoice;

  constructor(
    room: RoomContext,
    core: Pick<RoomCore, "inside">,
    authorship: Authorship,
    voice: MessageVoice,
  ) {
    this.#room = room;
    this.#core = core;
    this.#authorship = authorship;
    this.#authors = new AuthorMemory();
    this.#voice = voice;
  }

  /** A message to us alone. While we are out, the server may hand on what it kept: then nobody there can be meant. */
  receive(stanza: Element, nick: string, content: MessageContent): void {
    const { host, room, tell } = this.#room;
    const { type } = stanza.attrs;
    if (type !== undefined && type !== "normal" && type !== "chat")
      return host.diagnostic("strange-message-type", stanza);
    const { inside } = this.#core;
    const occupant = this.#authorship.author(stanza, nick, !inside);
    const authored: Authored = { occupant, nick, source: inside ? "live" : "missed" };
    // Answered like those of others, it would be answered for ever.
    if (occupant.isSelf) return host.diagnostic("own-private-message", stanza);
    if (this.#authors.isRepeat(content, nick)) return host.diagnostic("handled-before", stanza);
    const { update } = content;
    if (update !== null && update.kind !== "moderation") {
      tell(makeUpdate(this.#room, stanza, this.#facts(authored), update, this.#authors, true));
      if (update.kind === "correction" || !content.hasBody || isAllFallback(stanza)) return;
    }
    if (content.hasBody) {
      this.#authors.remember(content, authored.occupant, saidBy(nick, content.body));
      return tell(new PrivateMessageReceived(room, stanza, this.#facts(authored)));
    }
    if (content.signals.length === 0) return host.diagnostic("message-without-body", stanza);
    for (const signal of content.signals)
      tell(new SignalReceived(room, stanza, authored.occupant, signal, true));
  }

  #facts(authored: Authored) {
    const { host, room } = this.#room;
    const { languages, clock } = host;
    return { ...authored, receivedAtMs: clock.now(), ownNick: room.nick, languages, voice: this.#voice };
  }
}
