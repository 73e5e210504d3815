import type { Element } from "../../base/element.js";

/** Where encrypted content is, or is said to be: XEP-0380, OMEMO (old and new), OpenPGP (XEP-0373, XEP-0027). */
const MARKS: ReadonlyMap<string, string> = new Map([
  ["urn:xmpp:eme:0", "encryption"],
  ["eu.siacs.conversations.axolotl", "encrypted"],
  ["urn:xmpp:omemo:1", "encrypted"],
  ["urn:xmpp:omemo:2", "encrypted"],
  ["urn:xmpp:openpgp:0", "openpgp"],
  ["jabber:x:encrypted", "x"],
]);

/** Whether the content of a message is encrypted. */
export function isEncrypted(stanza: Element): boolean {
  for (const child of stanza.children)
    if (typeof child !== "string" && MARKS.get(child.xmlns ?? "") === child.name) return true;
  return false;
}
