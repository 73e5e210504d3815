import type { Element } from "../base/element.js";
import type { Room } from "./room.js";

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
