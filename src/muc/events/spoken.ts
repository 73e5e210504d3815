import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import type { DraftInit } from "../wire/draft.js";
import { isEncrypted } from "../wire/encryption.js";
import { withoutFallback } from "../wire/fallback.js";
import { NS } from "../wire/namespaces.js";
import type { MessageContent } from "../wire/message-content.js";
import { readDelay, readTexts } from "../wire/texts.js";
import type { AnyRoomEvent } from "./event-map.js";
import { RoomEvent } from "./room-event.js";

/** What the room knew of the sender when the message came. */
export interface Sender {
  readonly occupant: Occupant;
  readonly nick: string;
}

/** How an event answers. */
export interface MessageVoice {
  answer(draft: DraftInit, cause: AnyRoomEvent): Promise<void>;
  answerPrivately(to: Occupant, draft: DraftInit, cause: AnyRoomEvent): Promise<void>;
}

/** What a room needs to make an event of something that an occupant sent. */
export interface SpokenFacts extends Sender {
  /** When it came, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  readonly languages: readonly string[];
  readonly voice: MessageVoice;
  /** What was read of it already, where something was. */
  readonly content?: MessageContent | null;
}

/** Something that an occupant sent. What it says of the sender is frozen at receipt; the rest is read when asked for. */
export abstract class SpokenEvent extends RoomEvent {
  /** Who sent it; a stranger where nobody present can be meant. Never null. */
  readonly occupant: Occupant;
  /** The nick they had. */
  readonly nick: string;
  /** Their bare real address, null where the room does not tell it. */
  readonly realJid: JID | null;
  /** Their XEP-0421 id, null where it is not to be trusted. */
  readonly occupantId: string | null;
  declare readonly stanza: Element;
  readonly #facts: SpokenFacts;
  #bodies: LanguageMap | null = null;
  #body: string | null = null;

  constructor(room: Room, stanza: Element, facts: SpokenFacts) {
    super(room, stanza);
    this.occupant = facts.occupant;
    this.nick = facts.nick;
    this.realJid = facts.occupant.realJid;
    this.occupantId = facts.occupant.occupantId;
    this.#facts = facts;
  }

  /** The texts as sent, by language. */
  get bodies(): LanguageMap {
    this.#bodies ??= readTexts(this.stanza, "body");
    return this.#bodies;
  }

  /**
   * The text in the language that suits best, without what stands in it only for clients that do not know better
   * (XEP-0428); of an encrypted message that is all of it.
   */
  get body(): string {
    this.#body ??= this.#readBody();
    return this.#body;
  }

  #readBody(): string {
    const { content } = this.#facts;
    if (content?.isPlain === true) return content.body ?? "";
    if (this.encrypted) return "";
    return withoutFallback(this.bodies.pick(this.#facts.languages) ?? "", this.stanza);
  }

  /** Whether the content is encrypted (XEP-0380, OMEMO, OpenPGP): then `bodies` holds at most a hint for people. */
  get encrypted(): boolean {
    return isEncrypted(this.stanza);
  }

  /** The conversation it belongs to, null for none. */
  get thread(): string | null {
    return this.stanza.getChildText("thread") || null;
  }

  /** The id that the sender gave it, null for none. */
  get id(): string | null {
    return this.stanza.attrs["id"] ?? null;
  }

  /** The id that the sender's client gave it (XEP-0359), null for none. */
  get originId(): string | null {
    return this.stanza.getChild("origin-id", NS.stanzaId)?.attrs["id"] ?? null;
  }

  /** When it was sent: what the delay says, where there is one; else when it came. */
  get sentAt(): Date {
    return readDelay(this.stanza) ?? new Date(this.#facts.receivedAtMs);
  }

  override toJSON(): object {
    const { nick, id } = this;
    return { ...super.toJSON(), nick, id };
  }
}
