import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import type { Element } from "../base/element.js";
import { Emitter } from "../base/emitter.js";
import { JID } from "../base/jid.js";
import { silentLogger, type Logger } from "../base/logger.js";
import type { Session, SessionDiagnostic } from "../xmpp/session.js";
import { checkRoom, type JoinOptions } from "./join-options.js";
import { createRoom, type Room, type RoomControl } from "./room.js";
import type { Prepare, RoomHost } from "./room-host.js";

/** The events of a {@link MucClient}. */
export interface ClientEvents {
  /** A room was asked for with `join()`; it is told before anything happens in it. */
  readonly roomAdded: { readonly room: Room };
  /** Something was noticed and tolerated. */
  readonly diagnostic: SessionDiagnostic;
}

/** How a {@link MucClient} works. */
export interface MucClientOptions {
  /** Languages to pick texts in, best first; default none. */
  readonly languages?: readonly string[];
  /** Shapes what is said before it is sent; default unchanged. */
  readonly prepare?: Prepare;
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
 * comes and goes.
 */
export class MucClient extends Emitter<ClientEvents> {
  readonly #session: Session;
  readonly #host: RoomHost;
  readonly #controls = new Map<string, RoomControl>();
  readonly #rooms = new Map<string, Room>();

  constructor(session: Session, options: MucClientOptions = {}) {
    super();
    this.#session = session;
    const logger = options.logger ?? silentLogger;
    this.#host = {
      clock: options.clock ?? systemClock,
      logger,
      languages: options.languages ?? [],
      prepare: options.prepare ?? ((draft) => [draft]),
      iq: session.iq,
      get jid() {
        return session.jid;
      },
      get online() {
        return session.state === "online" || session.state === "interrupted";
      },
      send: (stanza) => session.send(stanza),
      diagnostic: (code, stanza) => {
        logger.debug({ code, stanza }, "Tolerated");
        this.emit("diagnostic", { code, stanza });
      },
      forget: (jid) => {
        this.#controls.delete(jid.toString());
        this.#rooms.delete(jid.toString());
      },
    };
    this.listenerFailed = (error, event) => logger.error({ error, event }, "A listener of the client failed");
    session.on("message", (stanza) => this.#message(stanza));
    session.on("presence", (stanza) => this.#presence(stanza));
    session.on("established", () => this.#each((control) => control.established()));
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
   * arguments are ignored. Throws `ArgumentError` for an address that is no room's, and for a nick that none can be.
   */
  join(jid: JID | string, nick: string, options: JoinOptions = {}): JoinHandle {
    const address = checkRoom(jid).toString();
    const known = this.#controls.get(address);
    if (known !== undefined) return { room: known.room, entered: known.entered };
    const control = createRoom(this.#host, address, nick, options);
    const { room, entered } = control;
    this.#controls.set(address, control);
    this.#rooms.set(address, room);
    queueMicrotask(() => this.#begin(control));
    this.emit("roomAdded", { room });
    return { room, entered };
  }

  /** A room that failed before it was asked for (its listeners stopped it) is not asked for any more. */
  #begin(control: RoomControl): void {
    if (this.#controls.get(control.room.jid.toString()) !== control) return;
    if (this.#session.state === "stopped") control.stopped();
    else if (this.#host.online) control.begin();
  }

  /** A room that throws is a defect of ours, and must not cost the others their turn. */
  #each(act: (control: RoomControl) => void): void {
    for (const control of Array.from(this.#controls.values())) this.#guarded(() => act(control), null);
  }

  #lost(): void {
    const final = this.#session.state === "stopped";
    this.#each((control) => (final ? control.stopped() : control.destroyed()));
  }

  #guarded(act: () => void, stanza: Element | null): void {
    try {
      act();
    } catch (error) {
      this.#host.logger.error({ error, stanza }, "A stanza could not be handled");
      this.#host.diagnostic("room-failed", stanza);
    }
  }

  #message(stanza: Element): void {
    const { from } = stanza.attrs;
    if (from === undefined) return;
    const slash = from.indexOf("/");
    const control = this.#find(slash < 0 ? from : from.slice(0, slash));
    if (control !== undefined) this.#guarded(() => control.message(stanza, nickOf(from, slash)), stanza);
    else if (stanza.attrs["type"] === "groupchat") this.#host.diagnostic("unknown-room", stanza);
  }

  #presence(stanza: Element): void {
    const { from } = stanza.attrs;
    if (from === undefined) return;
    const slash = from.indexOf("/");
    const control = this.#find(slash < 0 ? from : from.slice(0, slash));
    if (control !== undefined) this.#guarded(() => control.presence(stanza, nickOf(from, slash)), stanza);
  }

  /** Rooms are kept by their prepared address, and servers send that: only what is not found is looked at closer. */
  #find(bare: string): RoomControl | undefined {
    const control = this.#controls.get(bare);
    if (control !== undefined || this.#controls.size === 0) return control;
    const jid = JID.tryParse(bare);
    return jid === null ? undefined : this.#controls.get(jid.toString());
  }
}

function nickOf(from: string, slash: number): string | null {
  return slash < 0 || slash === from.length - 1 ? null : from.slice(slash + 1);
}
