import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import { LanguageMap } from "../../base/language-map.js";
import type { Occupant } from "../occupant.js";
import { NS } from "./namespaces.js";

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
  /** Whom it names; told to the `prepare` hook. */
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

/** The same with an id, so that what comes of it can be told. */
export function withId(draft: Draft): Draft & { readonly id: string } {
  return { ...draft, id: draft.id ?? randomUUID() };
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
  const { body, thread, replyTo, replaces, extensions = [] } = draft;
  if (body === undefined && extensions.length === 0)
    throw new ArgumentError("A message needs a body or an extension");
  return xml(
    "message",
    { to, type, id: draft.id ?? randomUUID() },
    body === undefined ? null : textElements("body", body),
    thread === undefined ? null : xml("thread", null, thread),
    replyTo === undefined
      ? null
      : xml("reply", { xmlns: NS.reply, id: replyTo.id, to: replyTo.to?.toString() }),
    replaces === undefined ? null : xml("replace", { xmlns: NS.replace, id: replaces }),
    extensions,
    // Tells our own server, and our other clients, that it is no message to a contact (XEP-0045 §7.5).
    kind === "chat" ? xml("x", { xmlns: NS.user }) : null,
  );
}
