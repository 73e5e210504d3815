import { Occupant } from "../muc/occupant.js";
import type { Template, TemplateFlag } from "./template.js";
import { findOccupant, readWord, type FindOccupant, type WordType } from "./word-types.js";

/** What is wrong with a call of a command: the word, and what was expected in its place. */
export type LineProblem =
  | { readonly kind: "missing"; readonly name: string }
  | {
      readonly kind: "wrong";
      readonly name: string;
      readonly word: string;
      readonly type: WordType;
      /** Of an occupant: it may be more than one. */
      readonly several?: boolean;
    }
  | { readonly kind: "tooMuch"; readonly word: string }
  | { readonly kind: "noFlag"; readonly word: string };

/** What a line gave: the arguments, or what is wrong with it. */
export type ParsedArgs =
  | { readonly ok: true; readonly args: Record<string, unknown> }
  | { readonly ok: false; readonly problem: LineProblem };

/** What closes a quotation; telephones write the curved ones. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["\u201c", "\u201d"],
  ["\u2018", "\u2019"],
]);

/** What a flag begins with; telephones make one dash of two. */
const FLAG = /(?:--|[\u2013\u2014])(?:([\p{L}_][\p{L}\p{N}_-]*)(=?)|(?=\s|$))/uy;

/** One word at a time; quotes keep blanks together. */
class Line {
  readonly #text: string;
  #at = 0;
  #quoted = false;

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

  /** What is not read yet. */
  get left(): string {
    return this.#text.slice(this.#at);
  }

  /** Whether the last word stood in quotes. */
  get quoted(): boolean {
    return this.#quoted;
  }

  word(): string {
    const quote = QUOTES.get(this.#text.charAt(this.#at));
    const close = quote === undefined ? -1 : this.#text.indexOf(quote, this.#at + 1);
    let word: string;
    this.#quoted = close > 0 && /^\s?$/.test(this.#text.charAt(close + 1));
    if (this.#quoted) {
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

  /**
   * The flag that stands here, by name, and whether a value stands right behind it; `""` for the two dashes that end
   * all flags; null where there is none. What is quoted is none.
   */
  flag(): { readonly name: string; readonly joined: boolean; take(): void } | null {
    FLAG.lastIndex = this.#at;
    const found = FLAG.exec(this.#text);
    if (found === null) return null;
    const [all, name = "", equals = ""] = found;
    const end = this.#at + all.length;
    const joined = equals !== "";
    if (!joined && !/^\s?$/.test(this.#text.charAt(end))) return null;
    const take = (): void => {
      this.#at = end;
      // what is joined to it is its value, and may be nothing
      if (!joined) this.#skip();
    };
    return { name, joined, take };
  }

  rest(): string {
    const rest = this.#text.slice(this.#at).trimEnd();
    this.#at = this.#text.length;
    return rest;
  }
}

/** One reading of what follows the name of a command. */
class Reading {
  readonly #template: Template;
  readonly #room: FindOccupant | null;
  readonly #line: Line;
  readonly #args: Record<string, unknown> = {};
  #problem: LineProblem | null = null;
  #flagsEnded: boolean;

  constructor(template: Template, text: string, room: FindOccupant | null) {
    this.#template = template;
    this.#room = room;
    this.#line = new Line(text);
    this.#flagsEnded = template.flags.length === 0;
    for (const { name, type } of template.flags) if (type === null) this.#args[name] = false;
  }

  run(): ParsedArgs {
    const line = this.#line;
    for (const { name, type, optional, rest, fallback } of this.#template.params) {
      this.#flags(rest);
      if (this.#problem !== null) break;
      if (line.done) {
        if (optional && fallback !== undefined) this.#args[name] = fallback;
        else if (!optional) this.#problem = { kind: "missing", name };
      } else if (rest) this.#args[name] = line.rest();
      else this.#value(name, type);
    }
    if (this.#problem === null) this.#flags(false);
    if (this.#problem === null && !line.done) this.#problem = { kind: "tooMuch", word: line.word() };
    return this.#problem === null ? { ok: true, args: this.#args } : { ok: false, problem: this.#problem };
  }

  #value(name: string, type: WordType): void {
    if (type === "occupant" && this.#room !== null) return this.#occupant(name, this.#room);
    const word = this.#line.word();
    const value = readWord(word, type);
    if (value === undefined) this.#problem ??= { kind: "wrong", name, word, type };
    else this.#args[name] = value;
  }

  #occupant(name: string, room: FindOccupant): void {
    const line = this.#line.left;
    const word = this.#line.word();
    const found = findOccupant({ word, quoted: this.#line.quoted, line }, room);
    if (found !== null && found !== "several") this.#args[name] = found;
    else this.#problem ??= { kind: "wrong", name, word, type: "occupant", several: found === "several" };
  }

  /** The flags that stand here. Before text that is taken as it is, what is no flag of ours is text. */
  #flags(beforeText: boolean): void {
    while (!this.#flagsEnded && this.#problem === null) {
      const found = this.#line.flag();
      if (found === null) return;
      const flag = this.#template.flags.find(({ name }) => name.toLowerCase() === found.name.toLowerCase());
      if (found.name === "") this.#flagsEnded = true;
      else if (flag === undefined) {
        if (!beforeText) this.#problem = { kind: "noFlag", word: this.#line.word() };
        return;
      }
      if (flag?.type === null && found.joined) this.#problem = { kind: "noFlag", word: this.#line.word() };
      else {
        found.take();
        if (flag !== undefined) this.#flag(flag);
      }
    }
  }

  #flag({ name, type }: TemplateFlag): void {
    if (type === null) this.#args[name] = true;
    else if (this.#line.done) this.#problem = { kind: "missing", name: `--${name}` };
    else this.#value(name, type);
  }
}

/**
 * Reads what follows the name of a command. Occupants are looked for in `room`, null where the command was given in
 * none.
 */
export function parseArgs(template: Template, text: string, room: FindOccupant | null = null): ParsedArgs {
  return new Reading(template, text, room).run();
}

/** Whether a command can name somebody: who that is depends on when it is read. */
export function namesOccupants({ params, flags }: Template): boolean {
  return [...params, ...flags].some(({ type }) => type === "occupant");
}

/** What was read earlier, as it is now: whoever was named then and has gone is not whoever has their nick since. */
export function readAgain({ params, flags }: Template, parsed: ParsedArgs, room: FindOccupant): ParsedArgs {
  if (!parsed.ok) return parsed;
  for (const { name } of [...params, ...flags]) {
    const value = parsed.args[name];
    if (!(value instanceof Occupant) || room.getOccupant(value.nick) === value) continue;
    return { ok: false, problem: { kind: "wrong", name, word: value.nick, type: "occupant" } };
  }
  return parsed;
}
