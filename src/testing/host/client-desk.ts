import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { mayBeRefused, Refusal } from "../wire/refusal.js";
import { delayed, isRequest, withAttributes } from "../wire/stanza.js";
import type { Accounts } from "./accounts.js";
import type { ClientSession } from "./client-session.js";
import type { OfflineStore } from "./offline-store.js";
import type { Router } from "./router.js";
import type { SessionTable } from "./session-table.js";

/** Addresses that one client may have sent presence to; ejabberd refuses the same way what is too much. */
const MAX_DIRECTED = 10_000;

/** What a {@link ClientDesk} needs. */
export interface ClientDeskOptions {
  readonly accounts: Accounts;
  readonly sessions: SessionTable;
  readonly offline: OfflineStore;
  readonly router: Router;
  readonly now: () => number;
}

/** Takes what a bound client sends: stamps it, keeps track of its presence, and routes it (RFC 6120 §8.1.2.1). */
export class ClientDesk {
  readonly #options: ClientDeskOptions;

  constructor(options: ClientDeskOptions) {
    this.#options = options;
  }

  /** Handles a stanza of the client; `language` is that of its stream (RFC 6120 §4.7.4). */
  receive(session: ClientSession, sent: Element, language: string | null): void {
    const stanza = withAttributes(sent, {
      from: session.full,
      ...(language !== null && sent.attrs["xml:lang"] === undefined && { "xml:lang": language }),
    });
    const refusal = checkIq(stanza);
    if (refusal !== null) {
      if (mayBeRefused(stanza)) session.deliver(refusal.replyTo(stanza));
      return;
    }
    if (stanza.name === "presence") return this.#presence(session, stanza);
    if (stanza.attrs["to"] !== undefined) return this.#options.router.fromClient(stanza, session.jid);
    // RFC 6120 §10.3: without an address it is for the own account.
    const own = withAttributes(stanza, { to: session.jid.bare().toString() });
    this.#options.router.fromClient(own, session.jid);
  }

  #presence(session: ClientSession, stanza: Element): void {
    const { to, type } = stanza.attrs;
    if (to === undefined) return this.#broadcast(session, stanza);
    const target = JID.tryParse(to);
    if (target !== null && type === "unavailable") session.directed.delete(this.#key(target));
    else if (target !== null && type === undefined) {
      if (session.directed.size >= MAX_DIRECTED)
        return session.deliver(new Refusal("resource-constraint", { type: "wait" }).replyTo(stanza));
      session.directed.add(this.#key(target));
    }
    this.#options.router.fromClient(stanza, session.jid);
  }

  /** A room is told once that somebody goes, whatever nicks he used there. */
  #key(target: JID): string {
    return (this.#options.accounts.hasDomain(target.domain) ? target : target.bare()).toString();
  }

  /** RFC 6121 §4.2.2, §4.4.2: nobody has subscriptions here, so only the account's own clients are told. */
  #broadcast(session: ClientSession, stanza: Element): void {
    const { type } = stanza.attrs;
    if (type === "unavailable") return this.withdraw(session, stanza);
    if (type !== undefined) return;
    const initial = session.presence === null;
    session.presence = stanza;
    session.presenceAt = this.#options.now();
    const bare = session.jid.bare().toString();
    for (const each of this.#options.sessions.ofAccount(bare))
      if (each.presence !== null)
        each.deliver(each === session ? stanza : withAttributes(stanza, { to: each.full }));
    if (!initial) return;
    for (const each of this.#options.sessions.ofAccount(bare))
      if (each !== session && each.presence !== null)
        session.deliver(
          withAttributes(delayed(each.presence, session.jid.domain, each.presenceAt), { to: session.full }),
        );
    if (session.priority === null) return;
    for (const message of this.#options.offline.take(bare)) session.deliver(message);
  }

  /** Tells all who know the client as available that it is not any more (RFC 6121 §4.5, §4.6.2). */
  withdraw(session: ClientSession, unavailable: Element): void {
    const was = session.presence !== null;
    session.presence = null;
    if (was)
      for (const each of this.#options.sessions.ofAccount(session.jid.bare().toString()))
        if (each === session) each.deliver(unavailable);
        else if (each.presence !== null) each.deliver(withAttributes(unavailable, { to: each.full }));
    const addresses = [...session.directed];
    session.directed.clear();
    for (const to of addresses)
      this.#options.router.fromClient(withAttributes(unavailable, { to }), session.jid);
  }
}

/** RFC 6120 §8.2.3: an IQ has a type and an id, a request exactly one child. */
function checkIq(stanza: Element): Refusal | null {
  if (stanza.name !== "iq") return null;
  const { type, id } = stanza.attrs;
  if (isRequest(stanza) && stanza.getChildElements().length !== 1)
    return new Refusal("bad-request", {
      type: "modify",
      text: "Incorrect number of children for IQ stanza",
    });
  const known = isRequest(stanza) || type === "result" || type === "error";
  return known && id !== undefined ? null : new Refusal("bad-request", { type: "modify" });
}
