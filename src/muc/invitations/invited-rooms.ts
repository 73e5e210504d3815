import { messageOf, MucwrightError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import type { Logger } from "../../base/logger.js";
import type { JoinHandle } from "../client.js";
import type { JoinOptions } from "../join-options.js";
import type { Room } from "../room.js";
import type { Invitation } from "./invitation.js";

/** A room that was entered by invitation, with what is needed to enter it again after a restart. */
export interface InvitedRoom {
  readonly jid: JID;
  /** The nick that we have there. */
  readonly nick: string;
  /** Its password, null for none. Whoever writes it down has to keep it secret. */
  readonly password: string | null;
  readonly invitation: Invitation;
}

/** How invitations are taken, and the rooms entered that they are for. */
export interface InvitedOptions {
  /** The nick where `accept` names none; default: the local part of the account. */
  readonly nick?: string;
  /** How such a room is joined; a room that does not exist is not made, unless this says so (`create`). */
  readonly join?: Omit<JoinOptions, "password">;
  /** In how many rooms we may be by invitation at a time; default 50. */
  readonly maxRooms?: number;
  /**
   * Told of each room that was entered by invitation, so that it can be entered again after a restart. What it throws is
   * logged.
   */
  readonly keep?: (room: InvitedRoom) => void | Promise<void>;
  /** How long an invitation can be decided, in milliseconds; default a day. */
  readonly expiresMs?: number;
  /** For how long the same invitation counts once, in milliseconds; default a minute. */
  readonly repeatWindowMs?: number;
  /** Who decides at this moment, for the log; null: nobody in particular. */
  readonly decidedBy?: () => string | null;
}

/** We are in as many rooms by invitation as we may: nothing was sent. */
export class InvitedRoomsError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("tooManyRooms", message, options);
  }
}

/** More than that is rather an attack than a success; ejabberd lets one be in 100 rooms. */
const MAX_ROOMS = 50;

/** What {@link InvitedRooms} needs of its client. */
export interface InvitedRoomsHost {
  readonly logger: Logger;
  readonly jid: JID | null;
  join(room: JID, nick: string, options: JoinOptions): JoinHandle;
  getRoom(room: JID): Room | undefined;
}

/** The rooms that we are in by invitation. */
export class InvitedRooms {
  readonly #host: InvitedRoomsHost;
  readonly #options: InvitedOptions;
  readonly #rooms = new Set<Room>();
  /** Those that are over, too: they may have gone on elsewhere. */
  readonly #ever = new WeakSet<Room>();

  constructor(host: InvitedRoomsHost, options: InvitedOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Resolves when the room was entered. Rejects with {@link InvitedRoomsError} and `JoinError`. */
  async enter(invitation: Invitation, nick: string | undefined): Promise<Room> {
    const { jid: account } = this.#host;
    const { password, room: jid } = invitation;
    const { maxRooms = MAX_ROOMS, join = {} } = this.#options;
    const known = this.#host.getRoom(jid) !== undefined;
    if (!known && this.#rooms.size >= maxRooms)
      throw new InvitedRoomsError(`We are in ${this.#rooms.size} rooms by invitation already`);
    const { room, entered } = this.#host.join(jid, nick ?? this.#options.nick ?? account?.local ?? "bot", {
      // Anybody can invite to a room that there is not: we would make it, and own it.
      create: "refuse",
      ...join,
      ...(password !== null && { password }),
    });
    if (!known) this.#count(room);
    await entered;
    await this.#keep({ jid: room.jid, nick: room.nick, password: room.password, invitation });
    return room;
  }

  /** A room went on in another one, which counts in its place. */
  followed(from: Room, to: Room): void {
    if (this.#ever.has(from)) this.#count(to);
  }

  #count(room: Room): void {
    this.#rooms.add(room);
    this.#ever.add(room);
    const forget = (): void => void this.#rooms.delete(room);
    room.on("exit", forget);
    room.on("failure", forget);
  }

  async #keep(room: InvitedRoom): Promise<void> {
    try {
      await this.#options.keep?.(room);
    } catch (error) {
      this.#host.logger.error(
        { room: room.jid, error: messageOf(error) },
        "A room that was entered by invitation could not be kept for the next start",
      );
    }
  }
}
