// usage lines and calls, made from any template, read back as what they were made from
import fc from "fast-check";
import { expect, it } from "vitest";

import { parseArgs } from "../../src/bot/command-line.js";
import { parseTemplate } from "../../src/bot/template.js";
import type { WordType } from "../../src/bot/word-types.js";

/** A value as a template has it, and as somebody types it. */
interface Sample {
  readonly value: unknown;
  readonly typed: string;
}

const quotable = fc.string().filter((text) => !text.includes('"'));
const text = fc.string({ minLength: 1 }).filter((each) => each.trim() === each && each !== "");

const SAMPLES: Readonly<Record<string, fc.Arbitrary<Sample>>> = {
  int: fc.integer().map((value) => ({ value: value + 0, typed: String(value) })),
  number: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ value: value + 0, typed: String(value) })),
  word: quotable.map((value) => ({ value, typed: `"${value}"` })),
  duration: fc.tuple(fc.nat(999), fc.nat(59)).map(([hours, minutes]) => ({
    value: hours * 3_600_000 + minutes * 60_000,
    typed: `${hours}h${minutes}m`,
  })),
  "small|large": fc.constantFrom("small", "large").map((value) => ({ value, typed: value })),
};

/** One part of a template, as it is written, and what may be given for it. */
interface Part {
  readonly written: string;
  readonly name: string;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly flag: boolean;
  /** By name, `flag` for one without a value. */
  readonly type: string;
}

const TYPES = Object.keys(SAMPLES);

function typeOf(type: string): WordType {
  return type.includes("|") ? { choices: type.split("|") } : (type as WordType);
}

const shape = fc.record({
  path: fc.array(fc.constantFrom("roll", "poll", "add", "über"), { minLength: 1, maxLength: 3 }),
  required: fc.array(fc.constantFrom(...TYPES), { maxLength: 3 }),
  optional: fc.array(fc.constantFrom(...TYPES), { maxLength: 2 }),
  flags: fc.array(fc.constantFrom("flag", ...TYPES), { maxLength: 3 }),
  rest: fc.constantFrom("none", "required", "optional"),
});

const template = shape.map(({ path, required, optional, flags, rest }) => {
  const parts: Part[] = [];
  const add = (written: string, type: string, is: Partial<Part>): void => {
    const part = { name: `n${parts.length}`, optional: false, rest: false, flag: false, type, ...is };
    parts.push({ ...part, written: written.replace("NAME", part.name) });
  };
  for (const type of required) add(`<NAME:${type}>`, type, {});
  for (const type of flags)
    add(type === "flag" ? "[--NAME]" : `[--NAME=<${type}>]`, type, { optional: true, flag: true });
  if (rest === "required" && optional.length === 0) add("<NAME...>", "word", { rest: true });
  else {
    for (const type of optional) add(`[NAME:${type}]`, type, { optional: true });
    if (rest === "optional") add("[NAME...]", "word", { rest: true, optional: true });
  }
  return { path, parts, line: [...path, ...parts.map(({ written }) => written)].join(" ") };
});

it("a usage line reads as the template that it was made from", () => {
  fc.assert(
    fc.property(template, ({ path, parts, line }) => {
      const parsed = parseTemplate(line);
      expect(parsed.path).toEqual(path);
      expect(parsed.params).toEqual(
        parts
          .filter(({ flag }) => !flag)
          .map(({ name, optional, rest, type }) => ({
            name,
            optional,
            rest,
            type: typeOf(type),
            fallback: undefined,
          })),
      );
      expect(parsed.flags).toEqual(
        parts
          .filter(({ flag }) => flag)
          .map(({ name, type }) => ({ name, type: type === "flag" ? null : typeOf(type) })),
      );
      expect(parseTemplate(`  ${parsed.usage.replaceAll(" ", "\n ")} `)).toEqual(parsed);
    }),
  );
});

/** A template with a call: what was typed for each part, undefined for what was left out. */
const call = template.chain(({ parts, line }) =>
  fc
    .tuple(
      ...parts.map(({ type, optional, rest, flag }) => {
        if (type === "flag")
          return fc.constantFrom<(Sample | undefined)[]>({ value: true, typed: "" }, undefined);
        const given: fc.Arbitrary<Sample> = rest
          ? text.map((value) => ({ value, typed: value }))
          : (SAMPLES[type] ?? fc.constant({ value: "", typed: "" }));
        return optional && flag ? fc.option(given, { nil: undefined }) : given;
      }),
    )
    .map((given) => ({ line, parts, given: given as (Sample | undefined)[] })),
);

it("a call reads as the arguments that it was made from", () => {
  fc.assert(
    fc.property(
      call,
      fc.boolean(),
      fc.constantFrom(" ", "  ", "\n"),
      ({ line, parts, given }, early, blank) => {
        const args: Record<string, unknown> = {};
        const words: string[] = [];
        const flags: string[] = [];
        const hasFlags = parts.some(({ flag }) => flag);
        parts.forEach(({ name, flag, type, rest }, index) => {
          const sample = given[index];
          if (sample !== undefined) args[name] = sample.value;
          else if (type === "flag") args[name] = false;
          if (sample === undefined) return;
          if (flag) flags.push(type === "flag" ? `--${name}` : `--${name}=${sample.typed}`);
          // what begins like a flag is text behind the two dashes that end them
          else words.push(rest && hasFlags ? `-- ${sample.typed}` : sample.typed);
        });
        const last = words.at(-1);
        const restIsLast = parts.some(({ rest }, index) => rest && given[index] !== undefined);
        const all =
          early || !restIsLast
            ? [...(early ? flags : []), ...words, ...(early ? [] : flags)]
            : [...words.slice(0, -1), ...flags, last ?? ""];
        expect(parseArgs(parseTemplate(line), all.join(blank))).toEqual({ ok: true, args });
      },
    ),
  );
});
