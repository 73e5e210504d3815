import { JID } from "../base/jid.js";
import type { Occupant } from "../muc/occupant.js";
import { similarTo } from "./similar.js";
import type { Room } from "../muc/room.js";

/** What a word of a template takes. */
export type WordType =
  | "int"
  | "number"
  | "word"
  | "duration"
  | "jid"
  | "occupant"
  | { readonly choices: readonly string[] };

const NAMED: ReadonlySet<string> = new Set(["int", "number", "word", "duration", "jid", "occupant"]);

/** The types that there are, for people. */
export const TYPES_FOR_PEOPLE = "int, number, word, duration, jid, occupant or a|b";

/** What authors call types by the names that they have elsewhere. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["integer", "int"],
  ["float", "number"],
  ["double", "number"],
  ["string", "word"],
  ["str", "word"],
  ["text", "word"],
  ["time", "duration"],
  ["user", "occupant"],
  ["member", "occupant"],
  ["nick", "occupant"],
]);

/** `; did you mean int?`, where a name that is none is like one; else nothing. */
export function meantType(text: string): string {
  const folded = text.toLowerCase();
  const meant = NAMED.has(folded) ? folded : (ELSEWHERE.get(folded) ?? similarTo(text, [...NAMED])[0]);
  return text === "" || meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** The type of that name, or the choice; null for neither. */
export function readType(text: string): WordType | null {
  if (NAMED.has(text)) return text as WordType;
  const choices = text.split("|");
  return choices.length > 1 && choices.every((choice) => choice !== "") ? { choices } : null;
}

/** Whoever has a nick in a room now. */
export type FindOccupant = Pick<Room, "getOccupant" | "occupants">;

/** The value of a word, undefined when it does not fit; of an occupant see {@link findOccupant}. */
export function readWord(word: string, type: WordType): unknown {
  switch (type) {
    case "word":
      return word;
    case "int":
      return /^[+-]?\d{1,15}$/.test(word) ? Number(word) + 0 : undefined;
    case "number":
      return readNumber(word);
    case "duration":
      return readDuration(word);
    case "jid":
      return JID.tryParse(word) ?? undefined;
    case "occupant":
      return undefined;
    default:
      return type.choices.find((choice) => choice.toLowerCase() === word.toLowerCase());
  }
}

/** Decimal, and not so large that it would be infinite. */
function readNumber(word: string): number | undefined {
  const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) + 0 : NaN;
  return Number.isFinite(value) ? value : undefined;
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

/** Parts of a duration; nobody needs more. */
const MAX_DURATION = 60;

/** Milliseconds: `90s`, `1h30m`, `1.5h`. A bare number is none: of what? */
export function readDuration(word: string): number | undefined {
  if (word.length > MAX_DURATION || !/^(?:\d+(?:\.\d+)?(?:ms|min|[smhdw]))+$/i.test(word)) return undefined;
  let durationMs = 0;
  for (const [, count, unit = ""] of word.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhdw])/gi))
    durationMs += Number(count) * (UNITS_MS.get(unit.toLowerCase()) ?? 0);
  return Number.isSafeInteger(Math.round(durationMs)) ? Math.round(durationMs) : undefined;
}

/** A word as it stands in a line. */
export interface WordInLine {
  readonly word: string;
  /** In quotes: it is meant as it is written. */
  readonly quoted: boolean;
  /** The line, from the word on. */
  readonly line: string;
}

/**
 * By nick, as it is written; else as people write names in a line (`@alice`, `alice:`); else in another case. Null for
 * nobody, `"several"` where more than one can be meant: it may be the wrong one.
 */
export function findOccupant(said: WordInLine, room: FindOccupant): Occupant | "several" | null {
  const { word, quoted, line } = said;
  const bare = word.replace(/^@/, "").replace(/[:,]$/, "");
  const exact = room.getOccupant(word);
  // A nick may have quotes of its own, which clients put in with it.
  const inQuotes = quoted ? room.getOccupant(line.slice(0, word.length + 2)) : null;
  if (inQuotes !== null) return exact === null ? inQuotes : "several";
  if (quoted && exact !== null) return exact;
  const meant = bare === word ? null : room.getOccupant(bare);
  // Somebody who is called "@alice" may be so to be taken for her, and "alice too", to have her taken for them.
  if ((exact !== null && meant !== null) || isBegunNick(said, room)) return "several";
  if (exact !== null || meant !== null) return exact ?? meant;
  const folded = bare.toLowerCase();
  const [alike, ...others] = room.occupants.filter(({ nick }) => nick.toLowerCase() === folded);
  return others.length > 0 ? "several" : (alike ?? null);
}

/** Whether a nick of several words stands there, of which this is the first: clients put in nicks without quotes. */
function isBegunNick({ word, quoted, line }: WordInLine, room: FindOccupant): boolean {
  if (quoted || line.length === word.length) return false;
  const folded = line.replace(/^@/, "").toLowerCase();
  return room.occupants.some(({ nick }) => {
    // most nicks are passed over by this alone
    if (nick.length <= word.length) return false;
    const begun = nick.trim().toLowerCase();
    return /\s/.test(begun) && folded.startsWith(begun) && /^[:,]?(?:\s|$)/.test(folded.slice(begun.length));
  });
}
