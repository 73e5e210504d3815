// A command's template at the level of types: what its arguments are, and what is wrong with it.
import type { JID } from "../base/jid.js";
import type { Occupant } from "../muc/occupant.js";

/** The types that a word of a template can have, and what they give. */
interface WordTypes {
  int: number;
  number: number;
  word: string;
  /** Milliseconds. */
  duration: number;
  jid: JID;
  occupant: Occupant;
}

type Fits<Type extends string, Default extends string> = Type extends "int"
  ? Default extends `${bigint}`
    ? true
    : false
  : Type extends "number"
    ? Default extends `${number}`
      ? true
      : false
    : Type extends "duration"
      ? IsDuration<Lowercase<Default>>
      : Type extends "jid"
        ? Default extends ""
          ? false
          : true
        : Type extends "occupant"
          ? false
          : Type extends `${string}|${string}`
            ? Default extends Choices<Type>
              ? true
              : false
            : true;

type Unit = "ms" | "min" | "s" | "m" | "h" | "d" | "w";

/** `90s`, `1h30m`; what looks like one and is none (`-5m`) the start finds. */
type IsDuration<T extends string> = T extends
  | `${number}${Unit}`
  | `${number}${Unit}${number}${Unit}`
  | `${number}${Unit}${number}${Unit}${number}${Unit}`
  ? true
  : false;

/** A choice such as `small|large` gives the union of its words. */
type ValueOf<Type extends string> = Type extends keyof WordTypes
  ? WordTypes[Type]
  : "" extends Choices<Type>
    ? never
    : Type extends `${infer A}|${infer B}`
      ? A | Choices<B>
      : never;
type Choices<T extends string> = T extends `${infer A}|${infer B}` ? A | Choices<B> : T;

type Words<T extends string> = T extends `${infer A} ${infer B}`
  ? A extends ""
    ? Words<B>
    : [A, ...Words<B>]
  : T extends ""
    ? []
    : [T];

/** What one word is: `{ name, value, kind }`, `{ literal }`, or `{ error }`. */
type WordOf<W extends string> = W extends `<${infer Inner}>`
  ? Param<W, Inner, "required">
  : W extends `[${infer Inner}]`
    ? Inner extends `--${infer Flag}`
      ? FlagOf<W, Flag>
      : Param<W, Inner, "optional">
    : HasBracket<W> extends true
      ? Unclosed<W>
      : W extends `${"!" | "/" | "." | ":" | "{" | "?" | "@"}${string}`
        ? {
            error: `${W} cannot be a word of the command: leave out the prefix, and write arguments as <name> or [name]`;
          }
        : { literal: W };

/** `Flag` is what stands behind the dashes: `loud`, `times=<int>`. */
type FlagOf<W extends string, Flag extends string> = Flag extends `${infer N}=<${infer Type}>`
  ? HasBracket<`${N}${Type}`> extends true
    ? NoFlag<W>
    : Typed<W, N, Type, "valued">
  : HasBracket<Flag> extends true
    ? NoFlag<W>
    : Flag extends `${string}${"=" | ":" | "."}${string}`
      ? NoFlag<W>
      : Named<W, Flag, boolean, "flag">;
type NoFlag<W extends string> = {
  error: `${W} is no flag that can be read: write [--name] or [--name=<int>]`;
};

type HasBracket<T extends string> = T extends `${string}${"<" | ">" | "[" | "]"}${string}` ? true : false;
type Unclosed<W extends string> = { error: `${W} has a bracket that is not closed` };

/** `Inner` is what stands between the brackets: `name`, `name:type`, `name=default`, `name...`. */
type Param<W extends string, Inner extends string, Kind extends "required" | "optional"> =
  HasBracket<Inner> extends true
    ? Unclosed<W>
    : Inner extends `${infer Left}=${infer Default}`
      ? Kind extends "required"
        ? { error: `${W} is required, and needs no default: write [${Inner}]` }
        : Left extends `${infer N}:${infer Type}`
          ? Fits<Type, Default> extends true
            ? Typed<W, N, Type, "defaulted">
            : { error: `the default of ${W} does not fit its type` }
          : Named<W, Left, string, "defaulted">
      : Inner extends `${infer N}:${infer Type}`
        ? Typed<W, N, Type, Kind>
        : Inner extends `${infer N}...`
          ? Named<W, N, string, Kind extends "required" ? "rest" : "optionalRest">
          : Named<W, Inner, string, Kind>;

type Typed<W extends string, N extends string, Type extends string, Kind extends string> = [
  ValueOf<Type>,
] extends [never]
  ? {
      error: `${W} has a type that is not known: use int, number, word, duration, jid, occupant or a|b${Meant<Type>}`;
    }
  : Named<W, N, ValueOf<Type>, Kind>;

/** What the types are called elsewhere, or in another case. */
type Meant<Type extends string> =
  Lowercase<Type> extends keyof WordTypes
    ? `; did you mean ${Lowercase<Type>}?`
    : Lowercase<Type> extends keyof Elsewhere
      ? `; did you mean ${Elsewhere[Lowercase<Type>]}?`
      : "";

interface Elsewhere {
  integer: "int";
  float: "number";
  double: "number";
  string: "word";
  str: "word";
  text: "word";
  time: "duration";
  user: "occupant";
  member: "occupant";
  nick: "occupant";
}

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

type DotsHint<N extends string> = N extends `${string}...`
  ? ""
  : N extends `${infer Bare}..`
    ? `: write ${Bare}... with three dots for the rest of the line`
    : "";

type Named<W extends string, N extends string, Value, Kind extends string> = N extends
  | ""
  | `-${string}`
  | `${Digit}${string}`
  | `${string}.${string}`
  ? { error: `${W} has no name that can be used${DotsHint<N>}` }
  : { name: N; value: Value; kind: Kind };

type Required = "required" | "defaulted" | "rest" | "flag";

/** The arguments of a template without any: in messages of the compiler its name tells more than `{}`. */
export interface NoArguments {}

/** One object of several, written out where the compiler shows it. */
type Merge<T> = [keyof T] extends [never] ? NoArguments : { [K in keyof T]: T[K] };

type Collect<Ws extends readonly string[]> = Ws extends readonly [
  infer W extends string,
  ...infer Rest extends readonly string[],
]
  ? WordOf<W> extends { name: infer N extends string; value: infer V; kind: infer K }
    ? (K extends Required ? { [P in N]: V } : { [P in N]?: V }) & Collect<Rest>
    : Collect<Rest>
  : unknown;

/**
 * The arguments of a template: `ArgsOf<"roll <sides:int> [times:int=1]">` is `{ sides: number; times: number }`. Of a
 * template that is only known at run time nothing is known.
 */
export type ArgsOf<T extends string> = string extends T ? Record<string, unknown> : Merge<Collect<Words<T>>>;

/**
 * The type has a value of the same name, so that a plain `import { ArgsOf }` works in a decorated signature, where
 * TypeScript wants something that is there at run time (TS1272).
 */
export const ArgsOf: unique symbol = Symbol("mucwright.ArgsOf");

/** Walks over the words: names seen, and whether an optional one or a rest came already. */
type Problem<
  Ws extends readonly string[],
  Names extends string = never,
  After extends "start" | "args" | "optional" | "rest" = "start",
> = Ws extends readonly [infer W extends string, ...infer Tail extends readonly string[]]
  ? WordOf<W> extends { error: infer E extends string }
    ? E
    : WordOf<W> extends { literal: string }
      ? After extends "start"
        ? Problem<Tail, Names, "start">
        : `${W} is a fixed word after an argument`
      : After extends "rest"
        ? `${W} comes after the rest of the line`
        : WordOf<W> extends { name: infer N extends string; kind: infer K extends string }
          ? N extends Names
            ? `${W} has a name that is taken`
            : K extends "required" | "rest"
              ? After extends "optional"
                ? `${W} is required, after one that is not`
                : Problem<Tail, Names | N, K extends "rest" ? "rest" : "args">
              : K extends "flag" | "valued"
                ? Problem<Tail, Names | N, After extends "start" ? "args" : After>
                : Problem<Tail, Names | N, K extends "optionalRest" ? "rest" : "optional">
          : never
  : never;

/** The template itself when nothing is wrong with it, else a text that says what is. */
export type CheckTemplate<T extends string> = string extends T
  ? T
  : Words<T> extends readonly []
    ? "the template is empty"
    : WordOf<Words<T>[0] & string> extends { error: infer E extends string }
      ? E
      : WordOf<Words<T>[0] & string> extends { literal: string }
        ? [Problem<Words<T>>] extends [never]
          ? T
          : Problem<Words<T>>
        : "the template has to begin with the name of the command";
