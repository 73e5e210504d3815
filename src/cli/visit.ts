import {
  LINES_HELP,
  readLine,
  type BotAffiliation,
  type Entry,
  type VisitorAffiliation,
} from "./visit-line.js";

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
  /** Has somebody come in; who is there already only becomes what `rank` says. */
  enter(entry: Entry): Promise<Visitor>;
  /** Makes the bot something to its rooms. */
  promote(affiliation: BotAffiliation): void;
  /** Shows something that nobody said. */
  show(text: string): void;
  /** Who is where, for people. */
  describe(speaker: string): string;
  /** Resolves when everything that a line led to has been said. */
  settled(): Promise<void>;
}

/** Who speaks where nobody came in. */
export const GUEST = "guest";

/** Plays a visit, line by line. What is said when nobody is there is said by `guest`. */
export class Visit {
  readonly #place: VisitPlace;
  #visitor: Visitor | null = null;

  constructor(place: VisitPlace) {
    this.#place = place;
  }

  /** Who says what is said next. */
  get speaker(): string {
    return this.#visitor?.nick ?? GUEST;
  }

  /** Plays one line. False when it ends the visit. Rejects with `ArgumentError` for a line that is none. */
  async play(line: string): Promise<boolean> {
    const action = readLine(line);
    switch (action.do) {
      case "nothing":
        return true;
      case "quit":
        return false;
      case "help":
        this.#place.show(LINES_HELP);
        return true;
      case "enter":
        this.#visitor = await this.#place.enter(action);
        break;
      case "nick":
        await this.#visitor?.setNick(action.nick);
        break;
      case "op":
        this.#place.promote(action.affiliation);
        break;
      case "invite":
        await (await this.#someone()).invite(action.room, action.reason);
        break;
      case "voice":
        await (await this.#someone()).askForVoice(action.affiliation);
        break;
      case "leave":
        await this.#visitor?.leave();
        this.#visitor = null;
        break;
      case "say":
        await (await this.#someone()).say(action.text);
        break;
    }
    await this.#place.settled();
    return true;
  }

  /** A guest is welcomed before he says anything, like anybody else. */
  async #someone(): Promise<Visitor> {
    if (this.#visitor !== null) return this.#visitor;
    this.#visitor = await this.#place.enter({ nick: GUEST, account: null, room: null, rank: null });
    await this.#place.settled();
    return this.#visitor;
  }
}
