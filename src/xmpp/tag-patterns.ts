import { makeAttributes } from "../base/element.js";
import { unpin } from "../base/unpin.js";
import {
  findValue,
  readStartTag,
  resolved,
  skipBlanks,
  type OpenElement,
  type UnreadTag,
  type WrittenTag,
} from "./start-tag.js";

/** So many patterns are kept, a few of tags that fall on one place; a further one takes the place of them all. */
const PLACES = 64;
const MAX_ALIKE = 4;
/** What is longer, without the values, is none that comes again and again. */
const MAX_CHARS = 256;

/** An attribute whose value is another one in each tag, or the namespace, which is part of the pattern. */
interface Slot {
  readonly name: string;
  /** What stands before the value, from where the value before it ends, or the tag begins. */
  readonly before: string;
  readonly quote: string;
  readonly namespace: string | null;
}

/** How a tag is written: all of it but the values. */
interface TagPattern {
  readonly tag: string;
  readonly xmlns: string | null;
  readonly slots: readonly Slot[];
  /** What stands behind the last value. */
  readonly after: string;
  /** Another one of the same place, and how many there are from here on. */
  readonly next: TagPattern | null;
  readonly count: number;
}

/**
 * Reads start tags. They come again and again with nothing new in them but the values of some attributes: what is written
 * like one that was read before is compared with it piece by piece, instead of being looked at letter by letter.
 */
export class TagPatterns {
  readonly #places: (TagPattern | null)[] = Array.from({ length: PLACES }, () => null);
  readonly #attributesLimit: number;

  constructor(attributesLimit: number) {
    this.#attributesLimit = attributesLimit;
  }

  /** As {@link readStartTag}. */
  read(written: WrittenTag, above: OpenElement | undefined): OpenElement | UnreadTag {
    const place = placeOf(written);
    const patterns = this.#places[place] ?? null;
    for (let pattern = patterns; pattern !== null; pattern = pattern.next) {
      const open = readAs(pattern, written, above);
      if (open !== null) return open;
    }
    const open = readStartTag(written, above, this.#attributesLimit);
    if (typeof open !== "string") this.#places[place] = patternOf(written, open, patterns) ?? patterns;
    return open;
  }
}

/** By two letters of the name: of those that are used most, no two fall on one place. */
function placeOf({ source, from }: WrittenTag): number {
  return (Math.imul(source.charCodeAt(from), 11) + source.charCodeAt(from + 3)) & (PLACES - 1);
}

/** Reads a tag that is written like this one; null for any other. */
function readAs(
  { tag, xmlns, slots, after }: TagPattern,
  { source, from, end, escaped }: WrittenTag,
  above: OpenElement | undefined,
): OpenElement | null {
  const attrs = makeAttributes();
  let at = from;
  for (const { name, before, quote, namespace } of slots) {
    if (namespace !== null) {
      attrs[name] = namespace;
      continue;
    }
    if (!source.startsWith(before, at)) return null;
    const begin = at + before.length;
    at = source.indexOf(quote, begin);
    if (at < 0 || at >= end) return null;
    const text = source.slice(begin, at);
    attrs[name] = escaped ? resolved(text) : text;
  }
  if (at + after.length !== end || !source.startsWith(after, at)) return null;
  const inherited = xmlns ?? above?.inherited ?? null;
  return {
    name: tag,
    tag,
    xmlns: inherited,
    inherited,
    attrs,
    prefixes: above?.prefixes ?? null,
    children: [],
  };
}

/** The pattern of a tag that was read, before those that are known already; null for one that is not worth it. */
function patternOf(
  { source, from, end }: WrittenTag,
  { tag, attrs }: OpenElement,
  known: TagPattern | null,
): TagPattern | null {
  if (tag.includes(":")) return null;
  const slots: Slot[] = [];
  let chars = 0;
  // Where the piece at hand begins, and where the next attribute is sought.
  let piece = from;
  let at = from + tag.length;
  for (const name in attrs) {
    if (name.startsWith("xmlns:")) return null;
    const open = findValue(source, skipBlanks(source, at, end) + name.length, end);
    const quote = source.charAt(open);
    const namespace = name === "xmlns" ? (attrs[name] ?? "") : null;
    const before = namespace === null ? unpin(source.slice(piece, open + 1)) : "";
    slots.push({ name, before, quote, namespace });
    at = source.indexOf(quote, open + 1);
    if (namespace === null) piece = at;
    at++;
    chars += before.length;
  }
  const after = unpin(source.slice(piece, end));
  chars += after.length;
  if (chars > MAX_CHARS) return null;
  const next = known !== null && known.count < MAX_ALIKE ? known : null;
  return { tag, xmlns: attrs["xmlns"] ?? null, slots, after, next, count: (next?.count ?? 0) + 1 };
}
