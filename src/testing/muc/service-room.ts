import type { Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import { expel, NO_CAUSE, setAffiliation, setRole } from "./affiliations.js";
import { announceToSelf } from "./announce.js";
import { configure } from "./configure.js";
import { destroy } from "./owner.js";
import type { Room } from "./room.js";
import type { RoomConfig } from "./room-config.js";
import type { RoomOccupant } from "./room-occupant.js";
import type { RoomServices } from "./room-services.js";
import { setSubject } from "./subject.js";
import type { TranscriptLine } from "./transcript.js";

/** Somebody in a room, as the service sees him. */
export interface ServiceOccupant {
  /** As the room has it. */
  readonly nick: string;
  /** The clients that he is in the room with, as full JIDs. */
  readonly jids: readonly JID[];
  /** What he may do now. */
  readonly role: Role;
  /** What his account is to the room. */
  readonly affiliation: Affiliation;
}

/**
 * The service's side of a room, for tests: what it knows, and what an administrator could do to it. It is a handle by
 * address, whether there is such a room or not: looking finds nothing then, and acting makes the room first (open to
 * all, persistent, without an owner). What it does is done at once.
 */
export class ServiceRoom {
  /** The bare JID. */
  readonly jid: JID;
  readonly #services: RoomServices;

  /** For `TestServer.room`. */
  constructor(jid: JID, services: RoomServices) {
    this.jid = jid;
    this.#services = services;
  }

  get #room(): Room | undefined {
    return this.#services.find(this.jid);
  }

  #made(): Room {
    return this.#room ?? this.#services.create(this.jid);
  }

  /** Whether there is such a room. */
  get exists(): boolean {
    return this.#room !== undefined;
  }

  /** Whether the room waits for its owner to configure it (XEP-0045 §10.1). */
  get locked(): boolean {
    return this.#room?.locked ?? false;
  }

  /** Who is in the room, in the order of entering. */
  get occupants(): readonly ServiceOccupant[] {
    const room = this.#room;
    if (room === undefined) return [];
    return [...room.occupants.values()].map(({ nick, bare, role, sessions }) => ({
      nick,
      jids: [...sessions.keys()].map((full) => JID.parse(full)),
      role,
      affiliation: room.affiliationOf(bare),
    }));
  }

  /** What accounts (and domains) are to the room, by bare JID. */
  get affiliations(): ReadonlyMap<string, Affiliation> {
    return new Map([...(this.#room?.affiliations ?? [])].map(([jid, { affiliation }]) => [jid, affiliation]));
  }

  /** The subject, `""` where there is none. */
  get subject(): string {
    return this.#room?.subject?.text ?? "";
  }

  /** The messages that who joins can get, oldest first. */
  get history(): readonly Element[] {
    return (this.#room?.history.entries ?? []).map(({ stanza }) => stanza);
  }

  /** The configuration, null where there is no room. */
  get config(): RoomConfig | null {
    return this.#room?.config ?? null;
  }

  /** What was said in the room, oldest first; the last 10,000 messages. */
  get transcript(): readonly TranscriptLine[] {
    return this.#room?.transcript.lines ?? [];
  }

  /** Makes the room where there is none; opens it where its owner has not configured it yet. */
  open(): this {
    this.#made().locked = false;
    return this;
  }

  /** Changes the configuration, and tells the occupants (104, 172, 173; XEP-0045 §10.2.1). */
  configure(changes: Partial<RoomConfig>): void {
    const room = this.#made();
    configure(room, { ...room.config, ...changes });
  }

  /** Makes an account something to the room, and tells the occupants (XEP-0045 §9, §10). */
  setAffiliation(
    jid: JID | string,
    affiliation: Affiliation,
    options: { readonly reason?: string; readonly nick?: string } = {},
  ): void {
    const bare = JID.from(jid).bare().toString();
    const cause = { actor: null, reason: options.reason ?? null };
    setAffiliation(this.#made(), bare, affiliation, cause, options.nick ?? null);
  }

  /** Gives somebody in the room another role. Throws {@link ArgumentError} where nobody has that nick. */
  setRole(nick: string, role: Exclude<Role, "none">, options: { readonly reason?: string } = {}): void {
    const { room, occupant } = this.#present(nick);
    setRole(room, occupant, role, { actor: null, reason: options.reason ?? null });
  }

  /** Has an account enter with this role the next time. */
  reserveRole(jid: JID | string, role: Exclude<Role, "none">): void {
    this.#made().reservedRoles.set(JID.from(jid).bare().toString(), role);
  }

  /**
   * Puts somebody out of the room with a status code: 307 by default, or 301, 321, 322, 332, 333. What he is to the
   * room stays as it was. Throws {@link ArgumentError} where nobody has that nick.
   */
  kick(nick: string, options: { readonly status?: number; readonly reason?: string } = {}): void {
    const { room, occupant } = this.#present(nick);
    expel(room, occupant, [options.status ?? 307], { actor: null, reason: options.reason ?? null });
    room.vanishIfEmpty();
  }

  /** Sets the subject in the name of somebody, who need not be in the room. */
  setSubject(text: string, nick: string): void {
    setSubject(this.#made(), nick, text);
  }

  /** Ends the room (XEP-0045 §10.9). Harmless where there is none. */
  destroy(
    options: {
      readonly reason?: string;
      readonly alternative?: JID | string;
      readonly password?: string;
    } = {},
  ): void {
    const room = this.#room;
    if (room === undefined) return;
    const { reason = null, alternative = null, password = null } = options;
    destroy(room, { reason, alternative: alternative?.toString() ?? null, password });
  }

  /** Forgets an occupant and tells nobody: the others keep a ghost, and he believes that he is in. */
  ghost(nick: string): void {
    const { room, occupant } = this.#present(nick);
    room.remove(occupant);
  }

  /** The service goes down and comes back: all are out, told with 332 as by ejabberd; what is persistent stays. */
  restart(): void {
    const room = this.#room;
    if (room === undefined) return;
    const reason = "You are being removed from the room because of a system shutdown";
    const gone = { ...NO_CAUSE, type: "unavailable", codes: [332], affiliation: "none", reason } as const;
    for (const occupant of room.occupants.values()) announceToSelf(room, occupant, gone);
    for (const occupant of room.occupants.values()) room.remove(occupant);
    room.vanishIfEmpty();
  }

  #present(nick: string): { readonly room: Room; readonly occupant: RoomOccupant } {
    const room = this.#room;
    const occupant = room?.occupants.get(nick);
    if (room === undefined || occupant === undefined)
      throw new ArgumentError(`Nobody called "${nick}" is in ${this.jid.toString()}`);
    return { room, occupant };
  }
}
