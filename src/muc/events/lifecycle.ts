import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { JoinError } from "../join-error.js";
import type { Occupant } from "../occupant.js";
import type { OutageCause } from "../room/room-machine.js";
import type { Room } from "../room.js";
import type { LeaveMode } from "../status-codes.js";
import type { Actor } from "../wire/muc-user.js";
import { RoomEvent } from "./room-event.js";

/** We are in: at the first join, and at each rejoin (XEP-0045 §7.2.2). */
export class RoomEntered extends RoomEvent {
  readonly type = "enter";
  /** Us. */
  readonly occupant: Occupant;
  readonly statusCodes: ReadonlySet<number>;
  /** The room did not exist before (status 201). */
  readonly created: boolean;

  constructor(room: Room, stanza: Element, occupant: Occupant, statusCodes: ReadonlySet<number>) {
    super(room, stanza);
    this.occupant = occupant;
    this.statusCodes = statusCodes;
    this.created = statusCodes.has(201);
  }
}

/** The history is over: what comes from now on is live. */
export class RoomCaughtUp extends RoomEvent {
  readonly type = "caughtUp";
  /** How many messages of the time we were out were among the history. */
  readonly missed: number;
  /** The time that the history did not reach back to, null where nothing is missing. */
  readonly gap: { readonly since: Date; readonly until: Date } | null;

  constructor(room: Room, missed: number, gap: RoomCaughtUp["gap"]) {
    super(room, null);
    this.missed = missed;
    this.gap = gap;
  }
}

/** The first join failed; the room is over. */
export class JoinFailed extends RoomEvent {
  readonly type = "failure";
  readonly error: JoinError;

  constructor(room: Room, stanza: Element | null, error: JoinError) {
    super(room, stanza);
    this.error = error;
  }
}

/** What a farewell says beside how it came about. */
export interface Farewell {
  readonly actor: Actor | null;
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;
}

/** We are out and will not come back by ourselves; the room is over. */
export class RoomExited extends RoomEvent {
  readonly type = "exit";
  readonly mode: LeaveMode;
  readonly actor: Actor | null;
  /**
   * The reason that was given; of a destroyed room, that of its destruction. Where the client left by itself, it says why:
   * the room was gone at a rejoin (and made anew by it), or was not to be made.
   */
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;
  /** With what a rejoin was refused, or that it was not answered; null where we were put out, or left. */
  readonly error: JoinError | null;
  /** Where a destroyed room went on (XEP-0045 §10.9). */
  readonly alternative: JID | null;
  /** The password of the alternative. */
  readonly password: string | null;

  constructor(
    room: Room,
    stanza: Element | null,
    fields: Farewell & {
      readonly mode: LeaveMode;
      readonly error: JoinError | null;
      readonly alternative: JID | null;
      readonly password: string | null;
    },
  ) {
    super(room, stanza);
    this.mode = fields.mode;
    this.actor = fields.actor;
    this.reason = fields.reason;
    this.statusCodes = fields.statusCodes;
    this.error = fields.error;
    this.alternative = fields.alternative;
    this.password = fields.password;
  }
}

/** We are out, and the room will be joined again by itself. */
export class RoomSuspended extends RoomEvent {
  readonly type = "suspend";
  readonly cause: OutageCause;
  readonly statusCodes: ReadonlySet<number>;
  readonly actor: Actor | null;
  readonly reason: string | null;
  /** When it will be tried, null where that waits for the session. */
  readonly nextAttemptAt: Date | null;

  constructor(
    room: Room,
    stanza: Element | null,
    fields: Farewell & { readonly cause: OutageCause; readonly nextAttemptAt: Date | null },
  ) {
    super(room, stanza);
    this.cause = fields.cause;
    this.statusCodes = fields.statusCodes;
    this.actor = fields.actor;
    this.reason = fields.reason;
    this.nextAttemptAt = fields.nextAttemptAt;
  }
}

/** The room is being joined again; comes before any presence of the rejoin. */
export class RoomResumed extends RoomEvent {
  readonly type = "resume";
  /** How many times it was tried in this outage, this one included. */
  readonly attempt: number;

  constructor(room: Room, attempt: number) {
    super(room, null);
    this.attempt = attempt;
  }
}
