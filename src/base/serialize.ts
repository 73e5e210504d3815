/** The namespace of stanzas on a client's stream (RFC 6120 §4.8.2). */
export const NS_CLIENT = "jabber:client";

/** The parts of an element that are written; also fits elements of other libraries. */
export interface Serializable {
  readonly name: string;
  readonly attrs: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly children: readonly (Serializable | string | number | null | undefined)[];
  readonly xmlns?: string | null;
}

// What has to be escaped, or must not be sent at all (XML 1.0 §2.2): one such character ends the stream.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const SPECIAL = /[&<>"'\0-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;
// oxlint-disable-next-line no-control-regex -- likewise
const SPECIAL_IN_ATTRIBUTE = /[&<>"'\0-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Escapes markup, and removes the characters that XML forbids. */
export function escapeXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(FORBIDDEN, "").replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Attributes also need their white space kept: a parser turns it into blanks (XML 1.0 §3.3.3). */
function escapeAttribute(text: string): string {
  if (!SPECIAL_IN_ATTRIBUTE.test(text)) return text;
  return escapeXml(text).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function openTag(element: Serializable, inForce: string): string {
  let tag = `<${element.name}`;
  const { attrs, xmlns } = element;
  if (xmlns !== null && xmlns !== undefined && xmlns !== inForce && attrs["xmlns"] === undefined)
    tag += ` xmlns="${escapeAttribute(xmlns)}"`;
  for (const key in attrs) {
    const value = attrs[key];
    // Prefixes were resolved: their declarations are gone, and so are attributes that would need one.
    if (key.includes(":") && !key.startsWith("xml:")) continue;
    if (value !== undefined && value !== null) tag += ` ${key}="${escapeAttribute(String(value))}"`;
  }
  return tag;
}

interface Frame {
  readonly element: Serializable;
  readonly xmlns: string;
  next: number;
}

/**
 * The XML of an element that is put where the namespace `inForce` holds. Not recursive: what comes off the
 * wire may be nested deeper than the stack is.
 */
export function serialize(root: Serializable, inForce: string): string {
  let out = "";
  const stack: Frame[] = [];
  const open = (element: Serializable, xmlns: string): void => {
    out += openTag(element, xmlns);
    const { children } = element;
    const [only] = children;
    if (children.length === 0) {
      out += "/>";
      return;
    }
    // Most of what holds anything holds one text.
    if (children.length === 1 && typeof only === "string") {
      out += `>${escapeXml(only)}</${element.name}>`;
      return;
    }
    out += ">";
    const own = element.attrs["xmlns"] ?? element.xmlns;
    stack.push({ element, xmlns: typeof own === "string" ? own : xmlns, next: 0 });
  };
  open(root, inForce);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = frame.element.children[frame.next++];
    if (frame.next > frame.element.children.length) {
      out += `</${frame.element.name}>`;
      stack.pop();
    } else if (child === null || child === undefined) continue;
    else if (typeof child === "object") open(child, frame.xmlns);
    else out += escapeXml(String(child));
  }
  return out;
}
