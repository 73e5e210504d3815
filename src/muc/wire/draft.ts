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

/** The same with ids, so that what comes of them can be told. The id that was asked for is that of the first part. */
export function withIds(drafts: readonly Draft[]): readonly (Draft & { readonly id: string })[] {
  const used = new Set<string>();
  return drafts.map((draft) => {
    const id = draft.id === undefined || used.has(draft.id) ? randomUUID() : draft.id;
    used.add(id);
    return { ...draft, id };
  });
}

/** The children for texts by language (RFC 6121 §5.2.3). */
export function textElements(name: string, texts: string | LanguageMap): Element[] {
  return [...LanguageMap.from(texts)].map(([language, text]) =>
    xml(name, { "xml:lang": language === "" ? null : language }, text),
  );
}

/** The stanza for a draft. Throws {@link ArgumentError} for one that says nothing at all. */
export function messageStanza(draft: Draft, to: string, kind: "groupchat" | "chat" | "direct"): Element {
  const type = kind === "groupchat" ? "groupchat" : "chat";
  const { body, thread, replyTo, replaces, mentions = [], extensions = [], id = randomUUID() } = draft;
  const bodies = body === undefined ? [] : textElements("body", body);
  if (bodies.length === 0 && extensions.length === 0)
    throw new ArgumentError("A message needs a body or an extension");
  return xml(
    "message",
    { to, type, id },
    bodies,
    thread === undefined ? null : xml("thread", null, thread),
    replyTo === undefined
      ? null
      : xml("reply", { xmlns: NS.reply, id: replyTo.id, to: replyTo.to?.toString() }),
    replaces === undefined ? null : xml("replace", { xmlns: NS.replace, id: replaces }),
    // Of all that we put in, rooms keep this for certain, also where they give ids of their own (XEP-0359).
    kind === "groupchat" ? xml("origin-id", { xmlns: NS.stanzaId, id }) : null,
    kind === "direct" || mentions.length === 0 ? null : referenceElements(mentions, body, to),
    extensions,
    // Tells our own server, and our other clients, that it is no message to a contact (XEP-0045 §7.5).
    kind === "chat" ? xml("x", { xmlns: NS.user }) : null,
  );
}
