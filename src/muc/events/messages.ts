import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import { draftOf, type DraftInit } from "../wire/draft.js";
import { NS } from "../wire/namespaces.js";
import { readDelay, readTexts } from "../wire/texts.js";
import { RoomEvent } from "./room-event.js";

/**
 * Where a message comes from in time: `live` now; `replay` the room's history; `missed` said while we were out;
 * `reflection` our own, come back.
 */
export type MessageSource = "live" | "replay" | "missed" | "reflection";

/** What the room knew of the sender when the message came. */
export interface Sender {
  readonly occupant: Occupant;
  readonly nick: string;
}

/** How an event answers. */
export interface MessageVoice {
  answer(draft: DraftInit, cause: MessageReceived): Promise<void>;
  answerPrivately(to: Occupant, draft: DraftInit, cause: MessageReceived): Promise<void>;
}

/** What a room needs to make a {@link MessageReceived}. */
export interface MessageFacts extends Sender {
  readonly source: MessageSource;
  /** When it came, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** Our own nick at that time. */
  readonly ownNick: string;
  readonly languages: readonly string[];
  readonly voice: MessageVoice;
}

/** Escapes a text for a regular expression. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Somebody said something in the room. What it says of the sender is frozen at receipt. */
export class MessageReceived extends RoomEvent {
  readonly type = "message";
  /** Who said it; a stranger where nobody present can be meant. Never null. */
  readonly occupant: Occupant;
  /** The nick they had. */
  readonly nick: string;
  /** Their bare real address, null where the room does not tell it. */
  readonly realJid: JID | null;
  /** Their XEP-0421 id, null where it is not to be trusted. */
  readonly occupantId: string | null;
  readonly source: MessageSource;
  declare readonly stanza: Element;
  readonly #facts: MessageFacts;
  #bodies: LanguageMap | null = null;
  #mentionsMe: boolean | null = null;

  constructor(room: Room, stanza: Element, facts: MessageFacts) {
    super(room, stanza);
    this.occupant = facts.occupant;
    this.nick = facts.nick;
    this.realJid = facts.occupant.realJid;
    this.occupantId = facts.occupant.occupantId;
    this.source = facts.source;
    this.#facts = facts;
  }

  /** The texts as sent, by language. */
  get bodies(): LanguageMap {
    this.#bodies ??= readTexts(this.stanza, "body");
    return this.#bodies;
  }

  /** The text in the language that suits best. */
  get body(): string {
    return this.bodies.pick(this.#facts.languages) ?? "";
  }

  /** The conversation it belongs to, null for none. */
  get thread(): string | null {
    return this.stanza.getChildText("thread") || null;
  }

  /** The id that the sender gave it, null for none. */
  get id(): string | null {
    return this.stanza.attrs["id"] ?? null;
  }

  /** The id that the room gave it (XEP-0359), null for none. */
  get stanzaId(): string | null {
    const room = this.room.jid.toString();
    const ids = this.stanza.getChildren("stanza-id", NS.stanzaId);
    return ids.find((each) => each.attrs["by"] === room)?.attrs["id"] ?? null;
  }

  /** The id that the sender's client gave it (XEP-0359), null for none. */
  get originId(): string | null {
    return this.stanza.getChild("origin-id", NS.stanzaId)?.attrs["id"] ?? null;
  }

  /** When it was sent: what the delay says, where there is one; else when it came. */
  get sentAt(): Date {
    return readDelay(this.stanza) ?? new Date(this.#facts.receivedAtMs);
  }

  /** The id of the message that it corrects, null where it is none (XEP-0308). */
  get replaces(): string | null {
    return this.stanza.getChild("replace", NS.replace)?.attrs["id"] ?? null;
  }

  /** What it answers (XEP-0461), null for nothing. */
  get replyTo(): { readonly id: string; readonly to: JID | null } | null {
    const reply = this.stanza.getChild("reply", NS.reply);
    const id = reply?.attrs["id"];
    return id === undefined ? null : { id, to: JID.tryParse(reply?.attrs["to"]) };
  }

  /** Whether our nick stands in it as a word of its own. */
  get mentionsMe(): boolean {
    this.#mentionsMe ??= new RegExp(
      `(?<![\\p{L}\\p{N}_])${literally(this.#facts.ownNick)}(?![\\p{L}\\p{N}_])`,
      "iu",
    ).test(this.body);
    return this.#mentionsMe;
  }

  /** Answers in the room, with a reference to this message (XEP-0461). Resolves when handed to the stream. */
  reply(draft: DraftInit): Promise<void> {
    const id = this.stanzaId ?? this.id;
    const own = draftOf(draft);
    const to = JID.tryParse(this.stanza.attrs["from"]);
    return this.#facts.voice.answer(id === null ? own : { replyTo: { id, to }, ...own }, this);
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
    return { ...super.toJSON(), nick, source, id };
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
