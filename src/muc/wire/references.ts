import { xml, type Element } from "../../base/element.js";
import { LanguageMap } from "../../base/language-map.js";
import type { Occupant } from "../occupant.js";
import { NS } from "./namespaces.js";
import { exactWordPattern } from "./word-pattern.js";

/** Where `name` stands in `text` as a word of its own, in code points (XEP-0426); null for nowhere. */
function placeOf(name: string, text: string): { readonly begin: number; readonly end: number } | null {
  const found = exactWordPattern(name).exec(text);
  if (found === null) return null;
  const begin = Array.from(text.slice(0, found.index)).length;
  return { begin, end: begin + Array.from(name).length };
}

/**
 * Marks of whom a message names (XEP-0372): by occupant JID, since a real one is not everybody's business; with its place
 * where the text is one.
 */
export function referenceElements(
  mentions: readonly (Occupant | string)[],
  body: string | LanguageMap | undefined,
  to: string,
): Element[] {
  const slash = to.indexOf("/");
  const room = slash < 0 ? to : to.slice(0, slash);
  const texts = LanguageMap.from(body ?? {});
  const text = texts.size === 1 ? texts.toString() : "";
  const nicks = new Set(mentions.map((mention) => (typeof mention === "string" ? mention : mention.nick)));
  return [...nicks]
    .filter((nick) => nick !== "")
    .map((nick) =>
      xml("reference", {
        xmlns: NS.references,
        type: "mention",
        ...placeOf(nick, text),
        // Half of a character cannot be written in an address.
        uri: `xmpp:${room}/${encodeURIComponent(nick.replace(/[\ud800-\udfff]/gu, "\ufffd"))}`,
      }),
    );
}
