import type { Element } from "../base/element.js";
import { ElementBuilder } from "./element-builder.js";

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

/**
 * Turns the text of a stream into elements, in one pass and in time linear in its length, however it is cut
 * into chunks. Takes the XML of RFC 6120 §11: no comments, no processing instructions, no DTD.
 */
export class StreamParser {
  readonly #builder: ElementBuilder;

  constructor(events: ParserEvents, options: ParserOptions = {}) {
    this.#builder = new ElementBuilder(events, {
      limits: options.limits ?? DEFAULT_PARSER_LIMITS,
      base: options.framed === true ? 0 : 1,
      reports: options.oversize === "report",
    });
  }

  /** Ends parsing: nothing is reported any more, not even from the chunk at hand. */
  stop(): void {
    this.#builder.scanner.stop();
  }

  /** Takes the next piece of text. Throws {@link XmlStreamError}; after that the stream is over. */
  write(chunk: string): void {
    const builder = this.#builder;
    try {
      builder.scanner.write(chunk);
    } catch (error) {
      this.stop();
      throw error;
    }
    const failure = builder.takeFailure();
    if (failure !== null) throw failure.error;
  }
}
