import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import { LanguageMap } from "../../base/language-map.js";
import type { Occupant } from "../occupant.js";
import { NS } from "./namespaces.js";
import { referenceElements } from "./references.js";

/** A message to be sent. */
export interface Draft {
  /** The text, or texts by language. */
  readonly body?: string | LanguageMap;
  /** The conversation it belongs to (RFC 6121 §5.2.5). */
  readonly thread?: string;
  /** What it answers (XEP-0461): the id to refer to, and its author. */
  readonly replyTo?: { readonly id: string; readonly to?: JID | string | null };
  /** The id of our message that this one takes the place of (XEP-0308). */
  readonly replaces?: string;
  /** Whom it names, by nick: marked as such for clients that look for it (XEP-0372). */
  readonly mentions?: readonly (Occupant | string)[];
  /** The id; default: a random one. */
  readonly id?: string;
  /** Any other children of the message. */
  readonly extensions?: readonly Element[];
}

/** A draft, or just its text. */
export type DraftInit = Draft | string;

/** The draft that a text stands for. */
export function draftOf(init: DraftInit): Draft {
  return typeof init === "string" ? { body: init } : init;
}

/** The same with a reference to the message that it answers (XEP-0461), where that has an id. */
export function withReference(init: DraftInit, id: string | null, answered: Element): Draft {
  const draft = draftOf(init);
  return id === null ? draft : { replyTo: { id, to: JID.tryParse(answered.attrs["from"]) }, ...draft };
}

/** The children for texts by language (RFC 6121 §5.2.3). */
export function textElements(name: string, texts: string | LanguageMap): Element[] {
  if (typeof texts === "string") return [xml(name, null, texts)];
  return [...LanguageMap.from(texts)].map(([language, text]) =>
    xml(name, { "xml:lang": language === "" ? null : language }, text),
  );
}

/**
 * The stanzas for drafts. Each has an id, so that what comes of it can be told; the one that was asked for is that of the
 * first part. Throws {@link ArgumentError} where a draft says nothing at all.
 */
export function messageStanzas(drafts: readonly Draft[], to: string, kind: MessageKind): readonly Element[] {
  const [only] = drafts;
  if (only !== undefined && drafts.length === 1) return [messageStanza(only, to, kind)];
  const used = new Set<string>();
  return drafts.map((draft) => {
    const id = draft.id === undefined || used.has(draft.id) ? randomUUID() : draft.id;
    used.add(id);
    return messageStanza(draft, to, kind, id);
  });
}

/** To a room, to somebody in a room, or to somebody outside. */
export type MessageKind = "groupchat" | "chat" | "direct";

/** The stanza for a draft. Throws {@link ArgumentError} for one that says nothing at all. */
export function messageStanza(
  draft: Draft,
  to: string,
  kind: MessageKind,
  id = draft.id ?? randomUUID(),
): Element {
  const { body, extensions } = draft;
  const children: Element[] = body === undefined ? [] : textElements("body", body);
  if (children.length === 0 && (extensions === undefined || extensions.length === 0))
    throw new ArgumentError("A message needs a body or an extension");
  addReferences(draft, to, kind, children);
  // Of all that we put in, rooms keep this for certain, also where they give ids of their own (XEP-0359).
  if (kind === "groupchat") children.push(xml("origin-id", { xmlns: NS.stanzaId, id }));
  if (extensions !== undefined) children.push(...extensions);
  // Tells our own server, and our other clients, that it is no message to a contact (XEP-0045 §7.5).
  if (kind === "chat") children.push(xml("x", { xmlns: NS.user }));
  return xml("message", { to, type: kind === "groupchat" ? "groupchat" : "chat", id }, children);
}

/** What a message says of others, and of people. */
function addReferences(draft: Draft, to: string, kind: MessageKind, children: Element[]): void {
  const { body, thread, replyTo, replaces, mentions } = draft;
  if (thread !== undefined) children.push(xml("thread", null, thread));
  if (replyTo !== undefined)
    children.push(xml("reply", { xmlns: NS.reply, id: replyTo.id, to: replyTo.to?.toString() }));
  if (replaces !== undefined) children.push(xml("replace", { xmlns: NS.replace, id: replaces }));
  if (kind !== "direct" && mentions !== undefined && mentions.length > 0)
    children.push(...referenceElements(mentions, body, to));
}
