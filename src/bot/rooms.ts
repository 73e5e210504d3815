import type { JID } from "../base/jid.js";
import type { JoinOptions } from "../muc/join-options.js";
import type { Room } from "../muc/room.js";

/** The rooms of the application, to be asked for in a constructor. */
export abstract class Rooms {
  /** The room of this address, unless it is over. */
  abstract get(jid: JID | string): Room | undefined;
  /**
   * Enters another room, by default with the nick and the policies of the bot. Resolves when it was entered. Rejects
   * with `JoinError`, and with `ArgumentError` for an address that is no room's.
   */
  abstract join(jid: JID | string, options?: JoinOptions & { readonly nick?: string }): Promise<Room>;
  /** Leaves a room for good; harmless where we are not. */
  abstract leave(jid: JID | string): Promise<void>;
  /** The rooms that are not over. */
  abstract [Symbol.iterator](): IterableIterator<Room>;
}

/** What the application runs with, to be asked for in a constructor. */
export abstract class BotOptions {
  /** The bare JID of the account. */
  abstract readonly jid: string;
  /** The nick, where a room has no other. */
  abstract readonly nick: string;
  /** The bare JIDs of the rooms that the application was started with. */
  abstract readonly rooms: readonly string[];
}
