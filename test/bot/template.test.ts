import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ArgumentError } from "../../src/base/errors.js";
import { JID } from "../../src/base/jid.js";
import { parseArgs } from "../../src/bot/command-line.js";
import { parseTemplate } from "../../src/bot/template.js";
import { DEFAULT_TEXTS, problemText } from "../../src/bot/texts.js";
import type { Occupant } from "../../src/muc/occupant.js";
import { growthForTen, LINEAR_FOR_TEN } from "../support/growth.js";

function args(template: string, line: string): unknown {
  const parsed = parseArgs(parseTemplate(template), line);
  if (parsed.ok) return parsed.args;
  return problemText(parsed.problem, "", DEFAULT_TEXTS).replace(/\. Usage: $/, "");
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
      flags: [],
      usage: "Poll ADD <What> [times:int=1] [size:small|large] [why...]",
    });
  });

  it.each([
    ["roll <sides:itn>", '"<sides:itn>" has a type that is not known'],
    ["roll <sides:itn>", "occupant or a|b; did you mean int?"],
    ["roll <sides:integer>", "; did you mean int?"],
    ["kick <who:Occupant>", "; did you mean occupant?"],
    ["say <what:string>", "; did you mean word?"],
    ["say <what:quux>", "occupant or a|b"],
    ["say <text..>", '"<text..>" has no name that can be used: write text... with three dots'],
    ["say [text…]", '"[text…]" has no name that can be used: write text... with three dots'],
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
    ["roll [--]", '"[--]" has no name that can be used'],
    ["roll [--6]", '"[--6]" has no name that can be used'],
    ["roll [--constructor]", '"[--constructor]" has no name that can be used'],
    ["roll <--loud>", '"<--loud>" has no name that can be used'],
    ["roll [--loud=5]", '"[--loud=5]" is no flag that can be read: write [--name] or [--name=<int>]'],
    ["roll [--loud:int]", '"[--loud:int]" is no flag that can be read'],
    ["roll [--times=<int]", '"[--times=<int]" is no flag that can be read'],
    ["roll [--times=<itn>]", '"[--times=<itn>]" has a type that is not known'],
    ["roll <loud> [--loud]", '"[--loud]" has a name that is taken'],
    ["roll [--loud] [--loud=<int>]", '"[--loud=<int>]" has a name that is taken'],
    ["say <text...> [--loud]", '"[--loud]" comes after the rest of the line'],
    ["say [--loud] now", '"now" is a fixed word after an argument'],
    ["wait [for:duration=5]", 'the default of "[for:duration=5]" does not fit its type'],
    ["wait [for:duration=-5m]", 'the default of "[for:duration=-5m]" does not fit its type'],
    ["ban [who:jid=@example.org]", 'the default of "[who:jid=@example.org]" does not fit its type'],
    ["kick [who:occupant=alice]", 'the default of "[who:occupant=alice]" does not fit its type'],
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
    ["wait <for:duration>", "90s", { for: 90_000 }],
    ["wait <for:duration>", "1h30m", { for: 5_400_000 }],
    ["wait <for:duration>", "1.5H", { for: 5_400_000 }],
    ["wait <for:duration>", "5min", { for: 300_000 }],
    ["wait <for:duration>", "250ms", { for: 250 }],
    ["wait <for:duration>", "1w2d", { for: 777_600_000 }],
    ["wait [for:duration=5m]", "", { for: 300_000 }],
    ["roll <n:int> [--loud] [--dry-run]", "6", { n: 6, loud: false, "dry-run": false }],
    ["roll <n:int> [--loud] [--dry-run]", "6 --loud", { n: 6, loud: true, "dry-run": false }],
    ["roll <n:int> [--loud] [--dry-run]", "--DRY-RUN 6 --loud", { n: 6, loud: true, "dry-run": true }],
    ["roll <n:int> [--loud]", "\u2014loud 6", { n: 6, loud: true }],
    ["roll [n:int] [--times=<int>]", "", {}],
    ["roll [n:int] [--times=<int>]", "--times=3", { times: 3 }],
    ["roll [n:int] [--times=<int>]", "6 --times 3", { n: 6, times: 3 }],
    ["roll [n:int] [--times=<int>]", "--times=2 6 --times=3", { n: 6, times: 3 }],
    ["call [--as=<word>]", '--as="two words"', { as: "two words" }],
    ["call <who> [--loud]", '"--loud"', { who: "--loud", loud: false }],
    ["call <who> [--loud]", "-- --loud", { who: "--loud", loud: false }],
    ["call <who>", "--loud", { who: "--loud" }],
    ["say [--loud] <text...>", "--loud  a  --b", { loud: true, text: "a  --b" }],
    ["say [--loud] <text...>", "a --loud", { loud: false, text: "a --loud" }],
    ["say [--loud] <text...>", "--quiet a", { loud: false, text: "--quiet a" }],
    ["say [--loud] <text...>", "-- --loud", { loud: false, text: "--loud" }],
    ["say [--loud] [text...]", "--loud", { loud: true }],
    ["move <by:int> [--far]", "-5", { by: -5, far: false }],
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
    ["wait <for:duration>", "5", 'for: "5" is not a duration (90s, 5m, 1h30m)'],
    ["wait <for:duration>", "-5m", 'for: "-5m" is not a duration (90s, 5m, 1h30m)'],
    ["wait <for:duration>", "5 m", 'for: "5" is not a duration (90s, 5m, 1h30m)'],
    [
      "wait <for:duration>",
      `${"9".repeat(50)}w`,
      `for: "${"9".repeat(40)}…" is not a duration (90s, 5m, 1h30m)`,
    ],
    ["ban <who:jid>", "@example.org", 'who: "@example.org" is not an address (user@domain)'],
    ["kick <who:occupant>", "alice", 'who: "alice" is not the nick of somebody here'],
    ["roll [--loud]", "--lout", 'There is no flag "--lout"'],
    ["roll [--loud]", "--loud=yes", 'There is no flag "--loud=yes"'],
    ["roll [--times=<int>]", "--times", "--times is missing"],
    ["roll [--times=<int>]", "--times=six", 'times: "six" is not a whole number'],
    ["roll [--times=<int>]", "--times= 6", 'times: "" is not a whole number'],
    ["roll <n:int> [--loud]", "--loud", "n is missing"],
    ["roll <sides:int>", "x".repeat(100), `sides: "${"x".repeat(40)}…" is not a whole number`],
  ])("%s with %j: %s", (template, line, problem) => {
    expect(args(template, line)).toBe(problem);
  });

  it("has addresses as JIDs, and occupants of the room by nick as people write them", () => {
    const jid = parseArgs(parseTemplate("ban <who:jid> [by:jid=b@example.org]"), "A@Example.org");
    expect(jid).toEqual({
      ok: true,
      args: { who: JID.parse("a@example.org"), by: JID.parse("b@example.org") },
    });
    const there = ["alice", "Alice", "Bob", "two words", "@home"].map((nick) => ({ nick }) as Occupant);
    const room = {
      occupants: there,
      getOccupant: (nick: string) => there.find((each) => each.nick === nick) ?? null,
    };
    const kicked = (line: string): unknown => {
      const parsed = parseArgs(parseTemplate("kick <who:occupant> [why...]"), line, room);
      return parsed.ok ? (parsed.args["who"] as Occupant).nick : parsed.problem.kind;
    };
    expect(["alice", "Alice", "bob", "@Bob", "Bob:", "bob,", '"two words" why', "@home"].map(kicked)).toEqual(
      ["alice", "Alice", "Bob", "Bob", "Bob", "Bob", "two words", "@home"],
    );
    // of two that could be meant, none is: it may be the wrong one
    expect(kicked("ALICE")).toBe("wrong");
    expect(kicked("carol")).toBe("wrong");
    there.push({ nick: "@alice" } as Occupant, { nick: "Bob:" } as Occupant);
    expect(["@alice", "Bob:", "alice", "Bob"].map(kicked)).toEqual(["wrong", "wrong", "alice", "Bob"]);
    // in quotes it is meant as it stands, so that nobody makes themselves unnameable
    expect(['"@alice"', '"Bob:" why', "'BOB'"].map(kicked)).toEqual(["@alice", "Bob:", "Bob"]);
  });

  it("takes nobody for somebody else whose nick goes on behind a blank", () => {
    const there = ["alice", "Alice Cooper", "bob ", "bob"].map((nick) => ({ nick }) as Occupant);
    const room = {
      occupants: there,
      getOccupant: (nick: string) => there.find((each) => each.nick === nick) ?? null,
    };
    const kicked = (line: string): unknown => {
      const parsed = parseArgs(parseTemplate("kick <who:occupant> [why...]"), line, room);
      return parsed.ok ? (parsed.args["who"] as Occupant).nick : "nobody";
    };
    const lines = ["alice cooper", "@Alice Cooper: spams", "alice coopers", '"alice" cooper', "bob spams"];
    expect(lines.map(kicked)).toEqual(["nobody", "nobody", "alice", "alice", "bob"]);
    there.push({ nick: '"alice"' } as Occupant, { nick: "'carol'" } as Occupant);
    const quoted = ['"alice" spams', `'"alice"' spams`, "'alice'", "alice", "'carol' spams", "carol"];
    expect(quoted.map(kicked)).toEqual(["nobody", '"alice"', "alice", "alice", "'carol'", "nobody"]);
    const parsed = parseArgs(parseTemplate("kick <who:occupant> [why...]"), "alice cooper", room);
    expect(parsed.ok ? "" : problemText(parsed.problem, "!kick", DEFAULT_TEXTS)).toBe(
      'who: "alice" is not the nick of just one here: write all of it, in quotes. Usage: !kick',
    );
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
    const templates = [
      "f [--b] <c:duration> [--d=<jid>] [e...]",
      "g [a:occupant] [--b]",
      "now",
      "a <b>",
      "a [b:int=1] [c...]",
      "a <b:number> <c:x|y> [d]",
      "a <b...>",
    ].map(parseTemplate);
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
      "--",
      "--b",
      "=",
    );
    const line = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(piece).map((each) => each.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...templates), line, (template, text) => {
        const parsed = parseArgs(template, text);
        expect(parsed.ok ? Object.keys(parsed.args).length < 5 : parsed.problem.kind !== undefined).toBe(
          true,
        );
      }),
    );
  });

  it.each([
    ["digits", 10_000, (n: number) => `${"9".repeat(n)}x`],
    ["dotted digits", 10_000, (n: number) => `${"9".repeat(n)}.${"9".repeat(n)}x`],
    ["blanks", 10_000, (n: number) => `${" ".repeat(n)}x`],
    ["trailing blanks", 10_000, (n: number) => `x${" ".repeat(n)}y`],
    ["quotes", 10_000, (n: number) => `"'`.repeat(n)],
    // refused after a first glance
    ["quoted words", 200_000, (n: number) => `"a `.repeat(n)],
  ])("takes linear time: %s", async (_name, size, make) => {
    const templates = [
      "f <b:duration> [--c] [d...]",
      "a <b:number> <c:number> [d...]",
      "a <b:int> [c]",
      "a <b...>",
      "a <b> <c> <d>",
    ].map(parseTemplate);
    const growth = await growthForTen((n) => {
      const line = make(n);
      for (const template of templates) parseArgs(template, line);
    }, size);
    expect(growth).toBeLessThan(LINEAR_FOR_TEN);
  });
});
