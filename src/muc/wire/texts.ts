import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { LanguageMap } from "../../base/language-map.js";
import { unpin } from "../../base/unpin.js";
import { NS } from "./namespaces.js";

/** A map of no languages. */
export const NO_TEXTS = new LanguageMap();

/** The texts of the children of that name, by language; an empty one is no text, but where `keepEmpty` says so. */
export function readTexts(stanza: Element, name: string, keepEmpty = false): LanguageMap {
  const xmlns = stanza.xmlns ?? undefined;
  const inherited = stanza.attrs["xml:lang"] ?? "";
  let texts: [string, string][] | null = null;
  for (const child of stanza.children) {
    if (typeof child === "string" || !child.is(name, xmlns)) continue;
    const text = child.text();
    if (text !== "" || keepEmpty) (texts ??= []).push([child.attrs["xml:lang"] ?? inherited, text]);
  }
  return texts === null ? NO_TEXTS : new LanguageMap(texts);
}

/** As {@link readTexts}, of texts that do not hold on to the stanza they came in. */
export function readOwnTexts(stanza: Element, name: string): LanguageMap {
  const texts = readTexts(stanza, name);
  if (texts.size === 0) return texts;
  const own: [string, string][] = [];
  texts.forEach((text, language) => own.push([unpin(language), unpin(text)]));
  return new LanguageMap(own);
}

/** The only child of that name; null where there is none, or there are several to choose from by language. */
function onlyChild(stanza: Element, name: string): Element | null {
  const xmlns = stanza.xmlns ?? undefined;
  let found: Element | null = null;
  for (const child of stanza.children) {
    if (typeof child === "string" || !child.is(name, xmlns)) continue;
    if (found !== null) return null;
    found = child;
  }
  return found;
}

/** Whether these are the texts of that name, and there is only one. */
export function isOnlyText(stanza: Element, name: string, texts: LanguageMap): boolean {
  if (texts.size !== 1) return false;
  const only = onlyChild(stanza, name);
  if (only === null) return false;
  return texts.get(only.attrs["xml:lang"] ?? stanza.attrs["xml:lang"] ?? "") === only.text();
}

/** When the stanza was sent: the earliest time that a `<delay/>` gives (XEP-0203), null where there is none. */
export function readDelay(stanza: Element): Date | null {
  const stamps = stanza
    .getChildren("delay", NS.delay)
    .map((delay) => Date.parse(delay.attrs["stamp"] ?? ""))
    .filter((stamp) => !Number.isNaN(stamp));
  return stamps.length === 0 ? null : new Date(Math.min(...stamps));
}

/** The id that the room gave a stanza (XEP-0359): anybody could give one in their own name. Null for none. */
export function readStanzaId(stanza: Element, room: string): string | null {
  const ids = stanza.getChildren("stanza-id", NS.stanzaId);
  return ids.find((each) => each.attrs["by"] === room)?.attrs["id"] ?? null;
}

/** What a message answers (XEP-0461), null for nothing. */
export function readReply(stanza: Element): { readonly id: string; readonly to: JID | null } | null {
  const reply = stanza.getChild("reply", NS.reply);
  const id = reply?.attrs["id"];
  return id === undefined ? null : { id, to: JID.tryParse(reply?.attrs["to"]) };
}
