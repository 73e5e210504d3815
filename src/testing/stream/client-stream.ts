import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";

import { xml, type Element } from "../../base/element.js";
import { escapeXml } from "../../base/serialize.js";
import { DEFAULT_PARSER_LIMITS, StreamParser, XmlStreamError } from "../../xmpp/stream-parser.js";
import type { Host } from "../host/host.js";
import type { ClientSession, Link, StreamCondition } from "../host/client-session.js";
import { NS } from "../wire/namespaces.js";
import { isStanza } from "../wire/stanza.js";
import { ManagementDesk } from "./management-desk.js";
import { Negotiation } from "./negotiation.js";

/** Bytes that may wait for a client that does not read; beyond them it is cut off. */
const MAX_BUFFERED_BYTES = 32 << 20;

/** What a {@link ClientStream} needs. */
export interface ClientStreamOptions {
  readonly host: Host;
  /** The domain for a client that does not name one. */
  readonly domain: string;
  /** Characters of one stanza; a longer one ends the stream, as on both servers. */
  readonly stanzaChars: number;
  /** Called once, when the connection is gone. */
  readonly onClosed: (stream: ClientStream) => void;
}

/** One connection of a client: an XMPP stream over a socket or a pipe (RFC 6120 §4). */
export class ClientStream implements Link {
  /** The bound session, null before. */
  session: ClientSession | null = null;
  readonly #duplex: Duplex;
  readonly #options: ClientStreamOptions;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #negotiation: Negotiation;
  readonly #management: ManagementDesk;
  #parser: StreamParser;
  #opened = false;
  #closed = false;
  #language: string | null = null;

  constructor(duplex: Duplex, options: ClientStreamOptions) {
    this.#duplex = duplex;
    this.#options = options;
    this.#parser = this.#newParser();
    this.#negotiation = new Negotiation(this, options.host);
    this.#management = new ManagementDesk(this, options.host);
    const { inbox } = options.host;
    duplex.on("data", (chunk: Buffer) => inbox.post(() => this.#read(chunk)));
    duplex.on("error", () => duplex.destroy());
    duplex.once("close", () => inbox.post(() => this.#gone()));
    if (inbox.frozen) duplex.pause();
  }

  #newParser(): StreamParser {
    return new StreamParser(
      {
        onStart: (stream) => this.#start(stream),
        onElement: (element) => this.#take(element),
        onEnd: () => this.#finish(),
      },
      { limits: { ...DEFAULT_PARSER_LIMITS, stanzaChars: this.#options.stanzaChars } },
    );
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    const text = this.#decode(chunk);
    if (text === null) return this.fail("not-well-formed", "This is no UTF-8");
    try {
      this.#parser.write(text);
    } catch (error) {
      if (!(error instanceof XmlStreamError)) throw error;
      this.fail(error.condition, error.message);
    }
  }

  /** RFC 6120 §11.6: UTF-8 and nothing else; null for what is none. */
  #decode(chunk: Buffer): string | null {
    try {
      return this.#decoder.decode(chunk, { stream: true });
    } catch {
      return null;
    }
  }

  /** The header of the stream, and again after the login (RFC 6120 §4.2, §4.3.3). */
  #start(stream: Element): void {
    const domain = stream.attrs["to"] ?? this.#options.domain;
    this.#language = stream.attrs["xml:lang"] ?? null;
    this.#sendHeader(domain);
    if (!stream.is("stream", NS.streams)) return this.fail("invalid-namespace", "This is no XMPP stream");
    this.#negotiation.open(domain);
  }

  #sendHeader(domain: string): void {
    const id = randomBytes(12).toString("base64url");
    this.#opened = true;
    this.#write(
      `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}' ` +
        `from='${escapeXml(domain)}' id='${id}' version='1.0' xml:lang='en'>`,
    );
  }

  /** What goes wrong with one stanza is no reason to lose those behind it in the same bytes. */
  #take(element: Element): void {
    try {
      this.#element(element);
    } catch (error) {
      this.#options.host.logger.error(
        { error, stanza: element },
        "A stanza of a client could not be handled",
      );
    }
  }

  #element(element: Element): void {
    const { session } = this;
    if (session === null) return this.#negotiation.element(element);
    if (element.xmlns === NS.sm) return this.#management.element(session, element);
    if (!isStanza(element)) return this.fail("unsupported-stanza-type", `<${element.name}/> is no stanza`);
    session.management?.received();
    this.#options.host.clients.receive(session, element, this.#language);
  }

  /** Announces what the client can do next (RFC 6120 §4.3.2). */
  sendFeatures(features: readonly Element[]): void {
    this.#write(`<stream:features>${features.join("")}</stream:features>`);
  }

  /** Expects a new header: the client has logged in (RFC 6120 §6.4.6). */
  restart(): void {
    this.#parser.stop();
    this.#parser = this.#newParser();
  }

  /** Sends an element, behind all that was sent before. */
  send(element: Element): void {
    this.#write(element.toString());
  }

  #write(text: string): void {
    if (this.#closed) return;
    this.#duplex.write(text);
    if (this.#duplex.writableLength > MAX_BUFFERED_BYTES) this.cut();
  }

  /** Ends the stream because of the client (RFC 6120 §4.9): its session is over at once, with nothing to resume. */
  fail(condition: StreamCondition, text: string): void {
    const { session } = this;
    this.end(condition, text);
    if (session !== null) this.#options.host.end(session, { status: `Disconnected: ${text}` });
  }

  /** Ends the stream (RFC 6120 §4.4), with a stream error where a condition is given. The session stays as it is. */
  end(condition: StreamCondition | null, text?: string): void {
    if (this.#closed) return;
    if (!this.#opened) this.#sendHeader(this.#options.domain);
    if (condition !== null) {
      const said = text === undefined ? null : xml("text", { xmlns: NS.streamErrors }, text);
      const what = [xml(condition, { xmlns: NS.streamErrors }), said ?? ""].join("");
      this.#write(`<stream:error>${what}</stream:error>`);
    }
    this.#write("</stream:stream>");
    this.#closed = true;
    this.#parser.stop();
    this.#duplex.end();
    // Whatever the client still sends is read and dropped, so that the end of its stream arrives.
    this.#duplex.resume();
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#closed = true;
    this.#parser.stop();
    this.#duplex.destroy();
  }

  /** Reads no more until {@link thaw}: what the client sends stays in the network. */
  freeze(): void {
    this.#duplex.pause();
  }

  /** Reads on. */
  thaw(): void {
    this.#duplex.resume();
  }

  /** The client ended the stream (RFC 6120 §4.4). */
  #finish(): void {
    const { session } = this;
    this.end(null);
    if (session !== null) this.#options.host.end(session);
  }

  #gone(): void {
    this.#closed = true;
    this.#parser.stop();
    if (this.session !== null) this.#options.host.lost(this.session, this);
    this.#options.onClosed(this);
  }
}
