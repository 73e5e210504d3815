import type { Room } from "../room.js";
import { RoomEvent } from "./room-event.js";

/**
 * Nothing was heard of the room for so long (`selfPing.hardTimeoutMs`) that we may not be in any more, and it answers
 * no question about that either. Exactly one of `fresh`, `suspend` and `exit` follows.
 */
export class RoomStale extends RoomEvent {
  readonly type = "stale";

  constructor(room: Room) {
    super(room, null);
  }
}

/** The room is heard of again after it was `stale`, and we are in. */
export class RoomFresh extends RoomEvent {
  readonly type = "fresh";

  constructor(room: Room) {
    super(room, null);
  }
}
