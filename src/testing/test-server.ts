import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";

import { systemClock, type Clock } from "../base/clock.js";
import { xml, type Element } from "../base/element.js";
import { ArgumentError } from "../base/errors.js";
import { JID } from "../base/jid.js";
import { silentLogger, type Logger } from "../base/logger.js";
import type { Affiliation, Role } from "../muc/wire/muc-user.js";
import type { Connect } from "../xmpp/transport.js";
import { Accounts } from "./host/accounts.js";
import type { ClientSession } from "./host/client-session.js";
import { doubleCourse, LateCourse, SwappedCourse, type Course } from "./host/courses.js";
import { Host } from "./host/host.js";
import { RoomServices } from "./muc/room-services.js";
import { ServiceRoom } from "./muc/service-room.js";
import { ClientStream } from "./stream/client-stream.js";
import { Listener, type ListenAddress } from "./stream/listener.js";
import { memoryLink } from "./stream/memory-link.js";
import { TestUser } from "./test-user.js";
import { AccountNames, domainAbove } from "./user/account-names.js";
import { Puppet } from "./user/puppet.js";

/** How to make a {@link TestServer}. */
export interface TestServerOptions {
  /** Time; default the machine's. All timers of the service are on it. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** The domain of the accounts; default: whatever domain a client logs in at. */
  readonly domain?: string;
  /** Passwords by bare JID: nobody else may log in. Default `"any"`: anybody may, with any password. */
  readonly accounts?: "any" | Readonly<Record<string, string>>;
  /** Messages that a room keeps for those who join; default 20. */
  readonly historySize?: number;
  /** How long a lost session can be resumed, in milliseconds; default 300,000 (XEP-0198 §5). */
  readonly resumeTimeoutMs?: number;
  /** Characters of one stanza, default 262,144: a longer one ends the stream, as on Prosody and ejabberd. */
  readonly stanzaChars?: number;
  /** The nick for somebody who asks for `nick` in `room`; another one is told with 210 (XEP-0045 §7.2.2). */
  readonly assignNick?: (nick: string, room: string) => string;
}

/** How somebody enters a room. */
export interface EnterOptions {
  /** His account; a resource in it is used. Default: made from the nick, the same for the same nick. */
  readonly jid?: JID | string;
  /** What he is to the room; granted by the service before he enters. */
  readonly affiliation?: Affiliation;
  /** The role that he enters with; default: the one that comes with his affiliation. */
  readonly role?: Exclude<Role, "none">;
  /** The password of the room. */
  readonly password?: string;
}

/** Which stanzas a fault is for. */
export interface FaultScope {
  /** Those to that account or client; default: to all who are connected. */
  readonly to?: JID | string;
  /** Only those of which this is true. */
  readonly only?: (stanza: Element) => boolean;
}

/** How long {@link TestServer.reorder} waits for the stanza that goes first. */
const REORDER_WITHIN_MS = 1_000;

const scopeOf = (scope: FaultScope | JID | string): FaultScope =>
  typeof scope === "string" || scope instanceof JID ? { to: scope } : scope;

const isNoIq = ({ name }: Element): boolean => name !== "iq";

/** How long clients get to take leave when the service is closed, in the machine's milliseconds. */
const CLOSE_TIMEOUT_MS = 500;

/**
 * An XMPP service with rooms, inside the process: real streams over TCP on the loopback address or in memory, real
 * routing, and rooms that behave as those of Prosody 0.12 where they differ from ejabberd's.
 *
 * A domain that clients log in at (or that is given here) is one of accounts; every other domain is a service of
 * rooms. Without a list of accounts all credentials are accepted.
 */
export class TestServer {
  /** Connects a client in memory: `new Session({ …, connect: server.connect })`. */
  readonly connect: Connect;
  readonly #host: Host;
  readonly #rooms: RoomServices;
  readonly #listener = new Listener((duplex) => this.#accept(duplex));
  readonly #streams = new Set<ClientStream>();
  readonly #names = new AccountNames();
  readonly #domain: string | null;
  readonly #stanzaChars: number;
  #onLastClosed: () => void = () => {};
  #closed = false;

  constructor(options: TestServerOptions = {}) {
    const { clock = systemClock, logger = silentLogger, historySize = 20 } = options;
    const accounts = new Accounts();
    this.#domain = options.domain ?? null;
    this.#stanzaChars = options.stanzaChars ?? 262_144;
    this.#rooms = new RoomServices({
      clock,
      historySize,
      send: (stanza) => this.#host.router.send(stanza),
      assignNick: options.assignNick ?? ((nick) => nick),
    });
    this.#host = new Host({
      clock,
      logger,
      accounts,
      resumeTimeoutMs: options.resumeTimeoutMs ?? 300_000,
      roomDesk: (stanza, from, to) => this.#rooms.handle(stanza, from, to),
      roomServices: (domain) => this.#rooms.domainsFor(domain),
    });
    if (options.domain !== undefined) accounts.addDomain(options.domain);
    if (options.accounts !== undefined && options.accounts !== "any") {
      accounts.restrict();
      for (const [jid, password] of Object.entries(options.accounts)) accounts.add(jid, password);
    }
    this.connect = ({ signal }) => {
      const { client, server } = memoryLink();
      if (this.#closed) throw new Error("connect ECONNREFUSED: this service is closed");
      signal.addEventListener("abort", () => client.destroy(), { once: true });
      this.#accept(server);
      return client;
    };
  }

  #accept(duplex: Duplex): void {
    const stream = new ClientStream(duplex, {
      host: this.#host,
      domain: this.#domain ?? this.#host.accounts.firstDomain ?? "localhost",
      stanzaChars: this.#stanzaChars,
      onClosed: (closed) => {
        this.#streams.delete(closed);
        if (this.#streams.size === 0) this.#onLastClosed();
      },
    });
    this.#streams.add(stream);
  }

  /** Listens for TCP connections on 127.0.0.1; port 0 (the default) takes any that is free. */
  listen(port = 0): Promise<ListenAddress> {
    return this.#listener.listen(port);
  }

  /** Ends all streams and stops listening. Over within half a second, whatever clients do; idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listener.close();
    this.thaw();
    this.#host.close();
    if (this.#streams.size === 0) return;
    const last = new Promise<void>((resolve) => (this.#onLastClosed = resolve));
    // Real input and output: on a clock of a test that stands still it would never end.
    const timer = systemClock.setTimeout(() => {
      for (const stream of this.#streams) stream.cut();
      this.#onLastClosed();
    }, CLOSE_TIMEOUT_MS);
    for (const stream of this.#streams) stream.end("system-shutdown");
    await last;
    timer.cancel();
  }

  /** Adds an account, or changes its password; from now on only listed accounts may log in. */
  addAccount(jid: JID | string, password: string): void {
    this.#host.accounts.add(jid, password);
  }

  /** The service's side of a room, whether it exists or not. Throws `ArgumentError` for what is no room's address. */
  room(jid: JID | string): ServiceRoom {
    const address = JID.from(jid).bare();
    if (address.local === null || this.#host.accounts.hasDomain(address.domain))
      throw new ArgumentError(
        `"${address.toString()}" is no room: it has to be at a domain without accounts`,
      );
    return new ServiceRoom(address, this.#rooms);
  }

  /**
   * Has somebody enter a room, who is then driven by the test. A room that does not exist is made by the service
   * first: open to all and persistent. Rejects with `TestServiceError` when he is refused.
   */
  async enter(room: JID | string, nick: string, options: EnterOptions = {}): Promise<TestUser> {
    const service = this.room(room);
    if (!service.exists) service.open();
    const jid = this.#accountFor(service.jid, nick, options.jid);
    if (options.affiliation !== undefined) service.setAffiliation(jid, options.affiliation);
    if (options.role !== undefined) service.reserveRole(jid, options.role);
    const puppet = new Puppet(this.#host, jid);
    const user = new TestUser(puppet, service, nick);
    puppet.post(xml("presence"));
    try {
      await user.join(options.password === undefined ? {} : { password: options.password });
    } catch (error) {
      puppet.close();
      throw error;
    }
    return user;
  }

  #accountFor(room: JID, nick: string, given: JID | string | undefined): JID {
    const { accounts } = this.#host;
    const domain = this.#domain ?? accounts.firstDomain ?? domainAbove(room.domain);
    const { sessions } = this.#host;
    const isTaken = (account: string): boolean =>
      sessions.ofAccount(account).some(({ link }) => !(link instanceof Puppet));
    const jid = given === undefined ? this.#names.accountFor(nick, domain, isTaken) : JID.from(given);
    if (jid.local === null) throw new ArgumentError(`"${jid.toString()}" is no account: write user@domain`);
    if (jid.domain === room.domain) throw new ArgumentError(`${jid.domain} has rooms, so it has no accounts`);
    accounts.addDomain(jid.domain);
    if (accounts.strict && !accounts.has(jid.bare())) accounts.add(jid, randomUUID());
    return jid.resource === null ? jid.withResource(this.#names.nextResource()) : jid;
  }

  /**
   * Breaks the connection of that account or client, or all connections, without a word. Managed sessions can be
   * resumed. Users driven by a test have no connection: they are meant only where they are named.
   */
  cut(jid?: JID | string): void {
    if (jid === undefined) for (const stream of this.#streams) stream.cut();
    else for (const { link } of this.#sessions(jid)) link?.cut();
  }

  /** Ends the sessions of that account or client as if nobody had come to resume them; breaks their connection first. */
  expireSession(jid: JID | string): void {
    for (const session of this.#sessions(jid)) {
      session.link?.cut();
      session.link = null;
      this.#host.expire(session);
    }
  }

  #sessions(jid: JID | string): readonly ClientSession[] {
    const { sessions } = this.#host;
    const address = JID.from(jid);
    if (address.resource === null) return sessions.ofAccount(address.toString());
    const session = sessions.get(address.toString());
    return session === undefined ? [] : [session];
  }

  /** The service stands still like a stopped process: connections stay, nothing is read or answered. */
  freeze(): void {
    this.#host.inbox.freeze();
    for (const stream of this.#streams) stream.freeze();
  }

  /** Goes on with everything that came meanwhile. */
  thaw(): void {
    this.#host.inbox.thaw();
    for (const stream of this.#streams) stream.thaw();
  }

  /**
   * From now on stanzas to clients arrive so many milliseconds late, in their order, by the clock of the service: while
   * the clock of a test stands still, none does. Several delays add up.
   *
   * @returns what ends it: then arrives at once what is on its way.
   */
  delay(delayMs: number, scope: FaultScope | JID | string = {}): () => void {
    if (!Number.isFinite(delayMs) || delayMs < 0)
      throw new ArgumentError(`${delayMs} is no time for stanzas to be late`);
    const { clock, inbox } = this.#host;
    return this.#fault(scope, () => new LateCourse(clock, inbox, delayMs));
  }

  /**
   * From now on each stanza to a client arrives twice.
   *
   * @returns what ends it.
   */
  duplicate(scope: FaultScope | JID | string = {}): () => void {
    return this.#fault(scope, () => doubleCourse);
  }

  /**
   * From now on the second of two stanzas to a client arrives before the first, which waits for it for at most a second.
   * Answers to requests keep their place, unless `only` says otherwise: a request waits for nothing else.
   *
   * @returns what ends it: then arrives at once what waits.
   */
  reorder(scope: FaultScope | JID | string = {}): () => void {
    const { clock, inbox } = this.#host;
    return this.#fault(
      { only: isNoIq, ...scopeOf(scope) },
      () => new SwappedCourse(clock, inbox, REORDER_WITHIN_MS),
    );
  }

  #fault(scope: FaultScope | JID | string, newCourse: () => Course): () => void {
    const { to, only = () => true } = scopeOf(scope);
    const address = to === undefined ? null : JID.from(to);
    const isMeant = (session: ClientSession): boolean =>
      address === null
        ? !(session.link instanceof Puppet)
        : address.equals(address.resource === null ? session.jid.bare() : session.jid);
    return this.#host.faults.begin((session, stanza) => isMeant(session) && only(stanza), newCourse);
  }

  /**
   * How many answers to requests of an account were kept back so far by {@link delay} and {@link reorder}: they do not
   * arrive while time stands still. Null where there are no such faults.
   */
  heldAnswers(jid: JID | string): number | null {
    const { faults } = this.#host;
    if (!faults.any) return null;
    return this.#sessions(jid).reduce((held, session) => held + faults.heldAnswers(session), 0);
  }

  /** The service of rooms (of that domain, or all) goes down and comes back: occupants are out, told with 332. */
  restartService(domain?: string): void {
    for (const room of this.#rooms.rooms(domain)) new ServiceRoom(room.jid, this.#rooms).restart();
  }

  /** The room forgets an occupant and tells nobody: the others keep a ghost, and he believes that he is in. */
  ghost(room: JID | string, nick: string): void {
    this.room(room).ghost(nick);
  }

  /** Makes a domain one that cannot be reached (`remote-server-not-found`), or ends that. */
  unreachable(domain: string, isUnreachable = true): void {
    const { unreachable } = this.#host.router;
    if (isUnreachable) unreachable.add(domain);
    else unreachable.delete(domain);
  }
}
