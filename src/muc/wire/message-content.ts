import type { Element } from "../../base/element.js";
import type { UpdateContent } from "../events/message-update.js";
import type { SignalContent } from "../events/signal.js";
import { NS } from "./namespaces.js";

const CHAT_STATES: ReadonlySet<string> = new Set(["active", "composing", "paused", "inactive", "gone"]);
const MARKERS: ReadonlySet<string> = new Set(["received", "displayed", "acknowledged"]);

/** A removal by the room, as it stands in a stanza. */
export interface ModerationContent extends UpdateContent {
  readonly kind: "moderation";
  /** The occupant JID of who did it, as text; null where it is not told. */
  readonly by: string | null;
}

/** What a message is called by: by its author, and by the room. */
export interface MessageIds {
  readonly id: string | null;
  readonly originId: string | null;
  readonly stanzaId: string | null;
}

/** What a message can be known again by. */
export interface MessageMarks extends MessageIds {
  /** The text of its first body, null for none. */
  readonly body: string | null;
}

/** What a message is made of, as far as it decides what the message is. */
export interface MessageContent extends MessageMarks {
  readonly hasBody: boolean;
  readonly hasSubject: boolean;
  readonly hasThread: boolean;
  /** It says that it was kept for a while (XEP-0203); anybody may say so. */
  readonly delayed: boolean;
  readonly update: UpdateContent | ModerationContent | null;
  /** The id of what it takes the place of (XEP-0308), null for none. */
  readonly replaces: string | null;
  /** Whether `body` is all that was said: it is the only one, not encrypted, and no part of it a fallback. */
  readonly isPlain: boolean;
  readonly signals: readonly SignalContent[];
}

const NO_SIGNALS: readonly SignalContent[] = [];

function update(kind: UpdateContent["kind"], targetId: string | undefined): UpdateContent | null {
  return targetId === undefined || targetId === "" ? null : { kind, targetId, reactions: [], reason: null };
}

function moderation(
  targetId: string | undefined,
  moderated: Element,
  reason: string | null,
): ModerationContent | null {
  if (targetId === undefined || targetId === "") return null;
  return { kind: "moderation", targetId, reactions: [], reason, by: moderated.attrs["by"] ?? null };
}

/** XEP-0424, XEP-0425: a `<moderated/>` inside makes it the room's. */
function readRetract(retract: Element): UpdateContent | ModerationContent | null {
  const { id } = retract.attrs;
  const reason = retract.getChildText("reason") || null;
  const moderated = retract.getChild("moderated", NS.moderate);
  if (moderated !== undefined) return moderation(id, moderated, reason);
  const retraction = update("retraction", id);
  return retraction === null ? null : { ...retraction, reason };
}

/** The same as it was before: attached to the message (XEP-0422). */
function readApplyTo(applyTo: Element): UpdateContent | ModerationContent | null {
  const { id } = applyTo.attrs;
  const moderated = applyTo.getChild("moderated", NS.moderateV0);
  if (moderated !== undefined && moderated.getChild("retract", NS.retractV0) !== undefined)
    return moderation(id, moderated, moderated.getChildText("reason") || null);
  return applyTo.getChild("retract", NS.retractV0) === undefined ? null : update("retraction", id);
}

/** XEP-0444: a set of them, each once. */
function readReactions(element: Element): UpdateContent | null {
  const reaction = update("reaction", element.attrs["id"]);
  if (reaction === null) return null;
  const texts = element.getChildren("reaction").map((each) => each.text());
  return { ...reaction, reactions: [...new Set(texts)].filter((text) => text !== "") };
}

function readUpdate(child: Element): UpdateContent | ModerationContent | null {
  switch (child.xmlns) {
    case NS.replace:
      return child.name === "replace" ? update("correction", child.attrs["id"]) : null;
    case NS.reactions:
      return child.name === "reactions" ? readReactions(child) : null;
    case NS.retract:
      return child.name === "retract" ? readRetract(child) : null;
    case NS.fasten:
      return child.name === "apply-to" ? readApplyTo(child) : null;
    default:
      return null;
  }
}

function readSignal({ name, xmlns, attrs: { id } }: Element): SignalContent | null {
  switch (xmlns) {
    case NS.chatStates:
      return CHAT_STATES.has(name) ? { kind: "chatState", value: name, targetId: null } : null;
    case NS.markers:
      return MARKERS.has(name) && id ? { kind: "marker", value: name, targetId: id } : null;
    case NS.receipts:
      return name === "received" && id ? { kind: "receipt", value: id, targetId: id } : null;
    default:
      return null;
  }
}

/** A {@link MessageContent} that is being read. */
class Content implements MessageContent {
  readonly id: string | null;
  originId: string | null = null;
  stanzaId: string | null = null;
  body: string | null = null;
  isPlain = true;
  hasBody = false;
  hasSubject = false;
  hasThread = false;
  delayed = false;
  update: UpdateContent | ModerationContent | null = null;
  replaces: string | null = null;
  signals: readonly SignalContent[] = NO_SIGNALS;
  #seesReplace = false;

  constructor({ attrs }: Element) {
    this.id = attrs["id"] ?? null;
  }

  own(child: Element): void {
    switch (child.name) {
      case "body":
        if (this.body === null) this.body = child.text();
        else this.isPlain = false;
        this.hasBody = true;
        return;
      case "subject":
        this.hasSubject = true;
        return;
      case "thread":
        this.hasThread = true;
    }
  }

  called({ name, attrs }: Element, room: string): void {
    if (name === "origin-id") this.originId ??= attrs["id"] ?? null;
    else if (name === "stanza-id" && attrs["by"] === room) this.stanzaId ??= attrs["id"] ?? null;
  }

  other(child: Element): void {
    const { name, xmlns } = child;
    if (name === "body") this.body ??= child.text();
    if (NOT_PLAIN.has(name)) this.isPlain = false;
    if (xmlns === NS.delay && name === "delay") this.delayed = true;
    if (xmlns === NS.replace && name === "replace" && !this.#seesReplace) {
      this.#seesReplace = true;
      this.replaces = child.attrs["id"] ?? null;
    }
    this.update ??= readUpdate(child);
    const signal = readSignal(child);
    if (signal !== null) this.signals = [...this.signals, signal];
  }
}

/** What marks a body as encrypted, or parts of it as a fallback: whatever namespace these are of. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  "body",
  "encryption",
  "encrypted",
  "openpgp",
  "x",
  "fallback",
]);

/**
 * Looks at each child once; this is on the way of every message of a room, whose address is `room`. Of several updates
 * in one stanza the first counts.
 */
export function readContent(stanza: Element, room: string): MessageContent {
  const content = new Content(stanza);
  for (const child of stanza.children) {
    if (typeof child === "string") continue;
    if (child.xmlns === stanza.xmlns) content.own(child);
    // Nearly all have some of these, which do not say what a message is.
    else if (child.xmlns === NS.stanzaId) content.called(child, room);
    else if (child.xmlns !== NS.occupantId) content.other(child);
  }
  return content;
}
