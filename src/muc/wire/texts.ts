import type { Element } from "../../base/element.js";
import { LanguageMap } from "../../base/language-map.js";

/** A map of no languages. */
export const NO_TEXTS = new LanguageMap();

/** The texts of the children of that name, by language; an empty one is no text, but where `keepEmpty` says so. */
export function readTexts(stanza: Element, name: string, keepEmpty = false): LanguageMap {
  const texts = stanza.getChildren(name, stanza.xmlns ?? undefined);
  if (texts.length === 0) return NO_TEXTS;
  const inherited = stanza.attrs["xml:lang"] ?? "";
  return new LanguageMap(
    texts
      .map((each) => [each.attrs["xml:lang"] ?? inherited, each.text()] as const)
      .filter(([, text]) => keepEmpty || text !== ""),
  );
}

/** When the stanza was sent: the earliest time that a `<delay/>` gives (XEP-0203), null where there is none. */
export function readDelay(stanza: Element): Date | null {
  const delay = stanza.getChild("delay", "urn:xmpp:delay");
  if (delay === undefined) return null;
  const stamp = Date.parse(delay.attrs["stamp"] ?? "");
  return Number.isNaN(stamp) ? null : new Date(stamp);
}
