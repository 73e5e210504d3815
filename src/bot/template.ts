import { ArgumentError } from "../base/errors.js";
import { readType, readWord, meantType, TYPES_FOR_PEOPLE, type WordType } from "./word-types.js";

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

/** A part of a command that may stand anywhere after its name: `--loud`, `--times=3`. */
export interface TemplateFlag {
  readonly name: string;
  /** What its value has to be; null where it has none. */
  readonly type: WordType | null;
}

/** A command as its author wrote it. */
export interface Template {
  /** The fixed words that it begins with: `["poll", "add"]`. */
  readonly path: readonly string[];
  readonly params: readonly TemplateParam[];
  readonly flags: readonly TemplateFlag[];
  /** The template as it was written, tidied: a usage line. It reads as the same template again. */
  readonly usage: string;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** Reads a template. Throws {@link ArgumentError} naming the word that is wrong. */
export function parseTemplate(text: string): Template {
  const words = text.trim().split(/\s+/);
  const path: string[] = [];
  const params: TemplateParam[] = [];
  const flags: TemplateFlag[] = [];
  for (const word of words) {
    if (!/[<>[\]]/.test(word)) {
      if (params.length + flags.length > 0)
        throw new ArgumentError(`"${word}" is a fixed word after an argument`);
      if (word !== "") path.push(fixedWord(word));
      continue;
    }
    const flag = parseFlag(word);
    const param = flag === null ? parseParam(word) : null;
    const last = params.at(-1);
    if (last?.rest === true) throw new ArgumentError(`"${word}" comes after the rest of the line`);
    if (last?.optional === true && param?.optional === false)
      throw new ArgumentError(`"${word}" is required, after "${last.name}" that is not`);
    const name = flag?.name ?? param?.name;
    if ([...params, ...flags].some((each) => each.name === name))
      throw new ArgumentError(`"${word}" has a name that is taken`);
    if (flag !== null) flags.push(flag);
    else if (param !== null) params.push(param);
  }
  if (path.length === 0) throw new ArgumentError("The template has to begin with the name of the command");
  return { path, params, flags, usage: words.join(" ") };
}

/** People type these after the prefix; what no word begins with is a slip, mostly the prefix itself. */
function fixedWord(word: string): string {
  if (!/^[\p{L}\p{N}]/u.test(word) || /[{}]/.test(word))
    throw new ArgumentError(
      `"${word}" cannot be a word of the command: leave out the prefix, and write arguments as <name> or [name]`,
    );
  return word.toLowerCase();
}

/** The rest of a line has three dots, in ASCII. */
function dotsHint(name: string): string {
  const [, bare] = /^(.*?[^.…])(?:\.+|…)$/u.exec(name) ?? [];
  return bare === undefined || !NAME.test(bare)
    ? ""
    : `: write ${bare}... with three dots for the rest of the line`;
}

/** `args` is an ordinary object: what those have cannot be absent. */
function checkName(name: string, word: string): string {
  if (!NAME.test(name) || name in Object.prototype)
    throw new ArgumentError(`"${word}" has no name that can be used${dotsHint(name)}`);
  return name;
}

/** `[--loud]`, `[--times=<int>]`; null for what is no flag. */
function parseFlag(word: string): TemplateFlag | null {
  if (!word.startsWith("[--")) return null;
  const parts = /^\[--([^<>[\]=:.]*)(?:=<([^<>[\]]*)>)?\]$/.exec(word);
  if (parts === null)
    throw new ArgumentError(`"${word}" is no flag that can be read: write [--name] or [--name=<int>]`);
  const name = checkName(parts[1] ?? "", word);
  return { name, type: parts[2] === undefined ? null : parseType(parts[2], word) };
}

function parseParam(word: string): TemplateParam {
  const found = /^(?:<([^<>[\]]*)>|\[([^<>[\]]*)\])$/.exec(word);
  if (found === null) throw new ArgumentError(`"${word}" has a bracket that is not closed`);
  const [, required, optional] = found;
  const parts = /^([^:=]*?)(\.\.\.)?(?::([^=]*))?(?:=(.*))?$/.exec(required ?? optional ?? "");
  const name = checkName(parts?.[1] ?? "", word);
  const rest = parts?.[2] !== undefined;
  const type = parseType(parts?.[3], word);
  const given = parts?.[4];
  if (given !== undefined && required !== undefined)
    throw new ArgumentError(`"${word}" is required, and needs no default: write [${required}]`);
  if (rest && (parts?.[3] !== undefined || given !== undefined))
    throw new ArgumentError(`"${word}" takes text as it is, and has neither type nor default`);
  // Who will be there nobody knows when a template is read, so that an occupant cannot have a default either.
  const fallback = given === undefined ? undefined : readWord(given, type);
  if (given !== undefined && fallback === undefined)
    throw new ArgumentError(`the default of "${word}" does not fit its type`);
  return { name, type, optional: optional !== undefined, rest, fallback };
}

function parseType(text: string | undefined, word: string): WordType {
  if (text === undefined) return "word";
  const type = readType(text);
  if (type === null)
    throw new ArgumentError(
      `"${word}" has a type that is not known: use ${TYPES_FOR_PEOPLE}${meantType(text)}`,
    );
  return type;
}
