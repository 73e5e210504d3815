import type { Element } from "../../base/element.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import { MessageReceived, type MessageFacts, type MessageSource } from "./messages.js";
import { SpokenEvent } from "./spoken.js";

/** What can happen to a message that was said before. */
export type MessageUpdateKind = "correction" | "retraction" | "moderation" | "reaction";

/** What a stanza says of an earlier message. */
export interface UpdateContent {
  readonly kind: MessageUpdateKind;
  /** The id of that message, as it was written. */
  readonly targetId: string;
  readonly reactions: readonly string[];
  readonly reason: string | null;
}

/** What a room needs to make a {@link MessageUpdated}. */
export interface UpdateFacts extends MessageFacts {
  readonly update: UpdateContent;
  readonly proven: boolean;
  readonly moderator: Occupant | null;
  readonly isPrivate: boolean;
}

/**
 * Something became of an earlier message: it was corrected (XEP-0308), taken back by its author (XEP-0424), removed by
 * the room (XEP-0425), or reacted to (XEP-0444). Rooms pass all of these on unchecked, but for removals, which are
 * their own: see {@link proven}.
 */
export class MessageUpdated extends SpokenEvent {
  readonly type = "messageUpdate";
  readonly kind: MessageUpdateKind;
  /** The id of the message: the room's own for it, or (always for corrections) that of its author. */
  readonly targetId: string;
  /**
   * Whether who sent this is proven to be who may. A correction or retraction: the author of the message, which was
   * said within our hearing and not long ago. A moderation: the room. A reaction is anybody's: true where it is known
   * who that is.
   */
  readonly proven: boolean;
  /** The reactions of this occupant to that message, all of them: none when they took them back. */
  readonly reactions: readonly string[];
  /** Of a moderation: who did it, where the room tells. `occupant` is then the author, as far as known. */
  readonly moderator: Occupant | null;
  /** Of a moderation or retraction: why, null where nothing was said. */
  readonly reason: string | null;
  /** Where it comes from in time. */
  readonly source: MessageSource;
  /** It was told to us alone, of a private message. */
  readonly isPrivate: boolean;
  readonly #facts: UpdateFacts;
  #message: MessageReceived | null = null;

  constructor(room: Room, stanza: Element, facts: UpdateFacts) {
    super(room, stanza, facts);
    this.kind = facts.update.kind;
    this.targetId = facts.update.targetId;
    this.reactions = facts.update.reactions;
    this.reason = facts.update.reason;
    this.proven = facts.proven;
    this.moderator = facts.moderator;
    this.source = facts.source;
    this.isPrivate = facts.isPrivate;
    this.#facts = facts;
  }

  /** A correction as the message that it makes of the earlier one; of everything else, and in private, null. */
  get message(): MessageReceived | null {
    if (this.kind !== "correction" || this.isPrivate) return null;
    this.#message ??= new MessageReceived(this.room, this.stanza, this.#facts);
    return this.#message;
  }

  override toJSON(): object {
    const { kind, targetId, proven } = this;
    return { ...super.toJSON(), kind, targetId, proven };
  }
}
