import { messageOf } from "../base/errors.js";
import type { JID } from "../base/jid.js";
import type { BotRoom } from "../bot/decorators.js";
import type { AuthoringMistake } from "../bot/errors.js";
import { botSettings, type Class } from "../bot/metadata.js";
import { checkNick, checkRoom } from "../muc/join-options.js";
import type { AppSettings } from "./options.js";

/** A room to join, and the bots that sit in it. */
export interface PlannedRoom {
  readonly jid: JID;
  readonly nick: string;
  readonly password: string | null;
  readonly bots: readonly Class[];
}

interface Draft {
  readonly jid: JID;
  readonly nick: string;
  readonly nickOf: string;
  readonly password: string | null;
  readonly bots: Class[];
}

/** Which rooms are joined, and as whom: from the options where they say, else from each `@Bot`. */
export class RoomPlan {
  readonly mistakes: AuthoringMistake[] = [];
  readonly #settings: AppSettings;
  readonly #rooms = new Map<string, Draft>();

  constructor(settings: AppSettings, bots: readonly Class[]) {
    this.#settings = settings;
    for (const bot of bots) {
      const { rooms: given } = settings;
      const { rooms = [], nick } = botSettings(bot) ?? {};
      const from = given === undefined ? bot.name : "MUCWRIGHT_ROOMS, or the option rooms";
      for (const room of given ?? rooms)
        this.#add(bot, typeof room === "string" ? { jid: room } : room, nick, from);
    }
  }

  /** The rooms, in the order in which they were named. */
  get rooms(): readonly PlannedRoom[] {
    return [...this.#rooms.values()];
  }

  #add(bot: Class, room: BotRoom, botNick: string | undefined, from: string): void {
    try {
      const jid = checkRoom(room.jid);
      const nick = checkNick(
        this.#settings.nick ?? room.nick ?? botNick ?? this.#settings.jid.local ?? "bot",
      );
      const known = this.#rooms.get(jid.toString());
      if (known === undefined) {
        const password = room.password ?? null;
        this.#rooms.set(jid.toString(), { jid, nick, nickOf: bot.name, password, bots: [bot] });
      } else if (known.nick === nick) known.bots.push(bot);
      else this.#twoNicks(bot, nick, known);
    } catch (error) {
      this.mistakes.push({
        where: from,
        problem: messageOf(error),
        fix: 'Rooms are written "lobby@rooms.example.org"',
      });
    }
  }

  #twoNicks(bot: Class, nick: string, { jid, nick: other, nickOf }: Draft): void {
    this.mistakes.push({
      where: bot.name,
      problem: `it wants to be "${nick}" in ${jid.toString()}, where ${nickOf} is "${other}"`,
      fix: "Give both the same nick there, set MUCWRIGHT_NICK, or run them with accounts of their own",
    });
  }
}
