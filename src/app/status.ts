import type { JID } from "../base/jid.js";
import type { JoinErrorReason } from "../muc/join-error.js";
import type { OutageCause } from "../muc/room/room-machine.js";
import type { RoomState } from "../muc/room.js";
import type { LeaveMode } from "../muc/status-codes.js";
import type { SessionState } from "../xmpp/session.js";

/** How one room stands. */
export interface RoomStatus {
  readonly jid: JID;
  /** Whether we are in, and what comes is live. */
  readonly active: boolean;
  /** `left` for a room that is over. */
  readonly state: RoomState;
  /**
   * Why it is out: the cause of an outage; how we were put out of a room that is over, or why it did not let us in.
   * Null where it is not out, or not in yet.
   */
  readonly cause: OutageCause | LeaveMode | JoinErrorReason | null;
  /** What the room, or who put us out, said to that; null for nothing. */
  readonly reason: string | null;
  /** Since when it is as it is: active, out, or over. Null before it was active for the first time. */
  readonly since: Date | null;
  /** When the next attempt is, null where there is none or it waits for the session. */
  readonly nextAttemptAt: Date | null;
}

/** How an application stands. */
export interface AppStatus {
  readonly session: SessionState;
  /**
   * Whether the bot is active where it should be: there is a session, and it is in every room that it joined or was
   * configured with, but for those that it left itself.
   */
  readonly ready: boolean;
  /** The rooms, and those that are over but were not left by the bot itself. */
  readonly rooms: readonly RoomStatus[];
}
