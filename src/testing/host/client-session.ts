import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { ServerManagement } from "./server-management.js";
import type { StanzaFaults } from "./stanza-faults.js";

/** Stream errors that this service ends streams with (RFC 6120 §4.9.3). */
export type StreamCondition =
  | "conflict"
  | "host-unknown"
  | "improper-addressing"
  | "invalid-namespace"
  | "not-authorized"
  | "not-well-formed"
  | "policy-violation"
  | "restricted-xml"
  | "system-shutdown"
  | "undefined-condition"
  | "unsupported-stanza-type";

/** Where a session's stanzas go while it is connected: a stream, or a user driven by a test. */
export interface Link {
  /** Sends an element, after all that was sent before. */
  send(element: Element): void;
  /** Ends the stream, with a stream error where a condition is given; the session is none of its business. */
  end(condition: StreamCondition | null, text?: string): void;
  /** Breaks the connection without a word. */
  cut(): void;
}

/** A bound resource (RFC 6120 §7): what the service knows of one connected client. */
export class ClientSession {
  /** The full JID. */
  readonly jid: JID;
  /** The full JID as text: the key it is found by. */
  readonly full: string;
  /** The last broadcast presence, null while the client is not available (RFC 6121 §4.2). */
  presence: Element | null = null;
  /** When {@link presence} came, in milliseconds since 1970. */
  presenceAt = 0;
  /** Whom else the client sent presence to: they are told when it goes (RFC 6121 §4.6). Rooms by their bare JID. */
  readonly directed = new Set<string>();
  /** Null while the connection is lost and the session waits to be resumed. */
  link: Link | null;
  /** XEP-0198, null until the client enables it. */
  management: ServerManagement | null = null;
  readonly #faults: StanzaFaults;

  constructor(jid: JID, link: Link, faults: StanzaFaults) {
    this.jid = jid;
    this.full = jid.toString();
    this.link = link;
    this.#faults = faults;
  }

  /** Whether the session can wait for its client to come back (XEP-0198 §5). */
  get resumable(): boolean {
    return this.management !== null && this.management.id !== null;
  }

  /** The priority of an available client (RFC 6121 §4.7.2.3), null where it wants no messages. */
  get priority(): number | null {
    if (this.presence === null) return null;
    const priority = Number(this.presence.getChildText("priority") ?? "0");
    return Number.isInteger(priority) && priority >= 0 ? priority : null;
  }

  /** Sends a stanza to the client; a managed session keeps it until the client has acknowledged it. */
  deliver(stanza: Element): void {
    if (this.#faults.any) this.#faults.deliver(this, stanza, (each) => this.#send(each));
    else this.#send(stanza);
  }

  #send(stanza: Element): void {
    this.management?.sent(stanza);
    this.link?.send(stanza);
  }
}
