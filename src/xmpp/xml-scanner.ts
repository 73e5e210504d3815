import { XmlStreamError } from "./xml-stream-error.js";

/** What a scanner reports. */
export interface TokenSink {
  /** Text between two tags, or the content of a CDATA section. `escaped` says whether there may be entities in it. */
  text(text: string, escaped: boolean): void;
  /** What stands between `<` and `>`. */
  tag(tag: string): void;
  /**
   * What stands between `<` and the first `>`: in `source` from `from` to `end`. False where it is not to be taken like
   * that, as where the `>` is in the value of an attribute. Nearly all tags are, and need not be looked through for
   * their end nor cut out. `escaped` says whether there may be entities in it.
   */
  plainTag(source: string, from: number, end: number, escaped: boolean): boolean;
  /** Of a token that is not complete `chars` are held. */
  held(chars: number): void;
  /** Text whose end has not arrived: true when it need not be held, because it belongs to no stanza. */
  between(text: string): boolean;
}

const enum Mode {
  Text,
  Tag,
  Bang,
  Cdata,
}

const CDATA = "![CDATA[";
/** So much is kept of a token that nobody wants: its beginning names it. */
const SKIMMED_CHARS = 256;

/** Cuts the text of a stream into tags and text, in time linear in its length, however it is cut into chunks. */
export class XmlScanner {
  /** Nobody wants the tokens: of longer ones only the beginning and the last characters are kept. */
  skim = false;
  readonly #sink: TokenSink;
  #mode: Mode = Mode.Text;
  #quote = 0;
  #held: string[] = [];
  #heldChars = 0;
  #stopped = false;
  /** Where the next entity of the chunk at hand begins: sought once for all tokens before it. */
  #entityAt = Infinity;

  constructor(sink: TokenSink) {
    this.#sink = sink;
  }

  /** Ends scanning: nothing is reported any more, not even from the chunk at hand. */
  stop(): void {
    this.#stopped = true;
  }

  /** Takes the next piece of text. */
  write(chunk: string): void {
    let at = 0;
    this.#entityAt = entityFrom(chunk, 0);
    while (at < chunk.length && !this.#stopped) {
      if (this.#heldChars === 0 && !this.skim) at = this.#readPlain(chunk, at);
      const end = this.#seek(chunk, at);
      if (end < 0) return this.#hold(chunk.slice(at));
      const token = this.#take(chunk, at, end);
      // The start of a CDATA section has no terminator of its own; `<`, `>` are skipped.
      at = this.#mode === Mode.Bang ? end : end + 1;
      this.#token(token);
    }
  }

  /** Takes the tokens that are whole, and nothing out of the way, as nearly all are. Where that ends. */
  #readPlain(chunk: string, from: number): number {
    let at = from;
    while (!this.#stopped && !this.skim) {
      if (this.#mode === Mode.Text) {
        const end = chunk.indexOf("<", at);
        if (end < 0) return at;
        this.#mode = Mode.Tag;
        if (end > at) this.#sink.text(chunk.slice(at, end), this.#hasEntity(chunk, at, end));
        at = end + 1;
      } else if (this.#mode === Mode.Tag) {
        const end = chunk.indexOf(">", at);
        if (end <= at || !this.#sink.plainTag(chunk, at, end, this.#hasEntity(chunk, at, end))) return at;
        this.#mode = Mode.Text;
        at = end + 1;
      } else return at;
    }
    return at;
  }

  #hasEntity(chunk: string, from: number, end: number): boolean {
    if (this.#entityAt < from) this.#entityAt = entityFrom(chunk, from);
    return this.#entityAt < end;
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
    if (this.#mode === Mode.Text && this.#heldChars === 0 && this.#sink.between(rest)) return;
    this.#held.push(rest);
    this.#heldChars += rest.length;
    this.#sink.held(this.#heldChars);
    if (this.skim && this.#heldChars > 2 * SKIMMED_CHARS) {
      const held = this.#held.join("");
      this.#held = [held.slice(0, SKIMMED_CHARS), held.slice(-2)];
      this.#heldChars = SKIMMED_CHARS + 2;
    }
  }

  #take(chunk: string, from: number, end: number): string {
    const tail = chunk.slice(from, end);
    if (this.#heldChars === 0) return tail;
    this.#held.push(tail);
    const token = this.#held.join("");
    this.#held = [];
    this.#heldChars = 0;
    return token;
  }

  #token(token: string): void {
    switch (this.#mode) {
      case Mode.Text:
        this.#mode = Mode.Tag;
        return this.#sink.text(token, true);
      case Mode.Tag:
        this.#mode = Mode.Text;
        return this.#sink.tag(token);
      case Mode.Bang:
        if (token !== CDATA) throw new XmlStreamError("restricted-xml", "Comments and DTDs are not allowed");
        this.#mode = Mode.Cdata;
        return;
      case Mode.Cdata:
        this.#mode = Mode.Text;
        return this.#sink.text(token.slice(0, -2), false);
    }
  }
}

function entityFrom(chunk: string, at: number): number {
  const found = chunk.indexOf("&", at);
  return found < 0 ? Infinity : found;
}
