import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import { withReference, type DraftInit } from "../wire/draft.js";
import { NS } from "../wire/namespaces.js";
import { readReply, readStanzaId, readTexts } from "../wire/texts.js";
import { wordPattern } from "../wire/word-pattern.js";
import { RoomEvent } from "./room-event.js";
import { SpokenEvent, type SpokenFacts } from "./spoken.js";

/**
 * Where a message comes from in time: `live` now; `replay` the room's history; `missed` said while we were out;
 * `reflection` our own, come back.
 */
export type MessageSource = "live" | "replay" | "missed" | "reflection";

/** What a room needs to make a {@link MessageReceived}. */
export interface MessageFacts extends SpokenFacts {
  readonly source: MessageSource;
  /** Our own nick at that time. */
  readonly ownNick: string;
  /** It was said to us alone. */
  readonly isPrivate?: boolean;
}

/** Somebody said something in the room. What it says of the sender is frozen at receipt. */
export class MessageReceived extends SpokenEvent {
  readonly type = "message";
  readonly source: MessageSource;
  /** Whether it was said to us alone, as a command may be: all answers then go to the sender alone. */
  readonly isPrivate: boolean;
  readonly #facts: MessageFacts;
  #mentionsMe: boolean | null = null;

  constructor(room: Room, stanza: Element, facts: MessageFacts) {
    super(room, stanza, facts);
    this.source = facts.source;
    this.isPrivate = facts.isPrivate === true;
    this.#facts = facts;
  }

  /** The id that the room gave it (XEP-0359), null for none. */
  get stanzaId(): string | null {
    return readStanzaId(this.stanza, this.room.jid.toString());
  }

  /** The id of the message that it corrects, null where it is none (XEP-0308). */
  get replaces(): string | null {
    const { content } = this.#facts;
    if (content !== undefined && content !== null) return content.replaces;
    return this.stanza.getChild("replace", NS.replace)?.attrs["id"] ?? null;
  }

  /** What it answers (XEP-0461), null for nothing. */
  get replyTo(): { readonly id: string; readonly to: JID | null } | null {
    return readReply(this.stanza);
  }

  /** Whether our nick stands in it as a word of its own. */
  get mentionsMe(): boolean {
    this.#mentionsMe ??= wordPattern(this.#facts.ownNick).test(this.body);
    return this.#mentionsMe;
  }

  /** Answers in the room, with a reference to this message (XEP-0461). Resolves when handed to the stream. */
  reply(draft: DraftInit): Promise<void> {
    const id = this.isPrivate ? this.id : (this.stanzaId ?? this.id);
    return this.#facts.voice.answer(withReference(draft, id, this.stanza), this);
  }

  /** Says something in the room. Resolves when handed to the stream. */
  say(draft: DraftInit): Promise<void> {
    return this.#facts.voice.answer(draft, this);
  }

  /** Says something to the sender alone. Rejects with `NotJoinedError` when they have left meanwhile. */
  whisper(draft: DraftInit): Promise<void> {
    return this.#facts.voice.answerPrivately(this.occupant, draft, this);
  }

  override toJSON(): object {
    const { nick, source, id } = this;
    return { type: this.type, room: this.room.jid.toString(), nick, source, id };
  }
}

/** The room itself said something. */
export class ServiceMessage extends RoomEvent {
  readonly type = "serviceMessage";
  declare readonly stanza: Element;
  readonly source: "live" | "replay";
  /** The texts as sent, by language. */
  readonly bodies: LanguageMap;

  constructor(room: Room, stanza: Element, source: "live" | "replay") {
    super(room, stanza);
    this.source = source;
    this.bodies = readTexts(stanza, "body");
  }

  /** The text in the language that suits best. */
  get body(): string {
    return this.bodies.toString();
  }
}

/** The room (or its server) sent back a message of ours. */
export class MessageFailed extends RoomEvent {
  readonly type = "messageError";
  declare readonly stanza: Element;
  /** The id of the message that was sent. */
  readonly id: string;
  readonly error: XmppError;

  constructor(room: Room, stanza: Element, id: string, error: XmppError) {
    super(room, stanza);
    this.id = id;
    this.error = error;
  }
}

/** The subject of the room was set, cleared, or told on entry (XEP-0045 §8.1). */
export class SubjectChanged extends RoomEvent {
  readonly type = "subject";
  declare readonly stanza: Element;
  /** Who set it; a stranger where they have left, null where the room itself did. */
  readonly occupant: Occupant | null;
  /** The nick of who set it, null where the room itself did. */
  readonly nick: string | null;
  /** By language; empty when there is none. */
  readonly subject: LanguageMap;
  /** It came with entering, and is no change. */
  readonly initial: boolean;

  constructor(
    room: Room,
    stanza: Element,
    fields: {
      readonly occupant: Occupant | null;
      readonly nick: string | null;
      readonly subject: LanguageMap;
      readonly initial: boolean;
    },
  ) {
    super(room, stanza);
    this.occupant = fields.occupant;
    this.nick = fields.nick;
    this.subject = fields.subject;
    this.initial = fields.initial;
  }
}
