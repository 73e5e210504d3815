import type { Element } from "../base/element.js";
import { Emitter } from "../base/emitter.js";
import { JID } from "../base/jid.js";
import type { LanguageMap } from "../base/language-map.js";
import type { RoomEvents } from "./events/event-map.js";
import { checkHistory, checkNick, checkRoom, type JoinOptions } from "./join-options.js";
import type { MessageTracker } from "./message-tracker.js";
import { ServiceMember, type Occupant } from "./occupant.js";
import type { RoomHost } from "./room-host.js";
import { Inbox } from "./room/inbox.js";
import { Membership } from "./room/membership.js";
import { Outbound } from "./room/outbound.js";
import type { Outage } from "./room/room-core.js";
import { RoomContext } from "./room/room-context.js";
import type { Phase } from "./room/room-machine.js";
import { draftOf, type DraftInit } from "./wire/draft.js";

/** What a room is doing; it is `joining` from the moment it was asked for. */
export type RoomState = Exclude<Phase, "idle">;

/** The client's side of a room. Not part of the package's surface. */
export interface RoomControl {
  readonly room: Room;
  readonly entered: Promise<void>;
  /** There is a session already: the join goes out, unless it did. */
  begin(): void;
  established(): void;
  destroyed(): void;
  /** The session will not come back. */
  stopped(): void;
  presence(stanza: Element, nick: string | null): void;
  message(stanza: Element, nick: string | null): void;
}

let makeRoom: (host: RoomHost, jid: JID, nick: string, options: JoinOptions) => RoomControl;

const LEAVE_TIMEOUT_MS = 5_000;

/**
 * One room, from `join()` to `failure` or `exit` (XEP-0045). Listeners are called synchronously, and what the room
 * shows then includes exactly the event.
 */
export class Room extends Emitter<RoomEvents> {
  readonly #service: ServiceMember;
  readonly #context: RoomContext;
  readonly #membership: Membership;
  readonly #outbound: Outbound;

  static {
    makeRoom = (host, jid, nick, options) => {
      const room = new Room(host, jid, nick, options);
      const inbox = new Inbox(room.#context, room.#membership, room.#outbound);
      const { core } = room.#membership;
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
        },
        message: (stanza, from) => {
          inbox.message(stanza, from);
          room.#context.noteStanza();
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
    this.on("suspend", () => this.#context.tracking.suspended());
    this.on("caughtUp", () => this.#context.tracking.caughtUp());
    this.on("exit", () => this.#context.tracking.over());
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

  /** Come back by itself after a loss; may be changed at any time. */
  get autorejoin(): boolean {
    return this.#context.autorejoin;
  }

  set autorejoin(autorejoin: boolean) {
    this.#context.autorejoin = autorejoin;
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
  async sendMessage(draft: DraftInit): Promise<void> {
    await this.#outbound.say(draftOf(draft), null);
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
  if (options.history !== undefined) checkHistory(options.history);
  return makeRoom(host, checkRoom(jid), checkNick(nick), options);
}
