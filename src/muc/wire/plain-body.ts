import type { Element } from "../../base/element.js";

/**
 * The body of a message as nearly all are: one text, that is not encrypted and all of which was said. Null for any other,
 * which has to be looked at more closely. One look at each child, for this is on the way of every message.
 */
export function readPlainBody(stanza: Element): string | null {
  let body: Element | null = null;
  for (const child of stanza.children) {
    if (typeof child === "string") continue;
    switch (child.name) {
      case "body":
        if (body !== null || child.xmlns !== stanza.xmlns) return null;
        body = child;
        break;
      // What marks a message as encrypted, or parts of it as a fallback: whatever namespace these are of.
      case "encryption":
      case "encrypted":
      case "openpgp":
      case "x":
      case "fallback":
        return null;
    }
  }
  return body === null ? null : body.text();
}
