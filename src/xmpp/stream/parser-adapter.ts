import { EventEmitter } from "node:events";

import type { Element } from "../../base/element.js";
import { NS } from "../namespaces.js";
import { StreamParser, type ParserLimits } from "../stream-parser.js";

/** Our parser in the shape that @xmpp/connection wants one. */
export class ParserAdapter extends EventEmitter {
  /** Where whole elements go. Each as an event would be one more way for all that comes. */
  received: (element: Element) => void = () => {};
  readonly #parser: StreamParser;

  constructor(limits: ParserLimits, framed: boolean) {
    super();
    this.#parser = new StreamParser(
      {
        onStart: (stream) => this.emit("start", stream),
        onElement: framed ? (element) => this.#frame(element) : (element) => this.received(element),
        onEnd: () => this.emit("end"),
      },
      // Anybody can send us what is too large: that must not cost the stream.
      { limits, framed, oversize: "report" },
    );
  }

  /** RFC 7395 §3.4, §3.6: the stream begins and ends with elements of their own. */
  #frame(element: Element): void {
    if (element.is("open", NS.framing)) this.emit("start", element);
    else if (element.is("close", NS.framing)) this.emit("end");
    else this.received(element);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  stop(): void {
    this.#parser.stop();
  }
}

/** The class of parser that a transport makes anew for each stream header. */
export function parserClass(limits: ParserLimits, framed: boolean): new () => ParserAdapter {
  return class extends ParserAdapter {
    constructor() {
      super(limits, framed);
    }
  };
}
