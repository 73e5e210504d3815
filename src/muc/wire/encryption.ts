import type { Element } from "../../base/element.js";

/** Where encrypted content is, or is said to be: XEP-0380, OMEMO (old and new), OpenPGP (XEP-0373, XEP-0027). */
function isMark({ name, xmlns }: Element): boolean {
  // By the name first: of nearly all messages that says enough.
  switch (name) {
    case "encryption":
      return xmlns === "urn:xmpp:eme:0";
    case "encrypted":
      return (
        xmlns === "eu.siacs.conversations.axolotl" ||
        xmlns === "urn:xmpp:omemo:1" ||
        xmlns === "urn:xmpp:omemo:2"
      );
    case "openpgp":
      return xmlns === "urn:xmpp:openpgp:0";
    case "x":
      return xmlns === "jabber:x:encrypted";
    default:
      return false;
  }
}

/** Whether the content of a message is encrypted. */
export function isEncrypted(stanza: Element): boolean {
  for (const child of stanza.children) if (typeof child !== "string" && isMark(child)) return true;
  return false;
}
