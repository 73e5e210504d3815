import type { LineProblem } from "./command-line.js";
import type { WordType } from "./word-types.js";

/** A text of ours: with what stands in braces put in, or made by a function of the same. */
export type BotText<Field extends string = never> =
  | string
  | ((fields: Readonly<Record<Field, string>>) => string);

/** What bots say by themselves, with the fields that each text may have in braces. An empty text is not said. */
export interface BotTexts {
  /** A handler failed; `ref` is what the log has beside the details. */
  readonly failed: BotText<"ref">;
  /** A command lacks an argument. */
  readonly missing: BotText<"name" | "usage">;
  /** A word of a command does not fit; `expected` is one of the texts below. */
  readonly wrongWord: BotText<"name" | "word" | "expected" | "usage">;
  /** A command has a word more than it takes. */
  readonly tooMuch: BotText<"word" | "usage">;
  /** A command has a flag that it does not know, or one with a value that takes none. */
  readonly noFlag: BotText<"word" | "usage">;
  /** Nobody has such a command, but one of a similar name. `suggestions` are usable as they stand. */
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
  /** What a choice is. */
  readonly choice: BotText<"choices">;
  /** The help, as a whole; `commands` has one line for each. */
  readonly help: BotText<"commands">;
  /** One line of the help: what stands behind the usage of a command that says what it does. */
  readonly helpLine: BotText<"usage" | "description">;
  /** The help of one command that has other names. */
  readonly helpAliases: BotText<"aliases">;
  /** One example in the help of one command. */
  readonly helpExample: BotText<"input" | "expected">;
  /** Help was asked for, for something that is no command of the asker's. */
  readonly helpUnknown: BotText<"word">;
  /** There is no command at all that the asker may use. */
  readonly helpEmpty: BotText;
  /** What the command `help` does, for its line in the help. */
  readonly helpDescription: BotText;
}

/** What bots say unless `texts` of `@Bot` say otherwise. */
export const DEFAULT_TEXTS: BotTexts = {
  failed: "Something went wrong (ref {ref})",
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
  choice: "one of {choices}",
  help: "{commands}",
  helpLine: "{usage} \u2013 {description}",
  helpAliases: "Also: {aliases}",
  helpExample: "{input} \u2192 {expected}",
  helpUnknown: 'There is no "{word}"',
  helpEmpty: "There is nothing here for you to ask for",
  helpDescription: "what I can do",
};

/** The defaults with what a bot says otherwise. */
export function textsOf(own: Partial<BotTexts> | undefined): BotTexts {
  return own === undefined ? DEFAULT_TEXTS : { ...DEFAULT_TEXTS, ...own };
}

/** A text with its fields put in. What somebody said is put in as it is, and not looked at again. */
export function fill<Field extends string>(
  text: BotText<Field>,
  fields: Readonly<Record<Field, string>>,
): string {
  if (typeof text === "function") return text(fields);
  return text.replace(/\{(\w+)\}/g, (all, field: string) =>
    Object.hasOwn(fields, field) ? fields[field as Field] : all,
  );
}

/** Longer words are not repeated to the room. */
const MAX_QUOTED = 40;

function shortened(word: string): string {
  return word.length > MAX_QUOTED ? `${word.slice(0, MAX_QUOTED)}\u2026` : word;
}

/** What was expected of a word, for people. */
function expectedOf(type: WordType, texts: BotTexts): string {
  return typeof type === "string"
    ? fill(texts[type], {})
    : fill(texts.choice, { choices: type.choices.join(", ") });
}

/** What is wrong with a call of a command, for who made it. */
export function problemText(problem: LineProblem, usage: string, texts: BotTexts): string {
  switch (problem.kind) {
    case "missing":
      return fill(texts.missing, { name: problem.name, usage });
    case "wrong": {
      const { name, word, type } = problem;
      const expected = expectedOf(type, texts);
      return fill(texts.wrongWord, { name, word: shortened(word), expected, usage });
    }
    default:
      return fill(texts[problem.kind], { word: shortened(problem.word), usage });
  }
}

/** A word that nobody knows, with what may have been meant. */
export function didYouMean(word: string, suggestions: readonly string[], texts: BotTexts): string {
  return fill(texts.didYouMean, { word: shortened(word), suggestions: suggestions.join(", ") });
}
