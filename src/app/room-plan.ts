import { messageOf } from "../base/errors.js";
import type { JID } from "../base/jid.js";
import type { BotRoom } from "../bot/decorators.js";
import type { AuthoringMistake } from "../bot/errors.js";
import { botSettings, type Class } from "../bot/metadata.js";
import { checkOnCause, type OnCause } from "../muc/causes.js";
import { checkNick, checkRoom } from "../muc/join-options.js";
import type { AppSettings } from "./options.js";

/** A room to join, and the bots that sit in it. */
export interface PlannedRoom {
  readonly jid: JID;
  readonly nick: string;
  readonly password: string | null;
  /** What to do there about causes of being out. */
  readonly onCause: OnCause;
  readonly bots: readonly Class[];
}

interface Draft {
  readonly jid: JID;
  readonly nick: string;
  readonly nickOf: string;
  password: string | null;
  onCause: OnCause;
  readonly bots: Class[];
}

/** A nick, and who wants it. */
interface Nick {
  readonly text: string;
  readonly from: string;
}

/** What the rooms of an application follow from. */
export type RoomWishes = Pick<AppSettings, "jid" | "rooms" | "nick" | "roomsFrom" | "nickFrom">;

const ROOM_FIX = 'Rooms are written "lobby@rooms.example.org"';
const CAUSES_FIX = 'Such as onCause: { kicked: "out", banned: { afterMs: 60_000 }, alternative: "follow" }';
const NICK_FIX = "Nicks are short texts that are not blank";

/** Which rooms are joined, and as whom: from the options where they say, else from each `@Bot`. */
export class RoomPlan {
  readonly mistakes: AuthoringMistake[] = [];
  /** Where no room says otherwise. */
  readonly nick: string;
  /** What to do about causes of being out, where no room says otherwise. */
  readonly onCause: OnCause;
  readonly #settings: RoomWishes;
  readonly #rooms = new Map<string, Draft>();

  constructor(settings: RoomWishes, bots: readonly Class[]) {
    this.#settings = settings;
    const nicks = bots.map((bot) => botSettings(bot)?.nick).filter((nick) => nick !== undefined);
    this.nick = settings.nick ?? nicks[0] ?? settings.jid.local ?? "bot";
    this.onCause = bots.reduce<OnCause>((first, bot) => ({ ...this.#causesOf(bot), ...first }), {});
    for (const bot of bots)
      for (const room of settings.rooms ?? botSettings(bot)?.rooms ?? [])
        this.#add(bot, typeof room === "string" ? { jid: room } : room);
  }

  /** The rooms, in the order in which they were named. */
  get rooms(): readonly PlannedRoom[] {
    return [...this.#rooms.values()];
  }

  #add(bot: Class, room: BotRoom): void {
    const from = this.#settings.roomsFrom ?? bot.name;
    const jid = this.#checked(from, ROOM_FIX, () => checkRoom(room.jid));
    const wanted = this.#nickOf(bot, room, from);
    const nick = this.#checked(wanted.from, NICK_FIX, () => checkNick(wanted.text));
    if (jid === null || nick === null) return;
    const known = this.#rooms.get(jid.toString());
    const password = room.password ?? null;
    const onCause = { ...this.#causesOf(bot), ...this.#checkedCauses(from, room.onCause) };
    if (known === undefined)
      this.#rooms.set(jid.toString(), { jid, nick, nickOf: bot.name, password, onCause, bots: [bot] });
    else if (known.nick === nick) {
      known.bots.push(bot);
      known.password ??= password;
      known.onCause = { ...onCause, ...known.onCause };
    } else this.#twoNicks(bot, nick, known);
  }

  #causesOf(bot: Class): OnCause {
    const onCause = botSettings(bot)?.onCause;
    return onCause === undefined ? {} : this.#checkedCauses(bot.name, onCause);
  }

  #checkedCauses(where: string, onCause: OnCause = {}): OnCause {
    return this.#checked(where, CAUSES_FIX, () => checkOnCause(onCause)) ?? {};
  }

  /** A room of the options says more than their nick; a room of `@Bot` less. */
  #nickOf(bot: Class, room: BotRoom, roomFrom: string): Nick {
    const { nick, nickFrom, rooms, jid } = this.#settings;
    const ofRoom = room.nick === undefined ? null : { text: room.nick, from: roomFrom };
    const ofOptions = nick === undefined ? null : { text: nick, from: nickFrom ?? "nick" };
    const botNick = botSettings(bot)?.nick;
    return (
      (rooms === undefined ? (ofOptions ?? ofRoom) : (ofRoom ?? ofOptions)) ?? {
        text: botNick ?? jid.local ?? "bot",
        from: bot.name,
      }
    );
  }

  /** Null where it is a mistake; the same one of several bots counts once. */
  #checked<T>(where: string, fix: string, check: () => T): T | null {
    try {
      return check();
    } catch (error) {
      const problem = messageOf(error);
      if (!this.mistakes.some((each) => each.where === where && each.problem === problem))
        this.mistakes.push({ where, problem, fix });
      return null;
    }
  }

  #twoNicks(bot: Class, nick: string, { jid, nick: other, nickOf }: Draft): void {
    this.mistakes.push({
      where: bot.name,
      problem: `it wants to be "${nick}" in ${jid.toString()}, where ${nickOf === bot.name ? "it" : nickOf} is "${other}"`,
      fix: "Give both the same nick there, set MUCWRIGHT_NICK, or run them with accounts of their own",
    });
  }
}
