import { Element, makeAttributes, type Node } from "../base/element.js";
import { readName, readNamespace } from "./names.js";
import { unescapeXml } from "./unescape.js";
import { XmlStreamError } from "./xml-stream-error.js";

/** An element whose end tag has not come. */
export interface OpenElement {
  readonly name: string;
  /** As written, prefix included: the end tag has to match. */
  readonly tag: string;
  readonly xmlns: string | null;
  /** What holds for children without a prefix; not the same where this one has a prefix. */
  readonly inherited: string | null;
  readonly attrs: Record<string, string | undefined>;
  readonly prefixes: ReadonlyMap<string, string> | null;
  readonly children: Node[];
}

/** Why a start tag was not read: it has too many attributes, or ends amid the value of one. */
export type UnreadTag = "attributes" | "unfinished";

function malformed(what: string): never {
  throw new XmlStreamError("not-well-formed", what);
}

/** Where the blanks that begin at `from` end. */
export function skipBlanks(source: string, from: number, end: number): number {
  let at = from;
  while (at < end && source.charCodeAt(at) <= 32) at++;
  return at;
}

/** Resolves entities; throws {@link XmlStreamError} for one that XML does not know. */
export function resolved(text: string): string {
  return text.includes("&") ? (unescapeXml(text) ?? malformed("An entity that XML does not know")) : text;
}

/** Where the value of an attribute begins whose name ends at `from`: at its quotation mark. */
export function findValue(source: string, from: number, end: number): number {
  let at = from;
  // As nearly all are written, there is nothing between the three.
  if (source.charCodeAt(at) !== 61) at = skipBlanks(source, at, end);
  if (at >= end || source.charCodeAt(at) !== 61) malformed("An attribute without a name or a value");
  at++;
  if (source.charCodeAt(at) <= 32) at = skipBlanks(source, at, end);
  const quote = source.charCodeAt(at);
  if (at >= end || (quote !== 34 && quote !== 39)) malformed("An attribute without quotes");
  return at;
}

/** Where what stands behind an attribute or a name begins: the next attribute, where it is before `end`. */
function findNext(source: string, from: number, end: number): number {
  const at = from < end && source.charCodeAt(from) === 32 ? from + 1 : from;
  return at < end && source.charCodeAt(at) <= 32 ? skipBlanks(source, at, end) : at;
}

function withDeclared(
  attrs: Readonly<Record<string, string | undefined>>,
  known: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, string> {
  const prefixes = new Map(known);
  for (const key in attrs) if (key.startsWith("xmlns:")) prefixes.set(key.slice(6), attrs[key] ?? "");
  return prefixes;
}

/** Of a name with a prefix that is resolved, the element gets a plain `xmlns` instead. */
function withoutPrefix(
  tag: string,
  colon: number,
  attrs: Record<string, string | undefined>,
  { inherited, prefixes }: Pick<OpenElement, "inherited" | "prefixes">,
): OpenElement {
  const xmlns = prefixes?.get(tag.slice(0, colon));
  const name = tag.slice(colon + 1);
  if (xmlns === undefined) malformed("A prefix that was never declared");
  if (name === "" || name.includes(":")) malformed("A name with two prefixes, or with nothing behind one");
  attrs["xmlns"] = xmlns;
  return { name, tag, xmlns, inherited, attrs, prefixes, children: [] };
}

/** What stands between `<` and `>`, of an empty element between `<` and `/>`: in `source` from `from` to `end`. */
export interface WrittenTag {
  readonly source: string;
  readonly from: number;
  readonly end: number;
  /** Whether there may be entities in it. */
  readonly escaped: boolean;
}

/** Reads a start tag inside of `above`. Throws {@link XmlStreamError} for what is no XML. */
export function readStartTag(
  { source, from, end, escaped }: WrittenTag,
  above: OpenElement | undefined,
  attributesLimit: number,
): OpenElement | UnreadTag {
  const tag = readName(source, from, end);
  const attrs = makeAttributes();
  let at = from + tag.length;
  if (tag === "" || (at < end && source.charCodeAt(at) > 32)) malformed("A tag without a proper name");
  let inherited = above === undefined ? null : above.inherited;
  let declares = false;
  let count = 0;
  for (at = findNext(source, at, end); at < end; at = findNext(source, at, end)) {
    const name = readName(source, at, end);
    if (name === "") malformed("An attribute without a name or a value");
    const open = findValue(source, at + name.length, end);
    const close = source.indexOf(source.charCodeAt(open) === 34 ? '"' : "'", open + 1);
    if (close < 0 || close >= end) return "unfinished";
    if (attrs[name] !== undefined) malformed("An attribute given twice");
    if (++count > attributesLimit) return "attributes";
    const isNamespace = name === "xmlns";
    const text = isNamespace ? readNamespace(source, open + 1, close) : source.slice(open + 1, close);
    const value = escaped ? resolved(text) : text;
    attrs[name] = value;
    if (isNamespace) inherited = value;
    else {
      declares ||= name.length > 6 && name.startsWith("xmlns:");
    }
    at = close + 1;
  }
  const known = above === undefined ? null : above.prefixes;
  const prefixes = declares ? withDeclared(attrs, known) : known;
  const colon = tag.indexOf(":");
  if (colon >= 0) return withoutPrefix(tag, colon, attrs, { inherited, prefixes });
  return { name: tag, tag, xmlns: inherited, inherited, attrs, prefixes, children: [] };
}

/** An element of which only the start is kept, or only its name: it was larger than we take. */
export class OversizeElement extends Element {
  /** Which bound it broke. */
  readonly why: string;

  constructor(start: OpenElement | string, inherited: string | null, why: string) {
    if (typeof start === "string") super(readName(start, 0, start.length), inherited, makeAttributes(), []);
    else super(start.name, start.xmlns, start.attrs, []);
    this.why = why;
  }
}
