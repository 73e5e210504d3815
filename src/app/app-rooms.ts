import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { Rooms } from "../bot/rooms.js";
import type { MucClient, MucClientOptions } from "../muc/client.js";
import type { JoinOptions } from "../muc/join-options.js";
import type { Room } from "../muc/room.js";
import type { AppSettings } from "./options.js";

/** How a room is joined for a bot: it stays on, and takes another nick where it has to. */
export const BOT_JOIN: JoinOptions = { nickConflict: "suffix", firstJoin: "persist" };

/** How an application's client joins rooms, as far as the options say. */
export function joinLimits(settings: AppSettings): Partial<MucClientOptions> {
  const { joinsPerSecond, joinTimeoutMs, historyTimeoutMs, rejoin } = settings;
  return {
    ...(joinsPerSecond !== undefined && { joinsPerSecond }),
    ...(joinTimeoutMs !== undefined && { joinTimeoutMs }),
    ...(historyTimeoutMs !== undefined && { historyTimeoutMs }),
    ...(rejoin !== undefined && { rejoin }),
  };
}

/** The rooms of a client, entered as a bot enters them. */
export class AppRooms extends Rooms {
  readonly #muc: MucClient;
  readonly #nick: string;
  readonly #logger: Logger;

  constructor(muc: MucClient, nick: string, logger: Logger) {
    super();
    this.#muc = muc;
    this.#nick = nick;
    this.#logger = logger;
  }

  override get(jid: JID | string): Room | undefined {
    return this.#muc.getRoom(jid);
  }

  override join(jid: JID | string, options: JoinOptions & { readonly nick?: string } = {}): Promise<Room> {
    const joined = this.#join(jid, options);
    // it need not be awaited: its failure reaches the log
    joined.catch((error: unknown) => this.#logger.warn({ room: jid, error }, "A room was not joined"));
    return joined;
  }

  async #join(
    jid: JID | string,
    { nick = this.#nick, ...options }: JoinOptions & { readonly nick?: string },
  ) {
    // Who asks for one room wants an answer: what passes by itself is theirs to try again.
    const { room, entered } = this.#muc.join(jid, nick, { ...BOT_JOIN, firstJoin: "once", ...options });
    await entered;
    return room;
  }

  override async leave(jid: JID | string): Promise<void> {
    await this.#muc.getRoom(jid)?.leave();
  }

  override [Symbol.iterator](): IterableIterator<Room> {
    return this.#muc.rooms.values();
  }
}
