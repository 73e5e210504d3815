import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { parseArgs, parseTemplate } from "../../src/bot/template.js";

function args(template: string, line: string): unknown {
  const parsed = parseArgs(parseTemplate(template), line);
  return parsed.ok ? parsed.args : parsed.problem;
}

/** Anything else is a defect, and passed on. */
function isReadOrRefused(text: string): boolean {
  try {
    const { path, params } = parseTemplate(text);
    return path.length > 0 && new Set(params.map(({ name }) => name)).size === params.length;
  } catch (error) {
    if (error instanceof ArgumentError) return true;
    throw error;
  }
}

describe("a template", () => {
  it("is the path of a command, its parameters and its usage line", () => {
    expect(parseTemplate("  Poll ADD <What>   [times:int=1] [size:small|large] [why...] ")).toEqual({
      path: ["poll", "add"],
      params: [
        { name: "What", type: "word", optional: false, rest: false, fallback: undefined },
        { name: "times", type: "int", optional: true, rest: false, fallback: 1 },
        {
          name: "size",
          type: { choices: ["small", "large"] },
          optional: true,
          rest: false,
          fallback: undefined,
        },
        { name: "why", type: "word", optional: true, rest: true, fallback: undefined },
      ],
      usage: "Poll ADD <What> [times:int=1] [size:small|large] [why...]",
    });
  });

  it.each([
    ["roll <sides:itn>", '"<sides:itn>" has a type that is not known'],
    ["roll <sides:>", '"<sides:>" has a type that is not known'],
    ["size <of:small|>", '"<of:small|>" has a type that is not known'],
    ["say <text:word...>", '"<text:word...>" has a type that is not known'],
    ["roll <sides:int> [sides:int]", '"[sides:int]" has a name that is taken'],
    ["roll [times:int] <sides:int>", '"<sides:int>" is required, after "times" that is not'],
    ["say [loud] <text...>", '"<text...>" is required, after "loud" that is not'],
    ["say <text...> <who>", '"<who>" comes after the rest of the line'],
    ["say <text...> <more...>", '"<more...>" comes after the rest of the line'],
    ["roll <sides:int", '"<sides:int" has a bracket that is not closed'],
    ["roll sides>", '"sides>" has a bracket that is not closed'],
    ["roll <times]", '"<times]" has a bracket that is not closed'],
    ["roll a<b>", '"a<b>" has a bracket that is not closed'],
    ["roll <<a>>", '"<<a>>" has a bracket that is not closed'],
    ["", "begin with the name of the command"],
    ["  ", "begin with the name of the command"],
    ["<sides:int>", "begin with the name of the command"],
    ["poll <what> add", '"add" is a fixed word after an argument'],
    ["roll [times:int=one]", 'the default of "[times:int=one]" does not fit its type'],
    ["roll [times:number=1e999]", 'the default of "[times:number=1e999]" does not fit its type'],
    ["size [of:small|large=huge]", 'the default of "[of:small|large=huge]" does not fit its type'],
    ["roll <sides:int=6>", '"<sides:int=6>" is required, and needs no default: write [sides:int=6]'],
    ["roll <>", '"<>" has no name that can be used'],
    ["roll <:int>", '"<:int>" has no name that can be used'],
    ["roll [--loud]", '"[--loud]" has no name that can be used'],
    ["roll <6sides>", '"<6sides>" has no name that can be used'],
    ["set <__proto__>", '"<__proto__>" has no name that can be used'],
    ["set [constructor]", '"[constructor]" has no name that can be used'],
    ["say [why...=x]", "takes text as it is, and has neither type nor default"],
    ["say [why...:int]", "takes text as it is, and has neither type nor default"],
  ])("%j is refused: %s", (template, problem) => {
    expect(() => parseTemplate(template)).toThrow(ArgumentError);
    expect(() => parseTemplate(template)).toThrow(problem);
  });

  it("never fails with anything but an ArgumentError", () => {
    const piece = fc.constantFrom(
      "roll",
      "<",
      ">",
      "[",
      "]",
      ":",
      "=",
      "...",
      "|",
      "int",
      "a",
      " ",
      "--",
      "1",
      "é",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (text) => {
          expect(isReadOrRefused(text)).toBe(true);
        },
      ),
    );
  });
});

describe("what follows the name of a command", () => {
  it.each([
    ["roll <sides:int> [times:int=1]", "6", { sides: 6, times: 1 }],
    ["roll <sides:int> [times:int=1]", "  6   2  ", { sides: 6, times: 2 }],
    ["roll [times:int]", "", {}],
    ["roll [times:int]", "   ", {}],
    ["now", "", {}],
    ["int <n:int>", "-12", { n: -12 }],
    ["int <n:int>", "+7", { n: 7 }],
    ["int <n:int>", "-0", { n: 0 }],
    ["number <n:number>", ".5", { n: 0.5 }],
    ["number <n:number>", "3.", { n: 3 }],
    ["number <n:number>", "-1.5e2", { n: -150 }],
    ["size <of:Small|large>", "SMALL", { of: "Small" }],
    ["say <text...>", '  he said "no"  twice  ', { text: 'he said "no"  twice' }],
    ["say <who> <text...>", '"al ice" a\nb\tc', { who: "al ice", text: "a\nb\tc" }],
    ["say [text...]", " ", {}],
    ["add <what> <n:int>", '"two words" 3', { what: "two words", n: 3 }],
    ["add <what> <n:int>", "'two words' '3'", { what: "two words", n: 3 }],
    ["add <what>", "\u201ctwo words\u201d", { what: "two words" }],
    ["add <what>", "\u2018two words\u2019", { what: "two words" }],
    ["add <what>", "it's", { what: "it's" }],
    ["add <what>", '"open', { what: '"open' }],
    ["add <what>", '""', { what: "" }],
    ["add <what>", '"a"b', { what: '"a"b' }],
    ["add <wh\u00e4t>", "\ud83d\ude00", { whät: "\ud83d\ude00" }],
    ["add [to=a:b=c]", "", { to: "a:b=c" }],
  ])("%s with %j", (template, line, expected) => {
    expect(args(template, line)).toStrictEqual(expected);
  });

  it.each([
    ["roll <sides:int>", "", "sides is missing"],
    ["roll <sides:int>", "six", 'sides: "six" is not a whole number'],
    ["roll <sides:int>", "1.5", 'sides: "1.5" is not a whole number'],
    ["roll <sides:int>", "1e3", 'sides: "1e3" is not a whole number'],
    ["roll <sides:int>", "0x10", 'sides: "0x10" is not a whole number'],
    ["roll <sides:int>", "9".repeat(16), `sides: "${"9".repeat(16)}" is not a whole number`],
    ["half <of:number>", "half", 'of: "half" is not a number'],
    ["half <of:number>", "Infinity", 'of: "Infinity" is not a number'],
    ["half <of:number>", "1e999", 'of: "1e999" is not a number'],
    ["half <of:number>", "9".repeat(400), `of: "${"9".repeat(40)}…" is not a number`],
    ["half <of:number>", ".", 'of: "." is not a number'],
    ["size <of:small|large>", "huge", 'of: "huge" is not one of small, large'],
    ["say <text...>", "  ", "text is missing"],
    ["now", "or never", '"or" is too much'],
    ["roll <sides:int>", "6 7", '"7" is too much'],
    ["roll <sides:int>", "x".repeat(100), `sides: "${"x".repeat(40)}…" is not a whole number`],
  ])("%s with %j: %s", (template, line, problem) => {
    expect(args(template, line)).toBe(problem);
  });

  const word = fc.string({ minLength: 1 }).filter((text) => /^[^\s"'\u201c\u2018][^\s]*$/u.test(text));

  it("comes back as it was sent", () => {
    const template = parseTemplate("all <a:int> <b:number> <c:word> <d:x|y> [e:int=5] [f...]");
    const sent = fc.record({
      a: fc.integer(),
      b: fc.double({ noNaN: true, noDefaultInfinity: true }),
      c: word,
      d: fc.constantFrom("x", "y"),
      e: fc.integer(),
      f: fc.string({ minLength: 1 }).filter((text) => text.trim() === text && text !== ""),
    });
    fc.assert(
      fc.property(sent, fc.constantFrom(" ", "  ", "\t", "\n"), ({ a, b, c, d, e, f }, blank) => {
        const line = [a, b, c, d, e, f].join(blank);
        expect(parseArgs(template, blank + line)).toEqual({ ok: true, args: { a, b: b + 0, c, d, e, f } });
      }),
    );
  });

  it("comes back quoted, whatever blanks are in it", () => {
    const template = parseTemplate("two <a> <b>");
    const quotable = fc.string().filter((text) => !text.includes('"'));
    fc.assert(
      fc.property(quotable, quotable, (a, b) => {
        expect(parseArgs(template, ` "${a}" "${b}"`)).toEqual({ ok: true, args: { a, b } });
      }),
    );
  });

  it("never throws, whatever the line", () => {
    const templates = ["now", "a <b>", "a [b:int=1] [c...]", "a <b:number> <c:x|y> [d]", "a <b...>"].map(
      parseTemplate,
    );
    const piece = fc.constantFrom(
      '"',
      "'",
      " ",
      "\n",
      "6",
      "x",
      "-",
      ".",
      "\u201c",
      "\u201d",
      "\u0000",
      "\ud800",
    );
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(piece).map((each) => each.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...templates), line, (template, text) => {
        const parsed = parseArgs(template, text);
        expect(parsed.ok ? Object.keys(parsed.args).length < 4 : parsed.problem !== "").toBe(true);
      }),
    );
  });

  it.each([
    ["digits", (n: number) => `${"9".repeat(n)}x`],
    ["dotted digits", (n: number) => `${"9".repeat(n)}.${"9".repeat(n)}x`],
    ["blanks", (n: number) => `${" ".repeat(n)}x`],
    ["trailing blanks", (n: number) => `x${" ".repeat(n)}y`],
    ["quotes", (n: number) => `"'`.repeat(n)],
    ["quoted words", (n: number) => `"a `.repeat(n)],
  ])("takes linear time: %s", (_name, make) => {
    const templates = ["a <b:number> <c:number> [d...]", "a <b:int> [c]", "a <b...>", "a <b> <c> <d>"].map(
      parseTemplate,
    );
    const costMs = (n: number): number => {
      const line = make(n);
      const beginMs = performance.now();
      for (const template of templates) parseArgs(template, line);
      return performance.now() - beginMs;
    };
    costMs(1_000);
    // a quadratic reading of a quarter of a million characters takes minutes
    expect(costMs(250_000)).toBeLessThan(1_000);
  });
});
