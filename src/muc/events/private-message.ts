import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { Room } from "../room.js";
import type { DraftInit } from "../wire/draft.js";
import { withReference } from "../wire/draft.js";
import { readReply } from "../wire/texts.js";
import { MessageReceived, type MessageSource } from "./messages.js";
import { SpokenEvent, type MessageVoice, type SpokenFacts } from "./spoken.js";

/** What a room needs to make a {@link PrivateMessageReceived}. */
export interface PrivateFacts extends SpokenFacts {
  readonly source: MessageSource;
  /** Our own nick at that time. */
  readonly ownNick: string;
}

/** An occupant said something to us alone (XEP-0045 §7.5). Answers follow them over changes of their nick. */
export class PrivateMessageReceived extends SpokenEvent {
  readonly type = "privateMessage";
  /** `live`, or `missed` where the server kept it while we were out: whoever said it is a stranger then. */
  readonly source: MessageSource;
  readonly #voice: MessageVoice;
  readonly #facts: PrivateFacts;

  constructor(room: Room, stanza: Element, facts: PrivateFacts) {
    super(room, stanza, facts);
    this.source = facts.source;
    this.#voice = facts.voice;
    this.#facts = facts;
  }

  /** What it answers (XEP-0461), null for nothing. */
  get replyTo(): { readonly id: string; readonly to: JID | null } | null {
    return readReply(this.stanza);
  }

  /**
   * Answers the sender alone, with a reference to this message (XEP-0461). Resolves when handed to the stream; rejects
   * with `NotJoinedError` when they have left meanwhile.
   */
  reply(draft: DraftInit): Promise<void> {
    return this.#voice.answerPrivately(this.occupant, withReference(draft, this.id, this.stanza), this);
  }

  /** As {@link reply}, without the reference. */
  whisper(draft: DraftInit): Promise<void> {
    return this.#voice.answerPrivately(this.occupant, draft, this);
  }

  /**
   * The same for whoever takes messages of the room, as commands do: `isPrivate`, and what it answers (`say` too) goes to
   * the sender alone.
   */
  asMessage(): MessageReceived {
    const whisper: MessageVoice["answerPrivately"] = (to, draft, cause) =>
      this.#voice.answerPrivately(to, draft, cause);
    const voice: MessageVoice = {
      answer: (draft, cause) => whisper(this.occupant, draft, cause),
      answerPrivately: whisper,
    };
    return new MessageReceived(this.room, this.stanza, { ...this.#facts, voice, isPrivate: true });
  }
}
