import { Element } from "../base/element.js";
import { OversizeElement, resolved, skipBlanks, type OpenElement, type UnreadTag } from "./start-tag.js";
import type { ParserEvents, ParserLimits } from "./stream-parser.js";
import { TagPatterns } from "./tag-patterns.js";
import { XmlScanner, type TokenSink } from "./xml-scanner.js";
import { XmlStreamError } from "./xml-stream-error.js";

const SLASH = 47;
const QUESTION_MARK = 63;
const EXCLAMATION_MARK = 33;

/** What an {@link ElementBuilder} is made from. */
export interface BuilderOptions {
  readonly limits: ParserLimits;
  /** How many elements are around those that are reported. */
  readonly base: 0 | 1;
  /** Whether an element that breaks a limit is reported, and does not end the stream. */
  readonly reports: boolean;
}

/** An element that broke a limit: only counted, until its end. */
interface Skipped {
  /** Null until its start tag is complete. */
  element: OversizeElement | null;
  readonly why: string;
  depth: number;
}

/** Makes elements of tags and texts. */
export class ElementBuilder implements TokenSink {
  /** Where the tags and texts are from. */
  readonly scanner: XmlScanner;
  readonly #events: ParserEvents;
  readonly #options: BuilderOptions;
  readonly #stack: OpenElement[] = [];
  readonly #patterns: TagPatterns;
  #skipped: Skipped | null = null;
  #stanzaChars = 0;
  #prolog = true;
  #failure: { readonly error: unknown } | null = null;

  constructor(events: ParserEvents, options: BuilderOptions) {
    this.#events = events;
    this.#options = options;
    this.#patterns = new TagPatterns(options.limits.attributes);
    this.scanner = new XmlScanner(this);
  }

  /** What a callback has thrown since the last time. It must not cost what stands behind in the chunk. */
  takeFailure(): { readonly error: unknown } | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  /** True when a limit is broken, and the element at hand is skipped from here on. */
  held(moreChars: number): boolean {
    if (this.#skipped !== null) return true;
    const { stanzaChars } = this.#options.limits;
    if (this.#stanzaChars + moreChars <= stanzaChars) return false;
    this.#exceeded(`A stanza is longer than ${stanzaChars} characters`);
    return true;
  }

  #exceeded(why: string): void {
    const { base, reports } = this.#options;
    if (!reports || this.#stack.length < base) throw new XmlStreamError("policy-violation", why);
    const start = this.#stack[base];
    const element = start === undefined ? null : new OversizeElement(start, null, why);
    this.#skipped = { element, why, depth: this.#stack.length - base };
    this.#stack.length = base;
    this.scanner.skim = true;
  }

  /** Blanks between stanzas keep the connection alive and mean nothing; they belong to no stanza. */
  between(text: string): boolean {
    if (this.#skipped !== null || this.#stack.length > this.#options.base) return false;
    if (text.trim() !== "") throw new XmlStreamError("not-well-formed", "Text between stanzas");
    return true;
  }

  text(text: string, escaped: boolean): void {
    if (text === "" || this.between(text)) return;
    this.#stanzaChars += text.length;
    const top = this.#stack.at(-1);
    if (this.held(0) || top === undefined) return;
    const plain = escaped ? resolved(text) : text;
    const last = top.children.length - 1;
    const before = top.children[last];
    if (typeof before === "string") top.children[last] = before + plain;
    else top.children.push(plain);
  }

  plainTag(source: string, from: number, end: number, escaped: boolean): boolean {
    const first = source.charCodeAt(from);
    const chars = end - from + 2;
    // The longer way knows what to do about all of these.
    if (first === QUESTION_MARK || first === EXCLAMATION_MARK) return false;
    if (this.#stanzaChars + chars > this.#options.limits.stanzaChars) return false;
    if (first === SLASH) {
      this.#stanzaChars += chars;
      this.#endTag(source, from + 1, end);
      return true;
    }
    const open = this.#read(source, from, end, escaped);
    if (typeof open === "string") return false;
    this.#stanzaChars += chars;
    this.#started(open, source, from, end);
    return true;
  }

  tag(tag: string): void {
    this.#stanzaChars += tag.length + 2;
    const first = tag.charCodeAt(0);
    if (first === QUESTION_MARK) {
      if (!this.#prolog)
        throw new XmlStreamError("restricted-xml", "Processing instructions are not allowed");
      this.#stanzaChars = 0;
    } else if (this.held(0)) this.#skip(tag);
    else if (first === SLASH) this.#endTag(tag, 1, tag.length);
    else {
      const open = this.#read(tag, 0, tag.length, tag.includes("&"));
      if (open === "unfinished") throw new XmlStreamError("not-well-formed", "An unfinished attribute");
      if (open === "attributes") {
        this.#exceeded(`More than ${this.#options.limits.attributes} attributes`);
        this.#skip(tag);
      } else this.#started(open, tag, 0, tag.length);
    }
    this.#prolog = false;
  }

  #read(source: string, from: number, end: number, escaped: boolean): OpenElement | UnreadTag {
    const tag = { source, from, end: isClosed(source, end) ? end - 1 : end, escaped };
    return this.#patterns.read(tag, this.#stack.at(-1));
  }

  #started(open: OpenElement, source: string, from: number, end: number): void {
    this.#prolog = false;
    const { base, limits } = this.#options;
    if (this.#stack.length < base) return this.#streamStarted(open, isClosed(source, end));
    if (this.#stack.length >= limits.depth) {
      this.#exceeded(`Nested deeper than ${limits.depth} levels`);
      this.#skip(source.slice(from, end));
    } else if (isClosed(source, end)) this.#finish(open);
    else this.#stack.push(open);
  }

  #streamStarted(open: OpenElement, isEmpty: boolean): void {
    if (isEmpty) throw new XmlStreamError("not-well-formed", "An empty stream");
    this.#stack.push(open);
    this.#stanzaChars = 0;
    this.#report(() => this.#events.onStart(new Element(open.name, open.xmlns, open.attrs, [])));
  }

  /** Follows the nesting of what is skipped, to its end. */
  #skip(tag: string): void {
    const skipped = this.#skipped;
    if (skipped === null) return;
    skipped.element ??= new OversizeElement(tag, this.#stack.at(-1)?.inherited ?? null, skipped.why);
    if (tag.charCodeAt(0) === SLASH) skipped.depth--;
    else if (!isClosed(tag, tag.length)) skipped.depth++;
    if (skipped.depth > 0) return;
    this.#skipped = null;
    this.scanner.skim = false;
    this.#whole(skipped.element);
  }

  #endTag(source: string, from: number, end: number): void {
    const open = this.#stack.pop();
    if (open === undefined || !isNamed(open.tag, source, from, end))
      throw new XmlStreamError("not-well-formed", "An end tag that fits no start tag");
    if (this.#stack.length < this.#options.base) {
      this.scanner.stop();
      this.#report(() => this.#events.onEnd());
    } else this.#finish(open);
  }

  #finish(open: OpenElement): void {
    const element = new Element(open.name, open.xmlns, open.attrs, open.children);
    if (this.#stack.length > this.#options.base) this.#stack.at(-1)?.children.push(element);
    else this.#whole(element);
  }

  #whole(element: Element): void {
    this.#stanzaChars = 0;
    try {
      this.#events.onElement(element);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #report(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}

/** Whether a tag that ends before `end` is that of an empty element. */
function isClosed(source: string, end: number): boolean {
  return source.charCodeAt(end - 1) === SLASH;
}

/** Whether an end tag has this name; there may be blanks behind it. */
function isNamed(name: string, source: string, from: number, end: number): boolean {
  return source.startsWith(name, from) && skipBlanks(source, from + name.length, end) === end;
}
