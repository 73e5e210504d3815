import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { Logger } from "../../base/logger.js";
import { mayBeRefused, Refusal } from "../wire/refusal.js";
import type { Accounts } from "./accounts.js";
import type { Inbox } from "./inbox.js";
import type { SessionTable } from "./session-table.js";

/** Takes the stanzas for one kind of address. May throw {@link Refusal} to have them answered with an error. */
export type Desk = (stanza: Element, from: JID, to: JID) => void;

/** What a {@link Router} needs. */
export interface RouterOptions {
  readonly accounts: Accounts;
  readonly sessions: SessionTable;
  readonly inbox: Inbox;
  readonly logger: Logger;
  /** For addresses at domains of accounts. */
  readonly accountDesk: Desk;
  /** For all other domains: each is a service of rooms. */
  readonly roomDesk: Desk;
}

/** Brings stanzas to where they are addressed, and errors back. */
export class Router {
  /** Domains that cannot be reached for the time being: `remote-server-not-found`. */
  readonly unreachable = new Set<string>();
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Routes a stanza of a client; its `from` is that client's. Errors go back to it at once. */
  fromClient(stanza: Element, from: JID): void {
    const reply = this.#handle(stanza, from);
    if (reply !== null) this.#options.sessions.get(from.toString())?.deliver(reply);
  }

  /**
   * Routes a stanza that the service itself or a room sends. An error for it is a task of its own: who sends is in
   * the middle of something.
   */
  send(stanza: Element): void {
    const { to, from } = stanza.attrs;
    const session = to === undefined ? undefined : this.#options.sessions.get(to);
    if (session !== undefined && !this.#isCutOff(from)) return session.deliver(stanza);
    const sender = JID.tryParse(from);
    if (sender === null) return;
    const reply = this.#handle(stanza, sender);
    if (reply !== null) this.#options.inbox.post(() => this.send(reply));
  }

  #isCutOff(from: string | undefined): boolean {
    return this.unreachable.size > 0 && this.unreachable.has(JID.tryParse(from)?.domain ?? "");
  }

  /** What goes back to the sender, null for nothing. */
  #handle(stanza: Element, from: JID): Element | null {
    try {
      this.#dispatch(stanza, from);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return mayBeRefused(stanza) ? error.replyTo(stanza) : null;
      this.#options.logger.error({ error, stanza }, "A stanza could not be handled");
      return mayBeRefused(stanza)
        ? new Refusal("service-unavailable", { type: "wait" }).replyTo(stanza)
        : null;
    }
  }

  #dispatch(stanza: Element, from: JID): void {
    const to = JID.tryParse(stanza.attrs["to"]);
    if (to === null) return Refusal.refuse("jid-malformed", { type: "modify" });
    // What comes from a domain that is cut off never arrives.
    if (this.unreachable.has(from.domain)) return;
    if (this.unreachable.has(to.domain)) return Refusal.refuse("remote-server-not-found");
    if (this.#options.accounts.hasDomain(to.domain)) this.#options.accountDesk(stanza, from, to);
    else this.#options.roomDesk(stanza, from, to);
  }
}
