import { Emitter } from "../base/emitter.js";
import { JID } from "../base/jid.js";
import type { LanguageMap } from "../base/language-map.js";
import { askConfiguration, submitConfiguration } from "./admin/configuration.js";
import { destroyRoom, type DestroyOptions } from "./admin/destroy.js";
import {
  askAffiliated,
  type AffiliationEntry,
  type AffiliationOptions,
  type RoleOptions,
} from "./admin/ranks.js";
import { askReservedNick, register, unregister } from "./admin/registration.js";
import { RoomAdmin, type AffiliationSetting, type RoleSetting } from "./admin/room-admin.js";
import { askInfo } from "./admin/room-info.js";
import type { RoomEvents } from "./events/event-map.js";
import type { ConfigurationForm } from "./forms/configuration-form.js";
import type { InfoForm } from "./forms/info-form.js";
import { sendInvitation } from "./invitations/send.js";
import type { InviteOptions } from "./invitations/write.js";
import { checkJoin, checkNick, checkRoom, type JoinOptions } from "./join-options.js";
import type { MessageTracker } from "./message-tracker.js";
import { ServiceMember, type Occupant } from "./occupant.js";
import type { RoomControl } from "./room-control.js";
import type { RoomHost } from "./room-host.js";
import { Inbox } from "./room/inbox.js";
import { Membership } from "./room/membership.js";
import { Outbound } from "./room/outbound.js";
import { OwnPresence, type PresenceInit } from "./room/own-presence.js";
import type { Outage } from "./room/room-core.js";
import { RoomContext } from "./room/room-context.js";
import type { Phase } from "./room/room-machine.js";
import type { SelfPing } from "./room/self-ping.js";
import { requestVoice, type VoiceOutcome } from "./room/voice-wish.js";
import { draftOf, type DraftInit } from "./wire/draft.js";
import type { Affiliation, Role } from "./wire/muc-user.js";

/** What a room is doing; it is `joining` from the moment it was asked for. */
export type RoomState = Exclude<Phase, "idle">;

let makeRoom: (host: RoomHost, jid: JID, nick: string, options: JoinOptions) => RoomControl;

const LEAVE_TIMEOUT_MS = 5_000;

/**
 * One room, from `join()` to `failure` or `exit` (XEP-0045). Listeners are called synchronously, and what the room
 * shows then includes exactly the event.
 *
 * What asks the service for something (`kick` to `getReservedNick`) resolves with its answer. It rejects with
 * `ArgumentError` before anything is sent, with the `XmppError` of a refusal, with `RequestTimeoutError` after 30 s
 * without an answer (services do not answer everything), and with what ended the session where that comes before.
 */
export class Room extends Emitter<RoomEvents> {
  readonly #service: ServiceMember;
  readonly #context: RoomContext;
  readonly #membership: Membership;
  readonly #outbound: Outbound;
  readonly #admin: RoomAdmin;
  readonly #own: OwnPresence;

  static {
    makeRoom = (host, jid, nick, options) => {
      const room = new Room(host, jid, nick, options);
      const inbox = new Inbox(room.#context, room.#membership, room.#outbound);
      const { core, silence } = room.#membership;
      return {
        room,
        get entered() {
          return room.#membership.entered;
        },
        begin: () => {
          if (core.state.phase === "idle") core.input({ type: "established" });
        },
        established: () => core.input({ type: "established" }),
        destroyed: () => core.input({ type: "destroyed" }),
        stopped: () => {
          room.autorejoin = false;
          core.input({ type: "destroyed" });
        },
        presence: (stanza, from) => {
          inbox.presence(stanza, from);
          room.#context.noteStanza();
          if (stanza.attrs["type"] !== "error") silence.heard();
        },
        message: (stanza, from) => {
          inbox.message(stanza, from);
          room.#context.noteStanza();
          if (stanza.attrs["type"] === "groupchat") silence.heard();
        },
      };
    };
  }

  private constructor(host: RoomHost, jid: JID, nick: string, options: JoinOptions) {
    super();
    this.#service = new ServiceMember(jid);
    this.#context = new RoomContext({
      host,
      jid,
      room: this,
      tell: (event) => this.emit(event.type, event as never),
      password: options.password ?? null,
      autorejoin: options.autorejoin ?? true,
    });
    this.#membership = new Membership(this.#context, nick, options);
    this.#outbound = new Outbound(this.#context, () => this.#membership.core.inside);
    const assertInside = (): void => this.#outbound.assertInside();
    this.#admin = new RoomAdmin(this.#context, assertInside);
    this.#own = new OwnPresence(this.#context, assertInside);
    this.listenerFailed = (error, event) =>
      host.logger.error({ error, event, room: jid }, "A listener of a room failed");
  }

  /** The bare JID. */
  get jid(): JID {
    return this.#context.jid;
  }

  /** The room itself as a sender. */
  get service(): ServiceMember {
    return this.#service;
  }

  /** What the room is doing. */
  get state(): RoomState {
    const { phase } = this.#membership.core.state;
    return phase === "idle" ? "joining" : phase;
  }

  /** Entered, and not over: true also in an outage that will pass. Whether we are in now says {@link active}. */
  get joined(): boolean {
    const { entered, phase } = this.#membership.core.state;
    return entered && phase !== "left";
  }

  /** Whether we are in, and what comes is live. */
  get active(): boolean {
    return this.#membership.core.state.phase === "active";
  }

  /** The outage under way, null when there is none. */
  get outage(): Outage | null {
    return this.#membership.core.outage;
  }

  /** Our nick: the one the room gave us; before that, the one asked for. */
  get nick(): string {
    return this.me?.nick ?? this.#membership.nicks.current;
  }

  /** Us; null until the room was entered for the first time, and never again after that. */
  get me(): Occupant | null {
    return this.#context.table.me;
  }

  /** Everybody who is there, us first. The same list until somebody comes or goes. */
  get occupants(): readonly Occupant[] {
    return this.#context.table.list;
  }

  /** Who has this nick now, null for nobody. */
  getOccupant(nick: string): Occupant | null {
    return this.#context.table.get(nick);
  }

  /** Whoever is there with this real address, as far as the room tells addresses. */
  findByRealJid(jid: JID | string): readonly Occupant[] {
    const bare = JID.from(jid).bare();
    return this.occupants.filter((occupant) => occupant.realJid?.equals(bare) ?? false);
  }

  /** What the room says that it can (disco#info); empty until it has answered. */
  get features(): ReadonlySet<string> {
    return this.#context.features;
  }

  /** The subject by language; empty when there is none. */
  get subject(): LanguageMap {
    return this.#context.subject;
  }

  /** The nick of whoever set the subject; null for the room itself, or nobody. */
  get subjectSetter(): string | null {
    return this.#context.subjectSetter;
  }

  /**
   * Come back by itself after a loss; may be changed at any time. A room that is out already when this is switched off
   * ends in `exit` when its turn comes.
   */
  get autorejoin(): boolean {
    return this.#context.autorejoin;
  }

  set autorejoin(autorejoin: boolean) {
    this.#context.autorejoin = autorejoin;
  }

  /**
   * When a silent room is asked whether we are still in, and how (XEP-0410). Setting it changes what it names, from
   * now on, and keeps the rest; throws `ArgumentError` for what is no positive number of milliseconds.
   */
  get selfPing(): SelfPing {
    return this.#membership.silence.settings;
  }

  set selfPing(changes: Partial<SelfPing>) {
    this.#membership.silence.change(changes);
  }

  /** Sent with the next join; null for none. */
  get password(): string | null {
    return this.#context.password;
  }

  set password(password: string | null) {
    this.#context.password = password;
  }

  /**
   * Says something in the room. Resolves when it was handed to the stream. Rejects with `NotJoinedError` while we are
   * not in, and with `ArgumentError` for a draft that says nothing, or is too large.
   */
  sendMessage(draft: DraftInit): Promise<void> {
    return this.#outbound.say(draftOf(draft), null);
  }

  /**
   * As {@link sendMessage}, and tells what becomes of it. It comes back to the tracker, and is no `message` then. After
   * `timeoutMs` (default: never) the tracker is closed. Throws `NotJoinedError` and `ArgumentError`.
   */
  sendMessageTracked(draft: DraftInit, options: { readonly timeoutMs?: number } = {}): MessageTracker {
    return this.#outbound.sayTracked(draftOf(draft), options.timeoutMs ?? null);
  }

  /**
   * Says something to one occupant (XEP-0045 §7.5). An `Occupant` must still be there: the nick may be somebody else's
   * by now. Rejects with `NotJoinedError`.
   */
  async sendPrivate(to: Occupant | string, draft: DraftInit): Promise<void> {
    await this.#outbound.whisper(to, draft, null);
  }

  /**
   * Sets the subject; `""` clears it (XEP-0045 §8.1). Resolves when it was handed to the stream; a refusal comes as
   * `messageError`.
   */
  async setSubject(subject: string | LanguageMap): Promise<void> {
    await this.#outbound.setSubject(subject);
  }

  /**
   * Says how we are there (XEP-0045 §7.7), now and whenever the room is joined again. Resolves when it was handed to
   * the stream.
   */
  async setPresence(presence: PresenceInit): Promise<void> {
    await this.#own.set(presence);
  }

  /**
   * Takes another nick (XEP-0045 §7.6). Resolves when the room says so, at once for the nick that we have. Rejects with
   * the `XmppError` of a refusal, with `RequestTimeoutError`, and with `NotJoinedError` when we are out before.
   */
  async setNick(nick: string): Promise<void> {
    await this.#own.changeNick(nick);
  }

  /**
   * Asks the moderators for voice (XEP-0045 §7.13). Resolves with `granted` when we may speak, at once where we may already;
   * with `left` when we are out before. A moderator who says no is never heard of: it `expired` after half an hour, which
   * is as long as ejabberd has one wait for the next request. Rejects with the `XmppError` of the room's refusal, and
   * with `NotJoinedError` where we are not in.
   */
  async requestVoice(): Promise<VoiceOutcome> {
    this.#outbound.assertInside();
    return requestVoice(this.#context);
  }

  /**
   * Invites an account: directly (XEP-0249), with the password that we entered with; with `mode: "mediated"` through the
   * room (XEP-0045 §7.8.2), which makes a member of the invited where only members may enter. Resolves when handed to
   * the stream; a refusal comes as `messageError`. Rejects with `NotJoinedError`, and with `ArgumentError`.
   */
  async invite(jid: JID | string, options: InviteOptions = {}): Promise<void> {
    this.#outbound.assertInside();
    await sendInvitation(this.#context, jid, options);
  }

  /** Puts somebody out (XEP-0045 §8.2). Rejects with `ArgumentError` where an `Occupant` has not its nick any more. */
  async kick(who: Occupant | string, options?: RoleOptions): Promise<void> {
    await this.#admin.setRole(who, "none", options);
  }

  /**
   * Bans an account, or a whole domain (XEP-0045 §9.1). Rejects with `ArgumentError` for an `Occupant` of whom the room
   * does not tell the real address.
   */
  async ban(who: Occupant | JID | string, options?: RoleOptions): Promise<void> {
    await this.#admin.ban(who, options);
  }

  /**
   * Gives somebody in the room another role (XEP-0045 §8.3, §8.4, §9.6, §9.7). Rejects with `ArgumentError` where an
   * `Occupant` has not its nick any more: the service knows only nicks.
   */
  async setRole(who: Occupant | string, role: Role, options?: RoleOptions): Promise<void> {
    await this.#admin.setRole(who, role, options);
  }

  /** As {@link setRole}, several at once: all are checked first, and each has its own result. */
  async setRoles(settings: readonly RoleSetting[]): Promise<readonly PromiseSettledResult<void>[]> {
    return this.#admin.setRoles(settings);
  }

  /** Makes an account, or a whole domain, something else to the room; it need not be there (XEP-0045 §9, §10.3 to §10.8). */
  async setAffiliation(
    account: JID | string,
    affiliation: Affiliation,
    options?: AffiliationOptions,
  ): Promise<void> {
    await this.#admin.setAffiliation(account, affiliation, options);
  }

  /** As {@link setAffiliation}, several at once: all are checked first, and each has its own result. */
  async setAffiliations(
    settings: readonly AffiliationSetting[],
  ): Promise<readonly PromiseSettledResult<void>[]> {
    return this.#admin.setAffiliations(settings);
  }

  /** Everybody with that affiliation (XEP-0045 §9.2, §9.5, §10.5, §10.8). */
  async getAffiliated(affiliation: Affiliation): Promise<readonly AffiliationEntry[]> {
    return askAffiliated(this.#context.host, this.jid, affiliation);
  }

  /** The configuration, as the owner gets it (XEP-0045 §10.2). */
  async getConfig(): Promise<ConfigurationForm> {
    return askConfiguration(this.#context.host, this.jid);
  }

  /** Submits a configuration: one from {@link getConfig}, or a blank one that names what is to change. */
  async setConfig(form: ConfigurationForm): Promise<void> {
    await submitConfiguration(this.#context.host, this.jid, form);
  }

  /** What the room tells of itself (XEP-0045 §6.4); {@link features} are those of the answer then. */
  async getInfo(): Promise<InfoForm> {
    return askInfo(this.#context.host, this.jid, (features) => this.#context.learnFeatures(features));
  }

  /** Ends the room for good (XEP-0045 §10.9); for owners. */
  async destroy(options?: DestroyOptions): Promise<void> {
    await destroyRoom(this.#context.host, this.jid, options);
  }

  /** Registers a nick with the room, or with its service where that does it (XEP-0045 §7.10). */
  async register(options: { readonly nick: string }): Promise<void> {
    await register(this.#context.host, this.jid, options.nick);
  }

  /** Gives up the registration. In Prosody that ends the membership, too. */
  async unregister(): Promise<void> {
    await unregister(this.#context.host, this.jid);
  }

  /** The nick that is reserved for us (XEP-0045 §7.12), null for none. */
  async getReservedNick(): Promise<string | null> {
    return askReservedNick(this.#context.host, this.jid);
  }

  /**
   * Leaves for good (XEP-0045 §7.14). Resolves when the room is over, at the latest after `timeoutMs` (default 5 s);
   * harmless when it is over already. In an outage it ends at once, and is not joined again.
   */
  leave(options: { readonly status?: string; readonly timeoutMs?: number } = {}): Promise<void> {
    return this.#membership.leave(options.status ?? null, options.timeoutMs ?? LEAVE_TIMEOUT_MS);
  }
}

/** Makes a room. Throws `ArgumentError` for an address that is no room's, and for a nick that none can be. */
export function createRoom(
  host: RoomHost,
  jid: JID | string,
  nick: string,
  options: JoinOptions,
): RoomControl {
  checkJoin(options);
  return makeRoom(host, checkRoom(jid), checkNick(nick), options);
}
