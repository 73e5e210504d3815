import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { DraftInit } from "../wire/draft.js";
import type { MessageReceived } from "./messages.js";
import { withReference } from "../wire/draft.js";
import { isEncrypted } from "../wire/encryption.js";
import { withoutFallback } from "../wire/fallback.js";
import { readTexts } from "../wire/texts.js";

/** What a client needs to make a {@link DirectMessageReceived}. */
export interface DirectFacts {
  readonly from: JID;
  readonly languages: readonly string[];
  /** Sends an answer; its failure reaches the log. */
  readonly answer: (draft: DraftInit, cause: DirectMessageReceived) => Promise<void>;
  /** The local part of our account. */
  readonly ownName: string;
  readonly asMessage: (event: DirectMessageReceived) => MessageReceived;
}

/** Somebody wrote to our account, outside of any room: `from` is who the server says they are. */
export class DirectMessageReceived {
  readonly type = "directMessage";
  /** The full address of who wrote; for what our own account wrote, that. */
  readonly from: JID;
  readonly stanza: Element;
  readonly #facts: DirectFacts;
  #bodies: LanguageMap | null = null;
  #body: string | null = null;

  constructor(stanza: Element, facts: DirectFacts) {
    this.from = facts.from;
    this.stanza = stanza;
    this.#facts = facts;
  }

  /** The texts as sent, by language. */
  get bodies(): LanguageMap {
    this.#bodies ??= readTexts(this.stanza, "body");
    return this.#bodies;
  }

  /** The text in the language that suits best, without fallback (XEP-0428); `""` where it is encrypted. */
  get body(): string {
    this.#body ??= this.encrypted
      ? ""
      : withoutFallback(this.bodies.pick(this.#facts.languages) ?? "", this.stanza);
    return this.#body;
  }

  /** Whether the content is encrypted: then `bodies` holds at most a hint for people. */
  get encrypted(): boolean {
    return isEncrypted(this.stanza);
  }

  /** The id that the sender gave it, null for none. */
  get id(): string | null {
    return this.stanza.attrs["id"] ?? null;
  }

  /** Answers the sender, with a reference to this message (XEP-0461). Resolves when handed to the stream. */
  reply(draft: DraftInit): Promise<void> {
    return this.#facts.answer(withReference(draft, this.id, this.stanza), this);
  }

  /** What our account is called: its local part. */
  get ownName(): string {
    return this.#facts.ownName;
  }

  /**
   * The same for whoever takes messages of a room, as commands do: `isPrivate`, and what it answers goes to the account.
   * There is no room: `room` has the address of the account, and nobody is ever in it. `occupant` is a stranger, with
   * the account as real address, and no role or affiliation.
   */
  asMessage(): MessageReceived {
    return this.#facts.asMessage(this);
  }

  /** What is printed: not the stanza, which may hold what is nobody's business. */
  toJSON(): object {
    return { type: this.type, from: this.from.toString(), id: this.id };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): object {
    return this.toJSON();
  }
}
