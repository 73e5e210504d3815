import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { Emitter } from "../base/emitter.js";
import { JID } from "../base/jid.js";
import { silentLogger, type Logger } from "../base/logger.js";
import { redacting } from "../base/redacting-logger.js";
import type { Session, SessionDiagnostic } from "../xmpp/session.js";
import { DirectInbox } from "./direct-inbox.js";
import type { DirectMessageReceived } from "./events/direct-message.js";
import { askConfiguration, submitConfiguration } from "./admin/configuration.js";
import { destroyRoom, type DestroyOptions } from "./admin/destroy.js";
import { listRooms, type ListedRoom, type ListOptions } from "./admin/list-rooms.js";
import {
  affiliationChange,
  askAffiliated,
  type AffiliationEntry,
  type AffiliationOptions,
} from "./admin/ranks.js";
import { askInfo } from "./admin/room-info.js";
import { InvitationDesk } from "./invitations/invitation-desk.js";
import type { Invitation } from "./invitations/invitation.js";
import type { InvitationDeclined } from "./invitations/invitation-declined.js";
import type { InvitedOptions } from "./invitations/invited-rooms.js";
import type { ConfigurationForm } from "./forms/configuration-form.js";
import type { InfoForm } from "./forms/info-form.js";
import { checkRoom, type JoinOptions } from "./join-options.js";
import { JoinPace } from "./join-pace.js";
import { LateStanzas } from "./late-stanzas.js";
import { JoinError } from "./join-error.js";
import { joinRate, roomDelays, type RoomDelays } from "./delays.js";
import type { RoomControl } from "./room-control.js";
import { createRoom, type Room } from "./room.js";
import { checkSendPace, type SendPaceOptions } from "./room/send-pace.js";
import type { Prepare, RoomHost } from "./room-host.js";
import type { Affiliation } from "./wire/muc-user.js";

/** How many silent rooms are asked in a second whether we are in. */
const INQUIRIES_PER_SECOND = 20;

/** The events of a {@link MucClient}. */
export interface ClientEvents {
  /** A room was asked for with `join()`; it is told before anything happens in it. */
  readonly roomAdded: {
    readonly room: Room;
    /** The room that went on in this one (`onCause.alternative`), null where it was asked for. */
    readonly follows: Room | null;
  };
  /** Somebody wants us in a room that we are not in (XEP-0045 §7.8, XEP-0249). */
  readonly invitation: Invitation;
  /** Somebody does not want to come into a room (XEP-0045 §7.8.2). */
  readonly invitationDeclined: InvitationDeclined;
  /** Somebody wrote to our account, outside of any room. */
  readonly directMessage: DirectMessageReceived;
  /** Something was noticed and tolerated. */
  readonly diagnostic: SessionDiagnostic;
}

/** How a {@link MucClient} works. */
export interface MucClientOptions {
  /** Languages to pick texts in, best first; default none. */
  readonly languages?: readonly string[];
  /** Shapes what is said before it is sent; default unchanged. */
  readonly prepare?: Prepare;
  /** How fast each room is spoken to; default: only the session's limits hold. What waits goes out in order. */
  readonly outbound?: SendPaceOptions;
  /** How invitations are taken, and the rooms entered that they are for. */
  readonly invited?: InvitedOptions;
  /** How many joins go out in a second at most, whatever second one looks at; default 20. */
  readonly joinsPerSecond?: number;
  /** How long a join may stay unanswered, in milliseconds; default 30,000. */
  readonly joinTimeoutMs?: number;
  /** When a room's history counts as over though nothing says so, in milliseconds; default 10,000. */
  readonly historyTimeoutMs?: number;
  /** The bounds of the growing, jittered delay before a room is joined again, in milliseconds; default 2,000 and 300,000. */
  readonly rejoin?: Partial<RoomDelays["rejoin"]>;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/** What {@link MucClient.join} gives. */
export interface JoinHandle {
  readonly room: Room;
  /** Settles when the room was entered, or could not be: rejects with `JoinError`. Never an unhandled rejection. */
  readonly entered: Promise<void>;
}

/**
 * The rooms of one session (XEP-0045): finds out which room each stanza is for, and lets rooms know when the session
 * comes and goes. What asks a room or service for something resolves and rejects as that of a `Room` does.
 */
export class MucClient extends Emitter<ClientEvents> {
  readonly #session: Session;
  readonly #host: RoomHost;
  readonly #pace: JoinPace;
  /** Rooms of one service fall silent together. */
  readonly #inquiries: JoinPace;
  readonly #direct: DirectInbox;
  readonly #invitations: InvitationDesk;
  readonly #controls = new Map<string, RoomControl>();
  readonly #rooms = new Map<string, Room>();

  /** Throws `ArgumentError` for a number that is none. */
  constructor(session: Session, options: MucClientOptions = {}) {
    super();
    this.#session = session;
    const { clock = systemClock } = options;
    const logger = redacting(options.logger ?? silentLogger);
    this.#pace = new JoinPace(clock, joinRate(options.joinsPerSecond));
    this.#inquiries = new JoinPace(clock, INQUIRIES_PER_SECOND);
    const late = new LateStanzas(clock);
    this.#host = {
      clock,
      delays: roomDelays(options),
      logger,
      languages: options.languages ?? [],
      prepare: options.prepare ?? ((draft) => [draft]),
      outbound: options.outbound === undefined ? undefined : checkSendPace(options.outbound),
      iq: session.iq,
      get jid() {
        return session.jid;
      },
      get online() {
        return session.state === "online";
      },
      abandonedJoins: new Set(),
      get late() {
        return late.mayCome;
      },
      // Outside of a room nobody there hears it, and in the next session we are outside at first.
      send: (stanza, onAcknowledged) => session.send(stanza, { thisSessionOnly: true, onAcknowledged }),
      turn: (act, urgent) => this.#pace.run(() => this.#guarded(act, null), urgent),
      inquire: (act) => this.#inquiries.run(() => this.#guarded(act, null)),
      diagnostic: (code, stanza) => {
        logger.debug({ code, stanza }, "Tolerated");
        this.emit("diagnostic", { code, stanza });
      },
      decidedBy: options.invited?.decidedBy,
      failed: (error, stanza) => {
        logger.error({ error, stanza }, "A stanza could not be handled");
        this.#host.diagnostic("room-failed", stanza);
      },
      follow: (from, to, nick, how) => this.#follow(from, to, nick, how),
      forget: (jid) => {
        this.#controls.delete(jid.toString());
        this.#rooms.delete(jid.toString());
      },
      invited: (id, to, refused) => this.#invitations.sent.remember(id, to, refused),
    };
    this.#direct = new DirectInbox(this.#host, (event) => this.emit("directMessage", event));
    this.#invitations = this.#makeInvitations(options.invited);
    this.listenerFailed = (error, event) => logger.error({ error, event }, "A listener of the client failed");
    session.on("message", (stanza) => this.#deliver("message", stanza));
    session.on("presence", (stanza) => this.#deliver("presence", stanza));
    session.on("interrupted", () => this.#pace.pause());
    session.on("resumed", () => this.#pace.resume());
    session.on("resumed", () => late.begin());
    session.on("destroyed", () => late.end());
    session.on("established", () => this.#established());
    session.on("destroyed", () => this.#lost());
    session.on("stopped", () => this.#lost());
  }

  /** The rooms that are not over, by bare JID. */
  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** The room of this address, unless it is over. Throws `ArgumentError` for what is no address. */
  getRoom(jid: JID | string): Room | undefined {
    return this.#rooms.get(JID.from(jid).bare().toString());
  }

  /**
   * Asks to enter a room, now or as soon as there is a session. Returns at once: no event is fired before the turn
   * after that, so listeners can be attached first. A room that is known already is returned as it is, and the other
   * arguments are ignored; of one that is being left `entered` rejects with the reason `aborted`: wait for `leave()`,
   * then ask again. Throws `ArgumentError` for an address that is no room's, and for a nick that none can be.
   */
  join(jid: JID | string, nick: string, options: JoinOptions = {}): JoinHandle {
    const address = checkRoom(jid).toString();
    const known = this.#controls.get(address);
    if (known !== undefined) return { room: known.room, entered: enteredAgain(known) };
    return this.#add(address, nick, options, null);
  }

  #add(address: string, nick: string, options: JoinOptions, follows: Room | null): JoinHandle {
    const control = createRoom(this.#host, address, nick, options);
    const { room, entered } = control;
    this.#controls.set(address, control);
    this.#rooms.set(address, room);
    queueMicrotask(() => this.#guarded(() => this.#begin(control), null));
    this.emit("roomAdded", { room, follows });
    return { room, entered };
  }

  /** The room that ended made place for this one: we are in no more rooms than before. */
  #follow(from: Room, to: JID, nick: string, options: JoinOptions): void {
    const { logger } = this.#host;
    const rooms = { room: from.jid, alternative: to };
    if (this.#controls.has(to.toString()))
      return logger.info(rooms, "The room went on in one where we are already");
    logger.info(rooms, "The room went on elsewhere: we follow");
    const { room, entered } = this.#add(to.toString(), nick, options, from);
    this.#invitations.followed(from, room);
    entered.catch((error: unknown) => logger.warn({ ...rooms, error }, "We could not follow"));
  }

  /** The configuration of a room that we own; we need not be in it (XEP-0045 §10.2). */
  async getRoomConfig(room: JID | string): Promise<ConfigurationForm> {
    return askConfiguration(this.#host, checkRoom(room));
  }

  /** Submits a configuration: one from {@link getRoomConfig}, or a blank one that names what is to change. */
  async setRoomConfig(room: JID | string, form: ConfigurationForm): Promise<void> {
    await submitConfiguration(this.#host, checkRoom(room), form);
  }

  /** Makes an account, or a whole domain, something else to a room (XEP-0045 §9, §10.3 to §10.8). */
  async setAffiliation(
    room: JID | string,
    account: JID | string,
    affiliation: Affiliation,
    options?: AffiliationOptions,
  ): Promise<void> {
    await affiliationChange(this.#host, checkRoom(room), account, affiliation, options)();
  }

  /** Everybody with that affiliation (XEP-0045 §9.2, §9.5, §10.5, §10.8). */
  async getAffiliated(room: JID | string, affiliation: Affiliation): Promise<readonly AffiliationEntry[]> {
    return askAffiliated(this.#host, checkRoom(room), affiliation);
  }

  /** What a room tells of itself (XEP-0045 §6.4). */
  async getRoomInfo(room: JID | string): Promise<InfoForm> {
    return askInfo(this.#host, checkRoom(room));
  }

  /** The public rooms of a service (XEP-0045 §6.3). */
  async listRooms(service: JID | string, options?: ListOptions): Promise<readonly ListedRoom[]> {
    return listRooms(this.#host, service, options);
  }

  /** Ends a room for good (XEP-0045 §10.9); for owners. */
  async destroyRoom(room: JID | string, options?: DestroyOptions): Promise<void> {
    await destroyRoom(this.#host, checkRoom(room), options);
  }

  #makeInvitations(options: InvitedOptions = {}): InvitationDesk {
    const session = this.#session;
    const desk = new InvitationDesk(
      {
        room: this.#host,
        logger: this.#host.logger,
        get jid() {
          return session.jid;
        },
        getRoom: (jid) => this.#rooms.get(jid.toString()),
        join: (jid, nick, how) => this.join(jid, nick, how),
        invited: (invitation) => this.emit("invitation", invitation),
        declined: (event) => this.emit("invitationDeclined", event),
      },
      options,
    );
    session.on("established", () => desk.established());
    session.on("stopped", () => desk.close());
    return desk;
  }

  /** Invitations come by anybody, in rooms and outside: they are looked for first. */
  #isInvitation(stanza: Element): boolean {
    try {
      return this.#invitations.take(stanza);
    } catch (error) {
      this.#host.failed(error, stanza);
      return true;
    }
  }

  /** A room that failed before it was asked for (its listeners stopped it) is not asked for any more. */
  #begin(control: RoomControl): void {
    if (!this.#knows(control)) return;
    const { state } = this.#session;
    if (state === "stopped") control.stopped();
    else if (state === "online" || state === "interrupted") this.#turn(control, () => control.begin());
  }

  #knows(control: RoomControl): boolean {
    return this.#controls.get(control.room.jid.toString()) === control;
  }

  #turn(control: RoomControl, act: () => void): void {
    this.#host.turn(() => {
      if (this.#knows(control)) act();
    });
  }

  #established(): void {
    this.#pace.clear();
    this.#pace.resume();
    for (const control of Array.from(this.#controls.values()))
      this.#turn(control, () => control.established());
  }

  /** A room that throws is a defect of ours, and must not cost the others their turn. */
  #each(act: (control: RoomControl) => void): void {
    for (const control of Array.from(this.#controls.values())) this.#guarded(() => act(control), null);
  }

  #lost(): void {
    this.#pace.clear();
    this.#inquiries.clear();
    const final = this.#session.state === "stopped";
    this.#each((control) => (final ? control.stopped() : control.destroyed()));
  }

  #guarded(act: () => void, stanza: Element | null): void {
    try {
      act();
    } catch (error) {
      this.#host.failed(error, stanza);
    }
  }

  #deliver(kind: "message" | "presence", stanza: Element): void {
    if (kind === "message" && this.#isInvitation(stanza)) return;
    const { from } = stanza.attrs;
    // What has no sender is from the own account.
    if (from === undefined) return this.#notOfRoom(kind, stanza);
    const slash = from.indexOf("/");
    const control = this.#find(slash < 0 ? from : from.slice(0, slash));
    if (control === undefined) return this.#notOfRoom(kind, stanza);
    // An empty resource is none, and what is sent in its name is not said by the room.
    if (slash === from.length - 1) return this.#host.diagnostic("bad-jid", stanza);
    const nick = slash < 0 ? null : from.slice(slash + 1);
    try {
      if (kind === "message") control.message(stanza, nick);
      else control.presence(stanza, nick);
    } catch (error) {
      this.#host.failed(error, stanza);
    }
  }

  #notOfRoom(kind: "message" | "presence", stanza: Element): void {
    if (kind === "message") this.#guarded(() => this.#direct.receive(stanza), stanza);
  }

  /** Rooms are kept by their prepared address, and servers send that: only what is not found is looked at closer. */
  #find(bare: string): RoomControl | undefined {
    const control = this.#controls.get(bare);
    if (control !== undefined || this.#controls.size === 0) return control;
    const jid = JID.tryParse(bare);
    return jid === null ? undefined : this.#controls.get(jid.toString());
  }
}

/** That of a room which is on its way out was fulfilled long ago, and would promise what does not come. */
function enteredAgain({ room, entered }: RoomControl): Promise<void> {
  if (room.state !== "leaving") return entered;
  const leaving = new Error("it is being left: wait for leave() first");
  const refused = Promise.reject<void>(new JoinError(room.jid.toString(), "aborted", leaving));
  refused.catch(() => {});
  return refused;
}
