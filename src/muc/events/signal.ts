import type { Element } from "../../base/element.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import { OccupantEvent } from "./occupants.js";

/** What a message without text can tell. */
export type SignalKind = "chatState" | "marker" | "receipt";

/** One signal, as it stands in a stanza. */
export interface SignalContent {
  readonly kind: SignalKind;
  readonly value: string;
  readonly targetId: string | null;
}

/** Somebody typed (XEP-0085), read (XEP-0333) or received (XEP-0184) something: a message without text. */
export class SignalReceived extends OccupantEvent {
  readonly type = "signal";
  readonly kind: SignalKind;
  /** The chat state (`composing` …); the marker (`displayed` …); of a receipt the id of what was received. */
  readonly value: string;
  /** The message that a marker or a receipt is about; null for a chat state. */
  readonly targetId: string | null;
  /** It was told to us alone. */
  readonly isPrivate: boolean;
  declare readonly stanza: Element;

  constructor(room: Room, stanza: Element, occupant: Occupant, signal: SignalContent, isPrivate: boolean) {
    super(room, stanza, occupant);
    this.kind = signal.kind;
    this.value = signal.value;
    this.targetId = signal.targetId;
    this.isPrivate = isPrivate;
  }

  override toJSON(): object {
    const { kind, value } = this;
    return { ...super.toJSON(), kind, value };
  }
}
