import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { Occupant } from "../occupant.js";
import type { Room } from "../room.js";
import type { LeaveMode } from "../status-codes.js";
import type { Actor, Affiliation, Role } from "../wire/muc-user.js";
import type { Farewell } from "./lifecycle.js";
import { RoomEvent } from "./room-event.js";

/** An event about one occupant. */
export abstract class OccupantEvent extends RoomEvent {
  readonly occupant: Occupant;

  constructor(room: Room, stanza: Element | null, occupant: Occupant) {
    super(room, stanza);
    this.occupant = occupant;
  }

  override toJSON(): object {
    return { ...super.toJSON(), nick: this.occupant.nick };
  }
}

/** Somebody came in. */
export class OccupantJoined extends OccupantEvent {
  readonly type = "join";
  /** They were there when we came: found on entry, or on coming back. */
  readonly initial: boolean;

  constructor(room: Room, stanza: Element, occupant: Occupant, initial: boolean) {
    super(room, stanza, occupant);
    this.initial = initial;
  }
}

/** Somebody went; they are not among the occupants any more. */
export class OccupantLeft extends OccupantEvent {
  readonly type = "leave";
  readonly mode: LeaveMode;
  readonly actor: Actor | null;
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;

  constructor(room: Room, stanza: Element | null, occupant: Occupant, mode: LeaveMode, farewell: Farewell) {
    super(room, stanza, occupant);
    this.mode = mode;
    this.actor = farewell.actor;
    this.reason = farewell.reason;
    this.statusCodes = farewell.statusCodes;
  }
}

/** Somebody who is there sent presence again, changed or not. */
export class PresenceChanged extends OccupantEvent {
  readonly type = "presence";
}

/** Somebody took another nick (status 303); it is the same `Occupant`. */
export class NickChanged extends OccupantEvent {
  readonly type = "nick";
  readonly oldNick: string;
  readonly newNick: string;
  readonly statusCodes: ReadonlySet<number>;

  constructor(
    room: Room,
    stanza: Element,
    occupant: Occupant,
    change: { readonly oldNick: string; readonly newNick: string; readonly statusCodes: ReadonlySet<number> },
  ) {
    super(room, stanza, occupant);
    this.oldNick = change.oldNick;
    this.newNick = change.newNick;
    this.statusCodes = change.statusCodes;
  }
}

/** The real address of somebody became known, or changed, and with it their `uid`. */
export class UidChanged extends OccupantEvent {
  readonly type = "uid";
  readonly oldUid: string;

  constructor(room: Room, stanza: Element, occupant: Occupant, oldUid: string) {
    super(room, stanza, occupant);
    this.oldUid = oldUid;
  }
}

/** The role of somebody changed; when they leave, before {@link OccupantLeft}. */
export class RoleChanged extends OccupantEvent {
  readonly type = "role";
  readonly oldRole: Role;
  readonly newRole: Role;
  readonly actor: Actor | null;
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;

  constructor(room: Room, stanza: Element, occupant: Occupant, oldRole: Role, newRole: Role, by: Farewell) {
    super(room, stanza, occupant);
    this.oldRole = oldRole;
    this.newRole = newRole;
    this.actor = by.actor;
    this.reason = by.reason;
    this.statusCodes = by.statusCodes;
  }
}

/** The affiliation of somebody changed, who may be absent: then only their real address is known. */
export class AffiliationChanged extends RoomEvent {
  readonly type = "affiliation";
  readonly occupant: Occupant | null;
  readonly realJid: JID | null;
  readonly oldAffiliation: Affiliation | null;
  readonly newAffiliation: Affiliation;
  readonly actor: Actor | null;
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;

  constructor(
    room: Room,
    stanza: Element,
    change: {
      readonly occupant: Occupant | null;
      readonly realJid: JID | null;
      readonly oldAffiliation: Affiliation | null;
      readonly newAffiliation: Affiliation;
    },
    by: Farewell,
  ) {
    super(room, stanza);
    this.occupant = change.occupant;
    this.realJid = change.realJid;
    this.oldAffiliation = change.oldAffiliation;
    this.newAffiliation = change.newAffiliation;
    this.actor = by.actor;
    this.reason = by.reason;
    this.statusCodes = by.statusCodes;
  }
}
