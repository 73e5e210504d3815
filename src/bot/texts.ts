import type { LineProblem } from "./command-line.js";
import type { WordType } from "./word-types.js";

/** A text of ours: its fields stand in braces, or it is made from them by a function. */
export type BotText<Field extends string = never> =
  | string
  | ((fields: Readonly<Record<Field, string>>) => string);

/** What bots say by themselves, with the fields that each text may have in braces. An empty text is not said. */
export interface BotTexts {
  /** A handler failed; `ref` is what the log has beside the details. */
  readonly failed: BotText<"ref">;
  /** A command was refused: whoever gave it may not. */
  readonly refused: BotText;
  /** A command was refused: it was given too often. Said once, until `seconds` have passed. */
  readonly cooldown: BotText<"seconds">;
  /** What `whoami` answers. `proof` is one of the three texts that follow. */
  readonly whoami: BotText<"nick" | "role" | "affiliation" | "proof">;
  /** Somebody is known by their real address. */
  readonly knownByAddress: BotText;
  /** Somebody is known by what the room says is theirs over stays. */
  readonly knownById: BotText;
  /** Somebody is not known from others of their nick. */
  readonly notKnown: BotText;
  /** What `why` answers of a command that the asker may give. */
  readonly whyAllowed: BotText<"usage">;
  /** What `why` answers of a command that the asker may not give: the `rule` that is in the way. */
  readonly whyRefused: BotText<"usage" | "rule">;
  /** What `why` answers without a command. */
  readonly whyWhat: BotText;
  /** A command lacks an argument. */
  readonly missing: BotText<"name" | "usage">;
  /** A word of a command does not fit; `expected` is one of the texts below. */
  readonly wrongWord: BotText<"name" | "word" | "expected" | "usage">;
  /** A command has a word more than it takes. */
  readonly tooMuch: BotText<"word" | "usage">;
  /** A command has a flag that it does not know, or one with a value that takes none. */
  readonly noFlag: BotText<"word" | "usage">;
  /** Nobody has such a command, but one of a similar name. `suggestions` can be said as they stand. */
  readonly didYouMean: BotText<"word" | "suggestions">;
  /** What an `int` is. */
  readonly int: BotText;
  /** What a `number` is. */
  readonly number: BotText;
  /** What a `word` is. */
  readonly word: BotText;
  /** What a `duration` is. */
  readonly duration: BotText;
  /** What a `jid` is. */
  readonly jid: BotText;
  /** What an `occupant` is. */
  readonly occupant: BotText;
  /** What an `occupant` is where more than one can be meant. */
  readonly oneOccupant: BotText;
  /** What a choice is. */
  readonly choice: BotText<"choices">;
  /** The help; `commands` has a line for each command that the asker may use. */
  readonly help: BotText<"commands">;
  /** The line of a command that says what it does. */
  readonly helpLine: BotText<"usage" | "description">;
  /** In the help of one command: its other names. */
  readonly helpAliases: BotText<"aliases">;
  /** In the help of one command: one of its examples. */
  readonly helpExample: BotText<"input" | "expected">;
  /** Help was asked for, for something that is no command of the asker's. */
  readonly helpUnknown: BotText<"word">;
  /** There is no command at all that the asker may use. */
  readonly helpEmpty: BotText;
}

/** What bots say unless `texts` of `@Bot` say otherwise. */
export const DEFAULT_TEXTS: BotTexts = {
  failed: "Something went wrong (ref {ref})",
  refused: "You may not do that",
  cooldown: "Too often: wait {seconds} s",
  whoami: "{nick}: role {role}, affiliation {affiliation}, {proof}",
  knownByAddress: "known by your address",
  knownById: "known by your occupant-id",
  notKnown: "not known over stays",
  whyAllowed: "{usage}: you may",
  whyRefused: "{usage}: takes {rule}",
  whyWhat: "Name a command: why roll",
  missing: "{name} is missing. Usage: {usage}",
  wrongWord: '{name}: "{word}" is not {expected}. Usage: {usage}',
  tooMuch: '"{word}" is too much. Usage: {usage}',
  noFlag: 'There is no flag "{word}". Usage: {usage}',
  didYouMean: 'There is no "{word}". Did you mean {suggestions}?',
  int: "a whole number",
  number: "a number",
  word: "a word",
  duration: "a duration (90s, 5m, 1h30m)",
  jid: "an address (user@domain)",
  occupant: "the nick of somebody here",
  oneOccupant: "the nick of just one here: write all of it, in quotes",
  choice: "one of {choices}",
  help: "{commands}",
  helpLine: "{usage} \u2013 {description}",
  helpAliases: "Also: {aliases}",
  helpExample: "{input} \u2192 {expected}",
  helpUnknown: 'There is no "{word}"',
  helpEmpty: "There is nothing here for you to ask for",
};

/** The defaults with what a bot says otherwise. */
export function textsOf(own: Partial<BotTexts> = {}): BotTexts {
  const given = Object.entries(own).filter(([, text]) => text !== undefined);
  return { ...DEFAULT_TEXTS, ...Object.fromEntries(given) };
}

/** What is wrong with the texts of a bot. */
export function textProblems(own: Partial<BotTexts> = {}): readonly string[] {
  return Object.entries(own).flatMap(([key, text]: [string, unknown]) => {
    if (!Object.hasOwn(DEFAULT_TEXTS, key)) return [`there is no text "${key}" that could be replaced`];
    if (text === undefined || typeof text === "string" || typeof text === "function") return [];
    return [`its text "${key}" is neither a text nor a function`];
  });
}

type Fields = Readonly<Record<string, string>>;

/** What somebody said is put in as it is, and not looked at again. */
function fill(text: string, fields: Fields): string {
  return text.replace(/\{(\w+)\}/g, (all, field: string) => fields[field] ?? all);
}

/** A text with its fields. A function of the author's that fails, or gives no text, counts for nothing. */
export function textFor(texts: BotTexts, key: keyof BotTexts, fields: Fields = {}): string {
  const text = texts[key];
  if (typeof text === "string") return fill(text, fields);
  try {
    const made: unknown = (text as (fields: Fields) => unknown)(fields);
    if (typeof made === "string") return made;
  } catch {
    // the default says it as well
  }
  return fill(String(DEFAULT_TEXTS[key]), fields);
}

/** Longer words are not repeated to the room. */
const MAX_QUOTED = 40;

/** A word that somebody said, as it is repeated to the room. */
export function quotable(word: string): string {
  return word.length > MAX_QUOTED ? `${word.slice(0, MAX_QUOTED)}\u2026` : word;
}

/** What was expected of a word, for people. */
function expectedOf(type: WordType, texts: BotTexts): string {
  return typeof type === "string"
    ? textFor(texts, type)
    : textFor(texts, "choice", { choices: type.choices.join(", ") });
}

/** What is wrong with a call of a command, for who made it. */
export function problemText(problem: LineProblem, usage: string, texts: BotTexts): string {
  switch (problem.kind) {
    case "missing":
      return textFor(texts, "missing", { name: problem.name, usage });
    case "wrong": {
      const { name, word, type, several = false } = problem;
      const expected = several ? textFor(texts, "oneOccupant") : expectedOf(type, texts);
      return textFor(texts, "wrongWord", { name, word: quotable(word), expected, usage });
    }
    default:
      return textFor(texts, problem.kind, { word: quotable(problem.word), usage });
  }
}
