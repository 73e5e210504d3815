import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { isRequest, onlyChild, resultFor } from "../wire/stanza.js";
import type { Accounts } from "./accounts.js";
import type { ClientSession } from "./client-session.js";
import { isStorable, type OfflineStore } from "./offline-store.js";
import type { SessionTable } from "./session-table.js";

/** What an {@link AccountDesk} needs. */
export interface AccountDeskOptions {
  readonly accounts: Accounts;
  readonly sessions: SessionTable;
  readonly offline: OfflineStore;
  readonly now: () => number;
  /** Sends the answer to an IQ. */
  readonly send: (stanza: Element) => void;
  /** The services of rooms that disco#items of the server lists. */
  readonly roomServices: (domain: string) => readonly string[];
}

/** Takes what is addressed to accounts, to their clients, and to the server itself (RFC 6121 §8). */
export class AccountDesk {
  readonly #options: AccountDeskOptions;

  constructor(options: AccountDeskOptions) {
    this.#options = options;
  }

  /** Handles one stanza. Throws {@link Refusal}. */
  handle(stanza: Element, from: JID, to: JID): void {
    if (to.local === null) return this.#toServer(stanza, to);
    const session = to.resource === null ? undefined : this.#options.sessions.get(to.toString());
    if (session !== undefined) return session.deliver(stanza);
    if (stanza.name === "message") return this.#message(stanza, to);
    if (stanza.name === "iq") return this.#iq(stanza, from, to);
    // RFC 6121 §8.5.3.2.2: presence to a resource that is not there is dropped.
    if (to.resource === null) for (const each of this.#available(to)) each.deliver(stanza);
  }

  #available(to: JID): readonly ClientSession[] {
    return this.#options.sessions
      .ofAccount(to.bare().toString())
      .filter((session) => session.presence !== null);
  }

  /** RFC 6121 §8.5: to those that want messages most, else kept for later. */
  #message(stanza: Element, to: JID): void {
    const type = stanza.attrs["type"] ?? "normal";
    if (type === "error") return;
    // A full JID that is gone: a conversation goes on with the account, all else was meant for that client.
    if (to.resource !== null && type !== "chat" && type !== "normal") {
      if (type === "groupchat") Refusal.refuse("service-unavailable");
      return;
    }
    if (type === "groupchat" || !this.#options.accounts.has(to.bare()))
      return Refusal.refuse("service-unavailable");
    const sessions = this.#available(to).filter((session) => session.priority !== null);
    const highest = Math.max(...sessions.map((session) => session.priority ?? 0));
    const preferred = sessions.filter((session) => session.priority === highest);
    for (const session of preferred) session.deliver(stanza);
    if (preferred.length > 0 || !isStorable(stanza)) return;
    this.#options.offline.add(to.bare().toString(), stanza, to.domain, this.#options.now());
  }

  /** RFC 6121 §8.5.1.1.3: the server answers for the account. */
  #iq(stanza: Element, from: JID, to: JID): void {
    if (!isRequest(stanza)) return;
    if (to.resource !== null) return Refusal.refuse("service-unavailable");
    const payload = onlyChild(stanza);
    const own = from.bare().equals(to);
    if (payload?.is("query", NS.roster) === true && own && stanza.attrs["type"] === "get")
      return this.#options.send(resultFor(stanza, xml("query", { xmlns: NS.roster })));
    if (payload?.is("ping", NS.ping) === true && own) return this.#options.send(resultFor(stanza));
    if (payload?.is("session", NS.session) === true && own) return this.#options.send(resultFor(stanza));
    if (payload?.is("query", NS.discoInfo) === true && own)
      return this.#options.send(
        resultFor(
          stanza,
          xml("query", { xmlns: NS.discoInfo }, xml("identity", { category: "account", type: "registered" })),
        ),
      );
    Refusal.refuse("service-unavailable");
  }

  #toServer(stanza: Element, to: JID): void {
    if (stanza.name !== "iq" || !isRequest(stanza)) return;
    const payload = onlyChild(stanza);
    if (payload?.is("ping", NS.ping) === true) return this.#options.send(resultFor(stanza));
    if (payload?.is("query", NS.discoInfo) === true)
      return this.#options.send(resultFor(stanza, this.#info()));
    if (payload?.is("query", NS.discoItems) === true) {
      const items = this.#options.roomServices(to.domain).map((jid) => xml("item", { jid }));
      return this.#options.send(resultFor(stanza, xml("query", { xmlns: NS.discoItems }, items)));
    }
    Refusal.refuse("service-unavailable");
  }

  #info(): Element {
    return xml(
      "query",
      { xmlns: NS.discoInfo },
      xml("identity", { category: "server", type: "im", name: "mucwright test service" }),
      [NS.discoInfo, NS.discoItems, NS.ping].map((feature) => xml("feature", { var: feature })),
    );
  }
}
