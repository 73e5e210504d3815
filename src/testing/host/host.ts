import { randomBytes } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import type { Clock, Timer } from "../../base/clock.js";
import type { JID } from "../../base/jid.js";
import type { Logger } from "../../base/logger.js";
import { Refusal } from "../wire/refusal.js";
import { delayed, isRequest } from "../wire/stanza.js";
import { AccountDesk } from "./account-desk.js";
import type { Accounts } from "./accounts.js";
import { ClientDesk } from "./client-desk.js";
import { ClientSession, type Link } from "./client-session.js";
import { Inbox } from "./inbox.js";
import { isStorable, OfflineStore } from "./offline-store.js";
import { Router, type Desk } from "./router.js";
import { MAX_UNACKNOWLEDGED, ServerManagement } from "./server-management.js";
import { SessionTable } from "./session-table.js";
import { StanzaFaults } from "./stanza-faults.js";

/** What a {@link Host} needs. */
export interface HostOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accounts: Accounts;
  /** How long a lost session waits to be resumed, in milliseconds (XEP-0198 §5). */
  readonly resumeTimeoutMs: number;
  readonly roomDesk: Desk;
  readonly roomServices: (domain: string) => readonly string[];
}

/** How a session came to its end. */
export interface Ending {
  /** Told to others in the unavailable presence. */
  readonly status?: string;
  /** Whether what the client has not acknowledged goes back to who sent it: nobody will ever read it. */
  readonly bounce?: boolean;
}

/** The part of the service that knows clients: sessions from binding to end, and the way of stanzas between them. */
export class Host {
  /** Who may log in. */
  readonly accounts: Accounts;
  /** What all timers are on. */
  readonly clock: Clock;
  /** Where mistakes of the service go. */
  readonly logger: Logger;
  /** Everything that happens, one thing after the other. */
  readonly inbox: Inbox;
  /** All bound resources. */
  readonly sessions = new SessionTable();
  /** Brings stanzas to where they are addressed. */
  readonly router: Router;
  /** Takes what bound clients send. */
  readonly clients: ClientDesk;
  /** What happens to stanzas on their way to clients. */
  readonly faults = new StanzaFaults();
  readonly #offline = new OfflineStore();
  readonly #resumeTimeoutMs: number;
  readonly #waiting = new Map<ClientSession, Timer>();

  constructor(options: HostOptions) {
    const { accounts, clock, logger } = options;
    this.accounts = accounts;
    this.clock = clock;
    this.logger = logger;
    this.#resumeTimeoutMs = options.resumeTimeoutMs;
    this.inbox = new Inbox(logger);
    const { inbox, sessions } = this;
    const desk = new AccountDesk({
      accounts,
      sessions,
      offline: this.#offline,
      now: () => clock.now(),
      send: (stanza) => this.router.send(stanza),
      roomServices: options.roomServices,
    });
    this.router = new Router({
      accounts,
      sessions,
      inbox,
      logger,
      accountDesk: (stanza, from, to) => desk.handle(stanza, from, to),
      roomDesk: options.roomDesk,
    });
    this.clients = new ClientDesk({
      accounts,
      sessions,
      offline: this.#offline,
      router: this.router,
      now: () => clock.now(),
    });
  }

  /** How long a lost session waits to be resumed, in whole seconds. */
  get resumeTimeoutSeconds(): number {
    return Math.ceil(this.#resumeTimeoutMs / 1000);
  }

  /** Binds a resource (RFC 6120 §7.7.2.2). Who has the address already is thrown out, as on both servers. */
  bind(jid: JID, link: Link): ClientSession {
    const old = this.sessions.get(jid.toString());
    if (old !== undefined) this.#replace(old);
    const session = new ClientSession(jid, link, this.faults);
    this.sessions.add(session);
    return session;
  }

  #replace(old: ClientSession): void {
    const text = "Replaced by new connection";
    const { link } = old;
    old.link = null;
    link?.end("conflict", text);
    this.end(old, { status: `Disconnected: ${text}` });
  }

  /** Begins to count the session's stanzas (XEP-0198 §3). */
  manage(session: ClientSession, resume: boolean): ServerManagement {
    const id = resume ? randomBytes(9).toString("base64url") : null;
    const management = new ServerManagement(id, () => this.clock.now());
    session.management = management;
    this.sessions.addResumable(session);
    management.onPending = () => this.inbox.post(() => this.#askFor(session));
    return management;
  }

  /** Asks for an acknowledgement, behind everything that is being sent now. */
  #askFor(session: ClientSession): void {
    const { link, management } = session;
    if (management === null) return;
    if (management.queue.length > MAX_UNACKNOWLEDGED) {
      session.link = null;
      link?.end("policy-violation", "Too many stanzas were not acknowledged");
      return this.end(session, { bounce: true });
    }
    link?.send(xml("r", { xmlns: "urn:xmpp:sm:3" }));
  }

  /** The connection `link` is gone. The session waits to be resumed, or it is over. */
  lost(session: ClientSession, link: Link): void {
    if (session.link !== link) return;
    session.link = null;
    if (!session.resumable) return this.end(session, { bounce: session.management !== null });
    const expire = (): void => this.inbox.post(() => this.expire(session));
    this.#waiting.set(session, this.clock.setTimeout(expire, this.#resumeTimeoutMs));
  }

  /** Nobody came to resume the session (XEP-0198 §5). */
  expire(session: ClientSession): void {
    if (session.link === null) this.end(session, { bounce: true });
  }

  /** Goes on with a session over a new connection. What was not acknowledged is for the caller to send again. */
  resume(session: ClientSession, link: Link): void {
    const old = session.link;
    session.link = link;
    old?.end("conflict", "Replaced by new connection");
    this.#waiting.get(session)?.cancel();
    this.#waiting.delete(session);
  }

  /** The stanzas to send again after resuming. */
  unacknowledged(session: ClientSession): readonly Element[] {
    const bare = session.jid.bare().toString();
    return (session.management?.queue ?? []).map(({ stanza, at }) => delayed(stanza, bare, at));
  }

  /** Ends a session: others see it go. Harmless when it is over already. */
  end(session: ClientSession, ending: Ending = {}): void {
    this.#waiting.get(session)?.cancel();
    this.#waiting.delete(session);
    session.link = null;
    if (!this.sessions.remove(session)) return;
    this.faults.forget(session);
    // Before the farewell: a room that hears that a message did not arrive removes the occupant for that (333).
    if (ending.bounce === true) this.#giveBack(session, true);
    const status = ending.status === undefined ? null : xml("status", null, ending.status);
    this.clients.withdraw(session, xml("presence", { type: "unavailable", from: session.full }, status));
    if (ending.bounce !== true) this.#giveBack(session, false);
  }

  /** What the client never acknowledged: kept for the account, or sent back. */
  #giveBack(session: ClientSession, bounce: boolean): void {
    const bare = session.jid.bare();
    for (const { stanza, at } of session.management?.queue ?? []) {
      if (stanza.name === "message" && isStorable(stanza) && stanza.attrs["type"] !== "error")
        this.#offline.add(
          bare.toString(),
          delayed(stanza, bare.toString(), at),
          bare.domain,
          this.clock.now(),
        );
      else if (bounce && (isRequest(stanza) || stanza.attrs["type"] === "groupchat")) {
        const error = new Refusal("recipient-unavailable", { type: "wait" }).replyTo(stanza);
        this.router.fromClient(error, session.jid);
      }
    }
  }

  /** Ends all waiting: no timer is left. */
  close(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
    this.faults.close();
  }
}
