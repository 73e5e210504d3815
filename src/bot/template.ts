import { ArgumentError } from "../base/errors.js";

/** What a word of a template takes. */
export type WordType = "int" | "number" | "word" | { readonly choices: readonly string[] };

/** One argument of a command. */
export interface TemplateParam {
  readonly name: string;
  readonly type: WordType;
  readonly optional: boolean;
  /** Takes the rest of the line as it is. */
  readonly rest: boolean;
  /** What it is when it is not given. */
  readonly fallback: unknown;
}

/** A command as its author wrote it. */
export interface Template {
  /** The fixed words that it begins with: `["poll", "add"]`. */
  readonly path: readonly string[];
  readonly params: readonly TemplateParam[];
  /** The template as it was written, tidied: a usage line. */
  readonly usage: string;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** Reads a template. Throws {@link ArgumentError} naming the word that is wrong. */
export function parseTemplate(text: string): Template {
  const words = text.trim().split(/\s+/);
  const path: string[] = [];
  const params: TemplateParam[] = [];
  for (const word of words) {
    if (!/[<>[\]]/.test(word)) {
      if (params.length > 0) throw new ArgumentError(`"${word}" is a fixed word after an argument`);
      if (word !== "") path.push(fixedWord(word));
      continue;
    }
    const param = parseParam(word);
    const last = params.at(-1);
    if (last?.rest === true) throw new ArgumentError(`"${word}" comes after the rest of the line`);
    if (last?.optional === true && !param.optional)
      throw new ArgumentError(`"${word}" is required, after "${last.name}" that is not`);
    if (params.some((each) => each.name === param.name))
      throw new ArgumentError(`"${word}" has a name that is taken`);
    params.push(param);
  }
  if (path.length === 0) throw new ArgumentError("The template has to begin with the name of the command");
  return { path, params, usage: words.join(" ") };
}

/** People type these after the prefix; what no word begins with is a slip, mostly the prefix itself. */
function fixedWord(word: string): string {
  if (!/^[\p{L}\p{N}]/u.test(word) || /[{}]/.test(word))
    throw new ArgumentError(
      `"${word}" cannot be a word of the command: leave out the prefix, and write arguments as <name> or [name]`,
    );
  return word.toLowerCase();
}

function parseParam(word: string): TemplateParam {
  const found = /^(?:<([^<>[\]]*)>|\[([^<>[\]]*)\])$/.exec(word);
  if (found === null) throw new ArgumentError(`"${word}" has a bracket that is not closed`);
  const [, required, optional] = found;
  const parts = /^([^:=]*?)(\.\.\.)?(?::([^=]*))?(?:=(.*))?$/.exec(required ?? optional ?? "");
  const name = parts?.[1] ?? "";
  // `args` is an ordinary object: what those have cannot be absent
  if (!NAME.test(name) || name in Object.prototype)
    throw new ArgumentError(`"${word}" has no name that can be used`);
  const rest = parts?.[2] !== undefined;
  const type = parseType(parts?.[3], word);
  const given = parts?.[4];
  if (given !== undefined && required !== undefined)
    throw new ArgumentError(`"${word}" is required, and needs no default: write [${required}]`);
  if (rest && (parts?.[3] !== undefined || given !== undefined))
    throw new ArgumentError(`"${word}" takes text as it is, and has neither type nor default`);
  const fallback = given === undefined ? undefined : readWord(given, type);
  if (given !== undefined && fallback === undefined)
    throw new ArgumentError(`the default of "${word}" does not fit its type`);
  return { name, type, optional: optional !== undefined, rest, fallback };
}

function parseType(text: string | undefined, word: string): WordType {
  if (text === undefined) return "word";
  if (text === "int" || text === "number" || text === "word") return text;
  const choices = text.split("|");
  if (choices.length > 1 && choices.every((choice) => choice !== "")) return { choices };
  throw new ArgumentError(`"${word}" has a type that is not known: use int, number, word or a|b`);
}

/** The value of a word, undefined when it does not fit. */
function readWord(word: string, type: WordType): unknown {
  if (type === "word") return word;
  if (type === "int") return /^[+-]?\d{1,15}$/.test(word) ? Number(word) + 0 : undefined;
  if (type === "number") return readNumber(word);
  return type.choices.find((choice) => choice.toLowerCase() === word.toLowerCase());
}

/** Decimal, and not so large that it would be infinite. */
function readNumber(word: string): number | undefined {
  const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) + 0 : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** What was expected of a word, for people. */
function wanted(type: WordType): string {
  if (type === "int") return "a whole number";
  if (type === "number") return "a number";
  return type === "word" ? "a word" : `one of ${type.choices.join(", ")}`;
}

/** What a line gave: the arguments, or what is wrong with it. */
export type ParsedArgs =
  | { readonly ok: true; readonly args: Record<string, unknown> }
  | { readonly ok: false; readonly problem: string };

/** What closes a quotation; telephones write the curved ones. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["\u201c", "\u201d"],
  ["\u2018", "\u2019"],
]);

/** One word at a time; quotes keep blanks together. */
class Line {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  #skip(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  word(): string {
    const quote = QUOTES.get(this.#text.charAt(this.#at));
    const close = quote === undefined ? -1 : this.#text.indexOf(quote, this.#at + 1);
    let word: string;
    if (close > 0 && /^\s?$/.test(this.#text.charAt(close + 1))) {
      word = this.#text.slice(this.#at + 1, close);
      this.#at = close + 1;
    } else {
      const start = this.#at;
      while (!this.done && !/\s/.test(this.#text.charAt(this.#at))) this.#at++;
      word = this.#text.slice(start, this.#at);
    }
    this.#skip();
    return word;
  }

  rest(): string {
    const rest = this.#text.slice(this.#at).trimEnd();
    this.#at = this.#text.length;
    return rest;
  }
}

/** Longer words are not repeated to the room. */
const MAX_QUOTED = 40;

function quoted(word: string): string {
  return `"${word.length > MAX_QUOTED ? `${word.slice(0, MAX_QUOTED)}…` : word}"`;
}

/** Reads what follows the name of a command. */
export function parseArgs(template: Template, text: string): ParsedArgs {
  const line = new Line(text);
  const args: Record<string, unknown> = {};
  for (const { name, type, optional, rest, fallback } of template.params) {
    if (line.done) {
      if (!optional) return { ok: false, problem: `${name} is missing` };
      if (fallback !== undefined) args[name] = fallback;
      continue;
    }
    if (rest) {
      args[name] = line.rest();
      continue;
    }
    const word = line.word();
    const value = readWord(word, type);
    if (value === undefined) return { ok: false, problem: `${name}: ${quoted(word)} is not ${wanted(type)}` };
    args[name] = value;
  }
  if (!line.done) return { ok: false, problem: `${quoted(line.word())} is too much` };
  return { ok: true, args };
}
