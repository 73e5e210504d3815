import { ArgumentError } from "../base/errors.js";

/** What somebody can be made on entering: an affiliation, or a role without one. */
export const RANKS = ["member", "admin", "owner", "moderator", "visitor"] as const;

/** One of {@link RANKS}. */
export type Rank = (typeof RANKS)[number];

/** What somebody who asks for voice can be to the room. */
export type VisitorAffiliation = "none" | "member";

/** What the bot can be made. */
export type BotAffiliation = "admin" | "owner";

/** Who comes in, and where. */
export interface Entry {
  readonly nick: string;
  /** Null where it is not to be any one. */
  readonly account: string | null;
  /** The name or address of a room that the bot is in; null for the first of them. */
  readonly room: string | null;
  /** Null where it is not to be anything in particular. */
  readonly rank: Rank | null;
}

/** One line of a visit. */
export type VisitLine =
  | ({ readonly do: "enter" } & Entry)
  | { readonly do: "nick"; readonly nick: string }
  | { readonly do: "invite"; readonly room: string; readonly reason: string }
  | { readonly do: "voice"; readonly affiliation: VisitorAffiliation }
  | { readonly do: "op"; readonly affiliation: BotAffiliation }
  | { readonly do: "leave" | "quit" | "help" | "nothing" }
  | { readonly do: "say"; readonly text: string };

/** How each line is written, and what it does. */
const LINES = {
  enter: [
    "/enter NICK [in ROOM] [as RANK]",
    "comes in, and speaks from now on; also /enter USER@DOMAIN",
    `ROOM is one that the bot is in, RANK ${RANKS.join(", ")}`,
  ],
  nick: ["/nick NICK", "takes another nick"],
  leave: ["/leave", "goes"],
  op: ["/op [owner]", "makes the bot an admin (an owner) of its rooms"],
  voice: ["/voice [member]", "loses the voice and asks for it; the bot is made an admin, to grant it"],
  invite: ["/invite ROOM@SERVICE [REASON]", "invites the bot into another room"],
  say: ["/say TEXT", "says what begins with a slash or a #"],
  help: ["/help", "lists these lines"],
  quit: ["/quit", "ends"],
} as const;

type Verb = keyof typeof LINES;

const WIDTH = 2 + Math.max(...Object.values(LINES).map(([usage]) => usage.length));

/** What `/help` says. */
export const LINES_HELP = Object.values(LINES)
  .flatMap(([usage, ...what]) => what.map((text, n) => `  ${(n === 0 ? usage : "").padEnd(WIDTH)}${text}`))
  .concat("  Anything else is said by whoever came in last; what begins with # is a remark.")
  .join("\n");

const isVerb = (word: string): word is Verb => Object.hasOwn(LINES, word);

/**
 * Reads a line: one of those that `/help` lists, or something to say. Throws `ArgumentError` for what is neither.
 */
export function readLine(line: string): VisitLine {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return { do: "nothing" };
  if (!text.startsWith("/")) return { do: "say", text };
  const [, verb = "", rest = ""] = /^\/(\S*)\s*(.*)$/.exec(text) ?? [];
  if (!isVerb(verb))
    throw new ArgumentError(
      `There is no "/${verb}" here: use ${Object.keys(LINES)
        .map((each) => `/${each}`)
        .join(", ")}; /say ${text} says it`,
    );
  const read = readVerb(verb, rest);
  if (read === null) throw new ArgumentError(`"${text}" is not understood: write ${LINES[verb][0]}`);
  return read;
}

function readVerb(verb: Verb, rest: string): VisitLine | null {
  switch (verb) {
    case "enter":
      return rest === "" ? null : entering(rest);
    case "nick":
      return rest === "" ? null : { do: verb, nick: rest };
    case "say":
      return rest === "" ? null : { do: verb, text: rest };
    case "voice":
      if (rest !== "" && rest !== "member") return null;
      return { do: verb, affiliation: rest === "" ? "none" : rest };
    case "op":
      if (rest !== "" && rest !== "owner") return null;
      return { do: verb, affiliation: rest === "" ? "admin" : rest };
    case "invite": {
      const [, room = "", reason = ""] = /^(\S+@\S+)\s*(.*)$/.exec(rest) ?? [];
      return room === "" ? null : { do: verb, room, reason };
    }
    case "leave":
    case "help":
    case "quit":
      return rest === "" ? { do: verb } : null;
  }
}

/** What looks like an account is one. */
function entering(text: string): VisitLine {
  const [, whoAndWhere = text, rank] = /^(.+?)\s+as(?:\s+(.+))?$/.exec(text) ?? [];
  const [, who = whoAndWhere, room = null] = /^(.+?)\s+in\s+(\S+)$/.exec(whoAndWhere) ?? [];
  const [, nick] = /^([^@\s]+)@\S+$/.exec(who) ?? [];
  return {
    do: "enter",
    nick: nick ?? who,
    account: nick === undefined ? null : who,
    room,
    rank: whoAndWhere === text ? null : rankOf(rank ?? ""),
  };
}

/** A slip must not become a part of the nick: nobody would see that the rank is missing. */
function rankOf(word: string): Rank {
  const rank = RANKS.find((each) => each === word);
  if (rank !== undefined) return rank;
  throw new ArgumentError(`"${word}" is nothing that one can enter as: write ${RANKS.join(", ")}`);
}
