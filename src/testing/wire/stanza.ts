import { Element, makeAttributes, xml, type AttributesInit, type Node } from "../../base/element.js";
import { NS } from "./namespaces.js";

/** Whether a top-level element is a stanza (RFC 6120 §8.1): only these are counted and routed. */
export function isStanza(element: Element): boolean {
  if ((element.xmlns ?? NS.client) !== NS.client) return false;
  return element.name === "message" || element.name === "presence" || element.name === "iq";
}

/** A copy with some attributes set; null takes one away. */
export function withAttributes(stanza: Element, changes: AttributesInit): Element {
  const attrs = makeAttributes();
  for (const key of Object.keys(stanza.attrs)) if (!(key in changes)) attrs[key] = stanza.attrs[key];
  for (const [key, value] of Object.entries(changes))
    if (value !== null && value !== undefined) attrs[key] = String(value);
  return new Element(stanza.name, stanza.xmlns, attrs, stanza.children);
}

/** A copy with other children. */
export function withChildren(stanza: Element, children: readonly Node[]): Element {
  return new Element(stanza.name, stanza.xmlns, stanza.attrs, children);
}

/** The children that are none of the named elements; each is a name and a namespace. */
export function childrenWithout(
  stanza: Element,
  ...unwanted: readonly (readonly [string, string])[]
): Node[] {
  return stanza.children.filter(
    (child) => typeof child === "string" || !unwanted.some(([name, xmlns]) => child.is(name, xmlns)),
  );
}

/** The only child element, null where there is none or more than one. */
export function onlyChild(stanza: Element): Element | null {
  const [first, second] = stanza.getChildElements();
  return first === undefined || second !== undefined ? null : first;
}

/** Whether somebody waits for an answer to this: an IQ request. */
export function isRequest(stanza: Element): boolean {
  const { type } = stanza.attrs;
  return stanza.name === "iq" && (type === "get" || type === "set");
}

/** The answer to an IQ request (RFC 6120 §8.2.3). */
export function resultFor(iq: Element, payload?: Element): Element {
  const { id, from, to } = iq.attrs;
  return xml("iq", { type: "result", id, from: to, to: from }, payload);
}

/** XEP-0203. Whole seconds, as Prosody writes them. */
export function delayElement(from: string, atMs: number): Element {
  const stamp = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return xml("delay", { xmlns: NS.delay, from, stamp });
}

/** The stanza as it comes late: it says since when it waited. An IQ does not. */
export function delayed(stanza: Element, by: string, atMs: number): Element {
  if (stanza.name === "iq") return stanza;
  return withChildren(stanza, [...stanza.children, delayElement(by, atMs)]);
}
