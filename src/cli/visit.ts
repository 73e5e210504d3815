import { ArgumentError } from "../base/errors.js";

/** Somebody who visits a room by the lines of a script. */
export interface Visitor {
  readonly nick: string;
  say(text: string): Promise<unknown>;
  setNick(nick: string): Promise<unknown>;
  leave(): Promise<unknown>;
}

/** Where a visit takes place. */
export interface VisitPlace {
  enter(nick: string): Promise<Visitor>;
  /** Resolves when everything that a line led to has been said. */
  settled(): Promise<void>;
}

/** One line of a visit. */
export type VisitLine =
  | { readonly do: "enter" | "nick"; readonly nick: string }
  | { readonly do: "leave" | "quit" | "nothing" }
  | { readonly do: "say"; readonly text: string };

/** Reads a line: `/enter NICK`, `/nick NICK`, `/leave`, `/quit`; `#` begins a remark; anything else is said. */
export function readLine(line: string): VisitLine {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return { do: "nothing" };
  if (!text.startsWith("/")) return { do: "say", text };
  const [, verb = "", nick = ""] = /^\/(\S*)\s*(.*)$/.exec(text) ?? [];
  if ((verb === "enter" || verb === "nick") && nick !== "") return { do: verb, nick };
  if (verb === "leave" || verb === "quit") return { do: verb };
  throw new ArgumentError(
    `"${text}" is no line of a visit: /enter NICK, /nick NICK, /leave, /quit, or something to say`,
  );
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
        this.#visitor = await this.#place.enter(action.nick);
        break;
      case "nick":
        await this.#visitor?.setNick(action.nick);
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
    const guest = await this.#place.enter("guest");
    await this.#place.settled();
    return guest;
  }
}
