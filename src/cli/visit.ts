import { ArgumentError } from "../base/errors.js";
import type { Affiliation } from "../muc/wire/muc-user.js";

/** What somebody who asks for voice can be to the room. */
export type VisitorAffiliation = "none" | "member";

/** Somebody who visits a room by the lines of a script. */
export interface Visitor {
  readonly nick: string;
  say(text: string): Promise<unknown>;
  setNick(nick: string): Promise<unknown>;
  /** Has a room invite the bots. */
  invite(room: string, reason: string): Promise<unknown>;
  /** Loses the voice, as somebody of that affiliation, and asks for it. */
  askForVoice(affiliation: VisitorAffiliation): Promise<unknown>;
  leave(): Promise<unknown>;
}

/** Where a visit takes place. */
export interface VisitPlace {
  /** `account` where it is not to be any one, `affiliation` where it is not to be what it was. */
  enter(nick: string, account: string | null, affiliation: Affiliation | null): Promise<Visitor>;
  /** Resolves when everything that a line led to has been said. */
  settled(): Promise<void>;
}

/** One line of a visit. */
export type VisitLine =
  | {
      readonly do: "enter";
      readonly nick: string;
      readonly account: string | null;
      readonly affiliation: Affiliation | null;
    }
  | { readonly do: "nick"; readonly nick: string }
  | { readonly do: "invite"; readonly room: string; readonly reason: string }
  | { readonly do: "voice"; readonly affiliation: VisitorAffiliation }
  | { readonly do: "leave" | "quit" | "nothing" }
  | { readonly do: "say"; readonly text: string };

const LINES =
  "/enter NICK, /enter ACCOUNT, /enter NICK as member, /nick NICK, /invite ROOM REASON, /voice, /voice member, /leave, /quit";

/**
 * Reads a line: `/enter NICK`, `/enter user@domain` (whose nick is `user`), either of them `as member` (`admin`,
 * `owner`), `/nick NICK`, `/invite ROOM REASON`, `/voice` (asks for voice), `/voice member` (asks as a member of the room), `/leave`, `/quit`; `#` begins a remark; anything else is said.
 */
export function readLine(line: string): VisitLine {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return { do: "nothing" };
  if (!text.startsWith("/")) return { do: "say", text };
  const [, verb = "", rest = ""] = /^\/(\S*)\s*(.*)$/.exec(text) ?? [];
  if (verb === "enter" && rest !== "") return entering(rest);
  if (verb === "nick" && rest !== "") return { do: verb, nick: rest };
  if (verb === "leave" || verb === "quit") return { do: verb };
  if (verb === "voice" && (rest === "" || rest === "member"))
    return { do: verb, affiliation: rest === "" ? "none" : rest };
  const [, room = "", reason = ""] = /^(\S+@\S+)\s*(.*)$/.exec(rest) ?? [];
  if (verb === "invite" && room !== "") return { do: verb, room, reason };
  throw new ArgumentError(`"${text}" is no line of a visit: ${LINES}, or something to say`);
}

/** What looks like an account is one. */
function entering(text: string): VisitLine {
  const [, who = text, rank] = /^(.+?)\s+as\s+(member|admin|owner)$/.exec(text) ?? [];
  const [, nick] = /^([^@\s]+)@\S+$/.exec(who) ?? [];
  const affiliation = (rank ?? null) as Affiliation | null;
  return { do: "enter", nick: nick ?? who, account: nick === undefined ? null : who, affiliation };
}

/** Plays a visit, line by line. What is said when nobody is there is said by `guest`. */
export class Visit {
  readonly #place: VisitPlace;
  #visitor: Visitor | null = null;

  constructor(place: VisitPlace) {
    this.#place = place;
  }

  /** Plays one line. False when it ends the visit. Rejects with `ArgumentError` for a line that is none. */
  async play(line: string): Promise<boolean> {
    const action = readLine(line);
    switch (action.do) {
      case "nothing":
        return true;
      case "quit":
        return false;
      case "enter":
        this.#visitor = await this.#place.enter(action.nick, action.account, action.affiliation);
        break;
      case "nick":
        await this.#visitor?.setNick(action.nick);
        break;
      case "invite":
        this.#visitor ??= await this.#guest();
        await this.#visitor.invite(action.room, action.reason);
        break;
      case "voice":
        this.#visitor ??= await this.#guest();
        await this.#visitor.askForVoice(action.affiliation);
        break;
      case "leave":
        await this.#visitor?.leave();
        this.#visitor = null;
        break;
      case "say":
        this.#visitor ??= await this.#guest();
        await this.#visitor.say(action.text);
        break;
    }
    await this.#place.settled();
    return true;
  }
  /** Is welcomed before he says anything, like anybody else. */
  async #guest(): Promise<Visitor> {
    const guest = await this.#place.enter("guest", null, null);
    await this.#place.settled();
    return guest;
  }
}
