import type { JID } from "../base/jid.js";
import type { OutageCause } from "../muc/room/room-machine.js";
import type { RoomState } from "../muc/room.js";
import type { SessionState } from "../xmpp/session.js";

/** How one room stands. */
export interface RoomStatus {
  readonly jid: JID;
  /** Whether we are in, and what comes is live. */
  readonly active: boolean;
  readonly state: RoomState;
  /** Why it is out, and since when; null when it is not, or not yet. */
  readonly cause: OutageCause | null;
  readonly since: Date | null;
  readonly nextAttemptAt: Date | null;
}

/** How an application stands. */
export interface AppStatus {
  readonly session: SessionState;
  /** Whether there is a session and every room is active; false when all rooms are over. */
  readonly ready: boolean;
  /** The rooms that are not over. */
  readonly rooms: readonly RoomStatus[];
}
