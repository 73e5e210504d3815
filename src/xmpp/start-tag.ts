import { Element, makeAttributes, type Node } from "../base/element.js";
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

function malformed(what: string): never {
  throw new XmlStreamError("not-well-formed", what);
}

/** Of ASCII, what a name can begin with (1), and what else can be in one (2). */
const IN_NAMES = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_:]/.test(char)) return 1;
  return /[0-9.-]/.test(char) ? 2 : 0;
});

/** Where the name that begins at `from` ends; beyond ASCII anything is taken. */
function nameEnd(tag: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = tag.charCodeAt(at);
    if (code >= 128) continue;
    const kind = IN_NAMES[code];
    if (kind !== 1 && (kind !== 2 || at === from)) return at;
  }
  return end;
}

function skipBlanks(tag: string, from: number, end: number): number {
  let at = from;
  while (at < end && tag.charCodeAt(at) <= 32) at++;
  return at;
}

/** Resolves entities; throws {@link XmlStreamError} for one that XML does not know. */
export function resolved(text: string): string {
  return text.includes("&") ? (unescapeXml(text) ?? malformed("An entity that XML does not know")) : text;
}

/** Null when there are more than `limit`. */
function readAttributes(
  tag: string,
  from: number,
  end: number,
  limit: number,
): Record<string, string | undefined> | null {
  const attrs = makeAttributes();
  let count = 0;
  for (let at = skipBlanks(tag, from, end); at < end; at = skipBlanks(tag, at, end)) {
    const nameAt = at;
    at = nameEnd(tag, at, end);
    const name = tag.slice(nameAt, at);
    const equals = skipBlanks(tag, at, end);
    if (name === "" || tag.charCodeAt(equals) !== 61) malformed("An attribute without a name or a value");
    const open = skipBlanks(tag, equals + 1, end);
    const quote = tag.charCodeAt(open);
    if (quote !== 34 && quote !== 39) malformed("An attribute without quotes");
    const close = tag.indexOf(quote === 34 ? '"' : "'", open + 1);
    if (close < 0 || close >= end) malformed("An unfinished attribute");
    if (attrs[name] !== undefined) malformed("An attribute given twice");
    if (++count > limit) return null;
    attrs[name] = resolved(tag.slice(open + 1, close));
    at = close + 1;
  }
  return attrs;
}

/** Finds the namespace; a prefix is resolved and its element gets a plain `xmlns` instead. */
function resolveNames(
  tag: string,
  attrs: Record<string, string | undefined>,
  above: OpenElement | undefined,
): OpenElement {
  let own: Map<string, string> | null = null;
  for (const key in attrs)
    if (key.startsWith("xmlns:")) {
      own ??= new Map(above?.prefixes);
      own.set(key.slice(6), attrs[key] ?? "");
    }
  const prefixes = own ?? above?.prefixes ?? null;
  const inherited = attrs["xmlns"] ?? above?.inherited ?? null;
  const colon = tag.indexOf(":");
  if (colon < 0) return { name: tag, tag, xmlns: inherited, inherited, attrs, prefixes, children: [] };
  const xmlns = prefixes?.get(tag.slice(0, colon));
  const name = tag.slice(colon + 1);
  if (xmlns === undefined) malformed("A prefix that was never declared");
  if (name === "" || name.includes(":")) malformed("A name with two prefixes, or with nothing behind one");
  attrs["xmlns"] = xmlns;
  return { name, tag, xmlns, inherited, attrs, prefixes, children: [] };
}

/**
 * Reads what stands between `<` and `>` (of an empty element between `<` and `/>`), inside of `above`. Null when it
 * has more attributes than `attributesLimit`. Throws {@link XmlStreamError} for what is no XML.
 */
export function readStartTag(
  tag: string,
  end: number,
  above: OpenElement | undefined,
  attributesLimit: number,
): OpenElement | null {
  const at = nameEnd(tag, 0, end);
  if (at === 0 || (at < end && tag.charCodeAt(at) > 32)) malformed("A tag without a proper name");
  const attrs = at < end ? readAttributes(tag, at, end, attributesLimit) : makeAttributes();
  return attrs === null ? null : resolveNames(tag.slice(0, at), attrs, above);
}

/** An element of which only the start is kept, or only its name: it was larger than we take. */
export class OversizeElement extends Element {
  /** Which bound it broke. */
  readonly why: string;

  constructor(start: OpenElement | string, inherited: string | null, why: string) {
    if (typeof start === "string")
      super(start.slice(0, nameEnd(start, 0, start.length)), inherited, makeAttributes(), []);
    else super(start.name, start.xmlns, start.attrs, []);
    this.why = why;
  }
}
