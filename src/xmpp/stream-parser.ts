import { Element } from "../base/element.js";
import { OversizeElement, readStartTag, resolved, type OpenElement } from "./start-tag.js";
import { XmlScanner } from "./xml-scanner.js";
import { XmlStreamError } from "./xml-stream-error.js";

export { OversizeElement } from "./start-tag.js";
export { XmlStreamError } from "./xml-stream-error.js";

/** Bounds on one top-level element. */
export interface ParserLimits {
  /** Characters of one stanza, tags included. */
  readonly stanzaChars: number;
  /** Levels of nesting. */
  readonly depth: number;
  /** Attributes of one element. */
  readonly attributes: number;
}

/** Generous: the servers in use allow 256 KiB a stanza. */
export const DEFAULT_PARSER_LIMITS: ParserLimits = { stanzaChars: 4 << 20, depth: 256, attributes: 128 };

/** What the parser reports. What a callback throws is thrown by `write`, once the whole chunk is read. */
export interface ParserEvents {
  /** The start tag of the stream. Never called in framed mode. */
  readonly onStart: (stream: Element) => void;
  /** A whole top-level element. */
  readonly onElement: (element: Element) => void;
  /** The end tag of the stream. */
  readonly onEnd: () => void;
}

/** How to make a {@link StreamParser}. */
export interface ParserOptions {
  readonly limits?: ParserLimits;
  /** RFC 7395: each top-level element is reported; otherwise those inside of the first start tag. */
  readonly framed?: boolean;
  /** What becomes of an element that breaks a limit: the stream ends (default), or an {@link OversizeElement} is reported. */
  readonly oversize?: "fail" | "report";
}

/** An element that broke a limit: only counted, until its end. */
interface Skipped {
  /** Null until its start tag is complete. */
  element: OversizeElement | null;
  readonly why: string;
  depth: number;
}

/**
 * Turns the text of a stream into elements, in one pass and in time linear in its length, however it is cut
 * into chunks. Takes the XML of RFC 6120 §11: no comments, no processing instructions, no DTD.
 */
export class StreamParser {
  readonly #events: ParserEvents;
  readonly #limits: ParserLimits;
  readonly #base: number;
  readonly #reports: boolean;
  readonly #scanner: XmlScanner;
  readonly #stack: OpenElement[] = [];
  #skipped: Skipped | null = null;
  #stanzaChars = 0;
  #prolog = true;
  #failure: { readonly error: unknown } | null = null;

  constructor(events: ParserEvents, options: ParserOptions = {}) {
    this.#events = events;
    this.#limits = options.limits ?? DEFAULT_PARSER_LIMITS;
    this.#base = options.framed === true ? 0 : 1;
    this.#reports = options.oversize === "report";
    this.#scanner = new XmlScanner({
      text: (text, escaped) => this.#text(text, escaped),
      tag: (tag) => this.#tag(tag),
      held: (chars) => this.#checkSize(chars),
      between: (text) => this.#between(text),
    });
  }

  /** Ends parsing: nothing is reported any more, not even from the chunk at hand. */
  stop(): void {
    this.#scanner.stop();
  }

  /** Takes the next piece of text. Throws {@link XmlStreamError}; after that the stream is over. */
  write(chunk: string): void {
    try {
      this.#scanner.write(chunk);
    } catch (error) {
      this.stop();
      throw error;
    }
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  /** A callback that throws must not cost what stands behind in the chunk. */
  #report(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** True when a limit is broken, and the element at hand is skipped from here on. */
  #checkSize(moreChars: number): boolean {
    if (this.#skipped !== null) return true;
    if (this.#stanzaChars + moreChars <= this.#limits.stanzaChars) return false;
    this.#exceeded(`A stanza is longer than ${this.#limits.stanzaChars} characters`);
    return true;
  }

  #exceeded(why: string): void {
    if (!this.#reports || this.#stack.length < this.#base) throw new XmlStreamError("policy-violation", why);
    const start = this.#stack[this.#base];
    const element = start === undefined ? null : new OversizeElement(start, null, why);
    this.#skipped = { element, why, depth: this.#stack.length - this.#base };
    this.#stack.length = this.#base;
    this.#scanner.skim = true;
  }

  /** Blanks between stanzas keep the connection alive and mean nothing; they belong to no stanza. */
  #between(text: string): boolean {
    if (this.#skipped !== null || this.#stack.length > this.#base) return false;
    if (text.trim() !== "") throw new XmlStreamError("not-well-formed", "Text between stanzas");
    return true;
  }

  #text(text: string, escaped: boolean): void {
    if (this.#between(text)) return;
    this.#stanzaChars += text.length;
    const top = this.#stack.at(-1);
    if (text === "" || this.#checkSize(0) || top === undefined) return;
    const plain = escaped ? resolved(text) : text;
    const last = top.children.length - 1;
    const before = top.children[last];
    if (typeof before === "string") top.children[last] = before + plain;
    else top.children.push(plain);
  }

  #tag(tag: string): void {
    this.#stanzaChars += tag.length + 2;
    const first = tag.charCodeAt(0);
    if (first === 63) {
      if (!this.#prolog)
        throw new XmlStreamError("restricted-xml", "Processing instructions are not allowed");
      this.#stanzaChars = 0;
    } else if (this.#checkSize(0)) this.#skip(tag);
    else if (first === 47) this.#endTag(tag.slice(1).trimEnd());
    else this.#startTag(tag);
    this.#prolog = false;
  }

  #startTag(tag: string): void {
    const closed = tag.charCodeAt(tag.length - 1) === 47;
    const open = readStartTag(
      tag,
      closed ? tag.length - 1 : tag.length,
      this.#stack.at(-1),
      this.#limits.attributes,
    );
    if (open === null) {
      this.#exceeded(`More than ${this.#limits.attributes} attributes`);
      return this.#skip(tag);
    }
    if (this.#stack.length < this.#base) {
      if (closed) throw new XmlStreamError("not-well-formed", "An empty stream");
      this.#stack.push(open);
      this.#stanzaChars = 0;
      return this.#report(() => this.#events.onStart(new Element(open.name, open.xmlns, open.attrs, [])));
    }
    if (this.#stack.length >= this.#limits.depth) {
      this.#exceeded(`Nested deeper than ${this.#limits.depth} levels`);
      this.#skip(tag);
    } else if (closed) this.#finish(open);
    else this.#stack.push(open);
  }

  /** Follows the nesting of what is skipped, to its end. */
  #skip(tag: string): void {
    const skipped = this.#skipped;
    if (skipped === null) return;
    skipped.element ??= new OversizeElement(tag, this.#stack.at(-1)?.inherited ?? null, skipped.why);
    if (tag.charCodeAt(0) === 47) skipped.depth--;
    else if (tag.charCodeAt(tag.length - 1) !== 47) skipped.depth++;
    if (skipped.depth > 0) return;
    this.#skipped = null;
    this.#scanner.skim = false;
    this.#whole(skipped.element);
  }

  #endTag(tag: string): void {
    const open = this.#stack.pop();
    if (open === undefined || open.tag !== tag)
      throw new XmlStreamError("not-well-formed", "An end tag that fits no start tag");
    if (this.#stack.length < this.#base) {
      this.stop();
      this.#report(() => this.#events.onEnd());
    } else this.#finish(open);
  }

  #finish(open: OpenElement): void {
    const element = new Element(open.name, open.xmlns, open.attrs, open.children);
    if (this.#stack.length > this.#base) this.#stack.at(-1)?.children.push(element);
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
}
