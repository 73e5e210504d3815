import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import { Rooms } from "../bot/rooms.js";
import type { MucClient, MucClientOptions } from "../muc/client.js";
import type { OnCause } from "../muc/causes.js";
import type { JoinOptions } from "../muc/join-options.js";
import type { Room } from "../muc/room.js";
import type { AppSettings } from "./options.js";

/** How a room is joined for a bot: it stays on, takes another nick where it has to, and comes back from one kick. */
export const BOT_JOIN: JoinOptions = {
  nickConflict: "suffix",
  firstJoin: "persist",
  onCause: { kicked: { afterMs: 60_000 } },
};

/** {@link BOT_JOIN}, with what a bot does about causes of being out. */
export function botJoin(onCause: OnCause): JoinOptions {
  return { ...BOT_JOIN, onCause: { ...BOT_JOIN.onCause, ...onCause } };
}

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
  readonly #how: JoinOptions;

  /** `how`: as what a room does not say is joined. */
  constructor(muc: MucClient, nick: string, logger: Logger, how: JoinOptions = BOT_JOIN) {
    super();
    this.#how = how;
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
    { nick = this.#nick, onCause, ...options }: JoinOptions & { readonly nick?: string },
  ) {
    // Who asks for one room wants an answer: what passes by itself is theirs to try again.
    const { room, entered } = this.#muc.join(jid, nick, {
      ...this.#how,
      firstJoin: "once",
      ...options,
      onCause: { ...this.#how.onCause, ...onCause },
    });
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
