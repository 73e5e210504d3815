import { Element, makeAttributes, type Attributes, type Node } from "../base/element.js";
import { MucwrightError } from "../base/errors.js";
import { unescapeXml } from "./unescape.js";

/** What came off the wire is no XML that XMPP allows, or too much of it. The stream cannot go on. */
export class XmlStreamError extends MucwrightError {
  /** The condition to end the stream with (RFC 6120 §4.9.3). */
  readonly condition: "not-well-formed" | "restricted-xml" | "policy-violation";

  constructor(condition: XmlStreamError["condition"], message: string) {
    super(condition, message);
    this.condition = condition;
  }
}

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

/** What the parser reports. A callback that throws makes `write` throw; the parser stays usable. */
export interface ParserEvents {
  /** The start tag of the stream. Never called in framed mode. */
  readonly onStart: (stream: Element) => void;
  /** A whole top-level element. */
  readonly onElement: (element: Element) => void;
  /** The end tag of the stream. */
  readonly onEnd: () => void;
}

interface Open {
  readonly name: string;
  /** As written, prefix included: the end tag has to match. */
  readonly tag: string;
  readonly xmlns: string | null;
  /** What holds for children without a prefix; not the same where this one has a prefix. */
  readonly inherited: string | null;
  readonly attrs: Attributes;
  readonly prefixes: ReadonlyMap<string, string> | null;
  readonly children: Node[];
}

const enum Mode {
  Text,
  Tag,
  Bang,
  Cdata,
}

const CDATA = "![CDATA[";
const NO_CHILDREN: readonly Node[] = [];

/**
 * Turns the text of a stream into elements, in one pass and in time linear in its length, however it is cut
 * into chunks. Takes the XML of RFC 6120 §11: no comments, no processing instructions, no DTD.
 *
 * In framed mode (RFC 7395: one element per WebSocket message) each top-level element is reported as such;
 * otherwise the first start tag opens the stream, and what is reported are its children.
 */
export class StreamParser {
  readonly #events: ParserEvents;
  readonly #limits: ParserLimits;
  readonly #base: number;
  readonly #stack: Open[] = [];
  #mode: Mode = Mode.Text;
  #quote = 0;
  #held: string[] = [];
  #heldChars = 0;
  #stanzaChars = 0;
  #prolog = true;
  #stopped = false;

  constructor(events: ParserEvents, options: { limits?: ParserLimits; framed?: boolean } = {}) {
    this.#events = events;
    this.#limits = options.limits ?? DEFAULT_PARSER_LIMITS;
    this.#base = options.framed === true ? 0 : 1;
  }

  /** Ends parsing: nothing is reported any more, not even from the chunk at hand. */
  stop(): void {
    this.#stopped = true;
  }

  /** Takes the next piece of text. Throws {@link XmlStreamError}; after that the stream is over. */
  write(chunk: string): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      const end = this.#seek(chunk, at);
      if (end < 0) return this.#hold(chunk.slice(at));
      const token = this.#take(chunk, at, end);
      // The start of a CDATA section has no terminator of its own; `<`, `>` are skipped.
      at = this.#mode === Mode.Bang ? end : end + 1;
      this.#token(token);
    }
  }

  /** Where the token that `at` is in ends, -1 when the rest of it has not arrived. */
  #seek(chunk: string, at: number): number {
    switch (this.#mode) {
      case Mode.Text:
        return chunk.indexOf("<", at);
      case Mode.Tag:
        return this.#seekTagEnd(chunk, at);
      case Mode.Bang:
        return this.#heldChars + (chunk.length - at) >= CDATA.length
          ? at + CDATA.length - this.#heldChars
          : -1;
      case Mode.Cdata:
        return this.#seekCdataEnd(chunk, at);
    }
  }

  #seekTagEnd(chunk: string, from: number): number {
    if (this.#heldChars === 0 && chunk.charCodeAt(from) === 33) {
      this.#mode = Mode.Bang;
      return this.#seek(chunk, from);
    }
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#quote !== 0) {
        at = chunk.indexOf(this.#quote === 34 ? '"' : "'", at);
        if (at < 0) return -1;
        this.#quote = 0;
      } else if (code === 34 || code === 39) this.#quote = code;
      else if (code === 62) return at;
    }
    return -1;
  }

  /** The `>` of `]]>`: the two brackets may be at the end of what is held. */
  #seekCdataEnd(chunk: string, from: number): number {
    for (let at = chunk.indexOf(">", from); at >= 0; at = chunk.indexOf(">", at + 1)) {
      const before =
        at - from >= 2 ? chunk.slice(at - 2, at) : this.#heldTail(2 - (at - from)) + chunk.slice(from, at);
      if (before === "]]") return at;
    }
    return -1;
  }

  #heldTail(length: number): string {
    let tail = "";
    for (let i = this.#held.length - 1; i >= 0 && tail.length < length; i--)
      tail = (this.#held[i] ?? "") + tail;
    return tail.slice(-length);
  }

  #hold(rest: string): void {
    this.#held.push(rest);
    this.#heldChars += rest.length;
    if (this.#stanzaChars + this.#heldChars > this.#limits.stanzaChars) this.#tooLong();
  }

  #take(chunk: string, from: number, end: number): string {
    const tail = chunk.slice(from, end);
    if (this.#heldChars === 0) return this.#count(tail);
    this.#held.push(tail);
    const token = this.#held.join("");
    this.#held = [];
    this.#heldChars = 0;
    return this.#count(token);
  }

  #count(token: string): string {
    this.#stanzaChars += token.length + 1;
    if (this.#stanzaChars > this.#limits.stanzaChars) this.#tooLong();
    return token;
  }

  #tooLong(): never {
    throw new XmlStreamError(
      "policy-violation",
      `A stanza is longer than ${this.#limits.stanzaChars} characters`,
    );
  }

  #token(token: string): void {
    switch (this.#mode) {
      case Mode.Text:
        this.#mode = Mode.Tag;
        return this.#text(token, true);
      case Mode.Tag:
        this.#mode = Mode.Text;
        return this.#tag(token);
      case Mode.Bang:
        if (token !== CDATA) throw new XmlStreamError("restricted-xml", "Comments and DTDs are not allowed");
        this.#mode = Mode.Cdata;
        return;
      case Mode.Cdata:
        this.#mode = Mode.Text;
        return this.#text(token.slice(0, -2), false);
    }
  }

  #text(text: string, escaped: boolean): void {
    const top = this.#stack.at(-1);
    if (top === undefined || this.#stack.length === this.#base) {
      // Blanks between stanzas keep the connection alive and mean nothing; they belong to no stanza.
      if (text.trim() !== "") throw new XmlStreamError("not-well-formed", "Text between stanzas");
      this.#stanzaChars = 1;
      return;
    }
    if (text === "") return;
    const plain = escaped && text.includes("&") ? unescape(text) : text;
    const last = top.children.length - 1;
    const before = top.children[last];
    if (typeof before === "string") top.children[last] = before + plain;
    else top.children.push(plain);
  }

  #tag(tag: string): void {
    const first = tag.charCodeAt(0);
    if (first === 47) return this.#endTag(tag.slice(1).trimEnd());
    if (first === 63) {
      if (!this.#prolog)
        throw new XmlStreamError("restricted-xml", "Processing instructions are not allowed");
      this.#prolog = false;
      return;
    }
    this.#prolog = false;
    this.#startTag(tag);
  }

  #startTag(tag: string): void {
    const closed = tag.charCodeAt(tag.length - 1) === 47;
    const end = closed ? tag.length - 1 : tag.length;
    let at = 0;
    while (at < end && tag.charCodeAt(at) > 32) at++;
    const written = tag.slice(0, at);
    if (written === "") throw new XmlStreamError("not-well-formed", "A tag without a name");
    const attrs = at < end ? this.#attributes(tag, at, end) : makeAttributes();
    const open = this.#resolve(written, attrs);
    if (this.#stack.length === 0 && this.#base === 1) {
      if (closed) throw new XmlStreamError("not-well-formed", "An empty stream");
      this.#stack.push(open);
      this.#stanzaChars = 0;
      return this.#events.onStart(new Element(open.name, open.xmlns, attrs, NO_CHILDREN));
    }
    if (closed) return this.#finish(open);
    if (this.#stack.length >= this.#limits.depth)
      throw new XmlStreamError("policy-violation", `Nested deeper than ${this.#limits.depth} levels`);
    this.#stack.push(open);
  }

  #attributes(tag: string, from: number, end: number): Record<string, string | undefined> {
    const attrs = makeAttributes();
    let count = 0;
    for (let at = from; ;) {
      while (at < end && tag.charCodeAt(at) <= 32) at++;
      if (at >= end) return attrs;
      const equals = tag.indexOf("=", at);
      if (equals < 0 || equals >= end)
        throw new XmlStreamError("not-well-formed", "An attribute without a value");
      const name = tag.slice(at, equals).trimEnd();
      let open = equals + 1;
      while (open < end && tag.charCodeAt(open) <= 32) open++;
      const quote = tag.charCodeAt(open);
      if (quote !== 34 && quote !== 39)
        throw new XmlStreamError("not-well-formed", "An attribute without quotes");
      const close = tag.indexOf(quote === 34 ? '"' : "'", open + 1);
      if (close < 0 || close >= end) throw new XmlStreamError("not-well-formed", "An unfinished attribute");
      if (attrs[name] !== undefined) throw new XmlStreamError("not-well-formed", "An attribute given twice");
      if (++count > this.#limits.attributes)
        throw new XmlStreamError("policy-violation", `More than ${this.#limits.attributes} attributes`);
      const value = tag.slice(open + 1, close);
      attrs[name] = value.includes("&") ? unescape(value) : value;
      at = close + 1;
    }
  }

  /** Finds the namespace; a prefix is resolved and its element gets a plain `xmlns` instead. */
  #resolve(tag: string, attrs: Record<string, string | undefined>): Open {
    const above = this.#stack.at(-1);
    let prefixes = above?.prefixes ?? null;
    for (const key in attrs)
      if (key.startsWith("xmlns:")) {
        prefixes = new Map([...(prefixes ?? []), [key.slice(6), attrs[key] ?? ""]]);
      }
    const inherited = attrs["xmlns"] ?? above?.inherited ?? null;
    const colon = tag.indexOf(":");
    if (colon < 0) return { name: tag, tag, xmlns: inherited, inherited, attrs, prefixes, children: [] };
    const xmlns = prefixes?.get(tag.slice(0, colon));
    if (xmlns === undefined) throw new XmlStreamError("not-well-formed", "A prefix that was never declared");
    attrs["xmlns"] = xmlns;
    return { name: tag.slice(colon + 1), tag, xmlns, inherited, attrs, prefixes, children: [] };
  }

  #endTag(tag: string): void {
    const open = this.#stack.pop();
    if (open === undefined || open.tag !== tag)
      throw new XmlStreamError("not-well-formed", "An end tag that fits no start tag");
    if (this.#stack.length === 0 && this.#base === 1) {
      this.#stopped = true;
      return this.#events.onEnd();
    }
    this.#finish(open);
  }

  #finish(open: Open): void {
    const element = new Element(open.name, open.xmlns, open.attrs, open.children);
    if (this.#stack.length > this.#base) {
      this.#stack.at(-1)?.children.push(element);
      return;
    }
    this.#stanzaChars = 0;
    this.#events.onElement(element);
  }
}

function unescape(text: string): string {
  const plain = unescapeXml(text);
  if (plain === null) throw new XmlStreamError("not-well-formed", "An entity that XML does not know");
  return plain;
}
