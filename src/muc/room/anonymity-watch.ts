import type { Element } from "../../base/element.js";
import { RoomConfigChanged } from "../events/room-config.js";
import { StatusCode } from "../status-codes.js";
import type { RoomContext } from "./room-context.js";

/** What a notice of the room makes of it: whether it tells everybody the real addresses. */
export function openAfter(codes: ReadonlySet<number>, before: boolean | null): boolean | null {
  if (codes.has(StatusCode.configNonAnonymous)) return true;
  if (codes.has(StatusCode.configSemiAnonymous) || codes.has(StatusCode.configFullyAnonymous)) return false;
  return before;
}

/**
 * Notices that a room tells real addresses now and did not before, or the other way about, where that was changed while
 * we were out. Whoever was in was told by a message of the room (XEP-0045 §10.2.1); we find it by comparing our own
 * presence (100) with how the room was, and tell the same event with the same code.
 */
export class AnonymityWatch {
  readonly #room: RoomContext;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** We are in, once more or for the first time; `stanza` is our own presence. */
  entered(codes: ReadonlySet<number>, stanza: Element): void {
    const { open: before, host, jid, room, tell } = this.#room;
    const open = codes.has(StatusCode.nonAnonymous);
    this.#room.open = open;
    if (before === null || before === open) return;
    const code = open ? StatusCode.configNonAnonymous : StatusCode.configSemiAnonymous;
    host.logger.warn(
      { room: jid },
      open
        ? "The room tells everybody real addresses now: it was changed while we were out"
        : "The room tells only moderators real addresses now: it was changed while we were out",
    );
    tell(new RoomConfigChanged(room, stanza, new Set([code])));
  }
}
