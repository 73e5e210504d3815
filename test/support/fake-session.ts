// A session that a test plays the server for: what it sends is kept, what it receives is written as XML.
import type { Clock } from "../../src/base/clock.js";
import type { Element } from "../../src/base/element.js";
import { Emitter } from "../../src/base/emitter.js";
import { JID } from "../../src/base/jid.js";
import { IqRequests } from "../../src/xmpp/iq.js";
import { SessionError } from "../../src/xmpp/session-error.js";
import type { SendOptions, Session, SessionEvents, SessionState } from "../../src/xmpp/session.js";
import { StreamParser } from "../../src/xmpp/stream-parser.js";

/** The stanzas that `text` holds, one after another, as they come off a stream. */
export function parseStanzas(text: string): Element[] {
  const stanzas: Element[] = [];
  const parser = new StreamParser(
    { onStart: () => {}, onElement: (element) => stanzas.push(element), onEnd: () => {} },
    { framed: true },
  );
  // What comes without a namespace is a stanza of a client's stream.
  parser.write(
    text.replaceAll(/<(message|presence|iq)(?=[\s/>])(?![^>]*\sxmlns=)/g, '<$1 xmlns="jabber:client"'),
  );
  return stanzas;
}

/** The one stanza that `text` holds. */
export function parseStanza(text: string): Element {
  const [stanza, ...others] = parseStanzas(text);
  if (stanza === undefined || others.length > 0) throw new Error(`not one stanza: ${text}`);
  return stanza;
}

const LOST = new SessionError("closed", "The connection was cut");

/** What `MucClient` uses of a `Session`, without any stream. Requests are matched with their answers by the real code. */
export class FakeSession extends Emitter<SessionEvents> {
  readonly iq: IqRequests;
  /** What was sent since the last `sent.length = 0`, requests included. */
  readonly sent: Element[] = [];
  readonly #unacknowledged: (() => void)[] = [];
  jid: JID | null;
  state: SessionState;
  /** Makes `send` reject. */
  broken: Error | null = null;

  constructor(options: { readonly clock: Clock; readonly jid?: string; readonly state?: SessionState }) {
    super();
    this.jid = JID.parse(options.jid ?? "bot@shakespeare.lit/cave");
    this.state = options.state ?? "online";
    this.iq = new IqRequests({
      clock: options.clock,
      send: (stanza) => this.send(stanza),
      jid: () => this.jid,
    });
    this.listenerFailed = (error) => {
      throw error;
    };
  }

  /** As what a client takes. */
  get asSession(): Session {
    return this as unknown as Session;
  }

  send(stanza: Element, options: SendOptions = {}): Promise<void> {
    if (this.broken !== null) return Promise.reject(this.broken);
    this.sent.push(stanza);
    if (options.onAcknowledged !== undefined) this.#unacknowledged.push(options.onAcknowledged);
    return Promise.resolve();
  }

  /** The server has all that was sent. */
  acknowledge(): void {
    for (const onAcknowledged of this.#unacknowledged.splice(0)) onAcknowledged();
  }

  /** What was sent of one kind, as text. */
  sentOf(name: "message" | "presence" | "iq"): Element[] {
    return this.sent.filter((stanza) => stanza.name === name);
  }

  /** Stanzas come in, in one read. */
  receive(...stanzas: readonly (Element | string)[]): void {
    for (const stanza of stanzas.flatMap((each) => (typeof each === "string" ? parseStanzas(each) : each)))
      this.#dispatch(stanza);
  }

  #dispatch(stanza: Element): void {
    if (stanza.name === "message") this.emit("message", stanza);
    else if (stanza.name === "presence") this.emit("presence", stanza);
    else if (stanza.name === "iq") this.iq.answer(stanza);
    else throw new Error(`no stanza: ${stanza.toString()}`);
  }

  /** Answers the oldest request that holds a child of this namespace: a result, or an error of that condition. */
  answer(xmlns: string, answer: { readonly payload?: string; readonly error?: string } = {}): void {
    const index = this.sent.findIndex(
      (stanza) => stanza.name === "iq" && stanza.getChildElements()[0]?.xmlns === xmlns,
    );
    const [request] = index < 0 ? [] : this.sent.splice(index, 1);
    if (request === undefined) throw new Error(`nothing was asked of ${xmlns}`);
    const { id, to } = request.attrs;
    const [type, content] =
      answer.error === undefined
        ? ["result", answer.payload ?? ""]
        : [
            "error",
            `<error type="cancel"><${answer.error} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`,
          ];
    this.receive(`<iq type="${type}" id="${id}" from="${to}">${content}</iq>`);
  }

  /** A new session. */
  establish(): void {
    this.state = "online";
    if (this.jid !== null) this.emit("established", { jid: this.jid });
  }

  /** The connection is gone; the session may yet be resumed. */
  interrupt(): void {
    this.state = "interrupted";
    this.emit("interrupted", { cause: LOST, nextAttemptAt: new Date(0) });
  }

  /** The same session goes on. */
  resume(): void {
    this.state = "online";
    this.emit("resumed", {});
  }

  /** The session is gone; another may come. */
  lose(): void {
    if (this.state === "online") this.interrupt();
    this.iq.abort(LOST);
    this.emit("destroyed", { cause: LOST, unconfirmed: [] });
  }

  /** Over for good. */
  stop(): void {
    this.state = "stopped";
    this.emit("destroyed", { cause: LOST, unconfirmed: [] });
    this.iq.abort(LOST);
    this.emit("stopped", {});
  }
}
