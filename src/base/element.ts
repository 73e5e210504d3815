import { ArgumentError } from "./errors.js";
import { NS_CLIENT, serialize } from "./serialize.js";

/** Attributes by name; a namespace declaration is the attribute `xmlns`. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** What an element can hold: other elements and text. */
export type Node = Element | string;

/** What may be given as an attribute: null and undefined leave it out. */
export type AttributesInit = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What may be given as a child: null, undefined, false and `""` leave it out. */
export type NodeInit = Node | number | null | undefined | false | readonly NodeInit[];

/** XML 1.0 names without prefixes, in ASCII: all that XMPP uses, and nothing that could break out. */
const NAME = /^[A-Za-z_][\w.-]*$/;
const ATTRIBUTE_NAME = /^(?:xml:)?[A-Za-z_][\w.-]*$/;

/** So many names are remembered as good ones. */
const MAX_REMEMBERED = 512;

/** Whether a name is as it has to be. The few that are used again and again are looked at once. */
function nameCheck(pattern: RegExp): (name: string) => boolean {
  const good = new Set<string>();
  return (name) => {
    if (good.has(name)) return true;
    if (!pattern.test(name)) return false;
    if (good.size < MAX_REMEMBERED) good.add(name);
    return true;
  };
}

const isName = nameCheck(NAME);
const isAttributeName = nameCheck(ATTRIBUTE_NAME);

/** Attributes without anything inherited, so that a hostile name finds nothing there. */
function NoAttributes(this: object): void {}
NoAttributes.prototype = Object.create(null) as object;
const Bag = NoAttributes as unknown as new () => Record<string, string | undefined>;

/** An empty set of attributes, to be filled by the parser. */
export function makeAttributes(): Record<string, string | undefined> {
  return new Bag();
}

/**
 * A piece of XML: immutable, without a way up to its parent. Prefixes are resolved by the parser, so `name`
 * never has one and `xmlns` is the namespace in force (null for what was built without one: it takes that
 * of the element it is put into).
 */
export class Element {
  /** The local name. */
  readonly name: string;
  /** The attributes as sent. */
  readonly attrs: Attributes;
  /** Text and elements, in order. */
  readonly children: readonly Node[];
  #xmlns: string | null;

  /** For the parser; everybody else uses {@link xml}, which checks the names. */
  constructor(name: string, xmlns: string | null, attrs: Attributes, children: readonly Node[]) {
    this.name = name;
    this.#xmlns = xmlns;
    this.attrs = attrs;
    this.children = children;
  }

  /** The namespace in force. */
  get xmlns(): string | null {
    return this.#xmlns;
  }

  /** Whether this is the element of that name and, where given, of that namespace. */
  is(name: string, xmlns?: string): boolean {
    return this.name === name && (xmlns === undefined || (this.#xmlns ?? NS_CLIENT) === xmlns);
  }

  /** The first child element of that name and, where given, of that namespace. */
  getChild(name: string, xmlns?: string): Element | undefined {
    for (const child of this.children) if (typeof child !== "string" && child.is(name, xmlns)) return child;
    return undefined;
  }

  /** All child elements of that name and, where given, of that namespace. */
  getChildren(name: string, xmlns?: string): Element[] {
    const found: Element[] = [];
    for (const child of this.children)
      if (typeof child !== "string" && child.is(name, xmlns)) found.push(child);
    return found;
  }

  /** All child elements. */
  getChildElements(): Element[] {
    return this.children.filter((child) => typeof child !== "string");
  }

  /** The text of the first such child, null where there is none. */
  getChildText(name: string, xmlns?: string): string | null {
    return this.getChild(name, xmlns)?.text() ?? null;
  }

  /** The text directly inside, without that of child elements. */
  text(): string {
    const [first] = this.children;
    if (first === undefined) return "";
    if (this.children.length === 1) return typeof first === "string" ? first : "";
    return this.children.filter((child) => typeof child === "string").join("");
  }

  /** The XML, with everything escaped that has to be. Never fails, however deep the element is. */
  toString(): string {
    return serialize(this, NS_CLIENT);
  }

  /** As {@link toString}. */
  toJSON(): string {
    return this.toString();
  }

  /** Gives what was built without a namespace the one of the element that it is put into. */
  static #inherit(nodes: readonly Node[], xmlns: string): void {
    const todo: Node[] = [...nodes];
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      if (typeof node === "string" || node.#xmlns !== null) continue;
      node.#xmlns = xmlns;
      for (const child of node.children) todo.push(child);
    }
  }

  /** Makes an element; see {@link xml}. */
  static build(name: string, attrs: AttributesInit | null, children: readonly NodeInit[]): Element {
    if (!isName(name)) throw new ArgumentError(`"${name}" cannot be the name of an XML element`);
    const kept = makeAttributes();
    for (const key of attrs === null ? [] : Object.keys(attrs)) {
      const value = attrs?.[key];
      if (value === null || value === undefined) continue;
      if (!isAttributeName(key)) throw new ArgumentError(`"${key}" cannot be the name of an XML attribute`);
      kept[key] = String(value);
    }
    const nodes: Node[] = [];
    collect(children, nodes);
    const xmlns = kept["xmlns"] ?? null;
    if (xmlns !== null && nodes.length > 0) Element.#inherit(nodes, xmlns);
    return new Element(name, xmlns, kept, nodes);
  }
}

function collect(children: readonly NodeInit[], into: Node[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue;
    if (typeof child === "string" || child instanceof Element) into.push(child);
    else if (typeof child === "number") into.push(String(child));
    else collect(child, into);
  }
}

/**
 * Makes an element: `xml("message", { to, type: "groupchat" }, xml("body", {}, "hello"))`. Attributes that
 * are null or undefined and children that are null, undefined, false or `""` are left out; lists of children
 * are flattened. Text needs no escaping. Throws {@link ArgumentError} for a name that XML does not allow.
 */
export function xml(name: string, attrs: AttributesInit | null = null, ...children: NodeInit[]): Element {
  return Element.build(name, attrs, children);
}
