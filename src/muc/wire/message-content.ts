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

/** What a message is made of, as far as it decides what the message is. */
export interface MessageContent {
  readonly hasBody: boolean;
  readonly hasSubject: boolean;
  readonly hasThread: boolean;
  /** It says that it was kept for a while (XEP-0203); anybody may say so. */
  readonly delayed: boolean;
  readonly update: UpdateContent | ModerationContent | null;
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

/** Looks at each child once. Of several updates in one stanza the first counts. */
export function readContent(stanza: Element): MessageContent {
  let hasBody = false;
  let hasSubject = false;
  let hasThread = false;
  let delayed = false;
  let found: MessageContent["update"] = null;
  let signals: SignalContent[] | null = null;
  for (const child of stanza.children) {
    if (typeof child === "string") continue;
    if (child.xmlns === stanza.xmlns) {
      if (child.name === "body") hasBody = true;
      else if (child.name === "subject") hasSubject = true;
      else if (child.name === "thread") hasThread = true;
      continue;
    }
    if (child.xmlns === NS.delay) delayed ||= child.name === "delay";
    found ??= readUpdate(child);
    const signal = readSignal(child);
    if (signal !== null) (signals ??= []).push(signal);
  }
  return { hasBody, hasSubject, hasThread, delayed, update: found, signals: signals ?? NO_SIGNALS };
}
