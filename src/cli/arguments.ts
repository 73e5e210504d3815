import { parseArgs } from "node:util";

import { ArgumentError } from "../base/errors.js";
import { similarTo } from "../bot/similar.js";

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  verbose: { type: "boolean" },
  script: { type: "string" },
} as const;

/** What a command line asks for. */
export type Request =
  | { readonly do: "help" | "version" }
  | { readonly do: "run"; readonly file: string; readonly verbose: boolean }
  | { readonly do: "dev"; readonly file: string; readonly verbose: boolean; readonly script: string | null };

const VERBS = ["run", "dev"] as const;

function orSimilar(word: string, names: readonly string[], dashes = ""): string {
  const [similar] = similarTo(word, names);
  return similar === undefined ? "" : `: did you mean ${dashes}${similar}?`;
}

/** Node would say of what is wrong here what nobody can use: that a file may begin with a dash, and how. */
function optionsOf(argv: readonly string[]) {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string | null>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName, value = null } = token;
    if (!Object.hasOwn(OPTIONS, name))
      throw new ArgumentError(`there is no option ${rawName}${orSimilar(name, Object.keys(OPTIONS), "--")}`);
    if (name !== "script" && value !== null) throw new ArgumentError(`${rawName} takes no value`);
    if (name === "script" && (value === null || /^(?:|-.+)$/.test(value)))
      throw new ArgumentError("--script wants a file, or - for standard input");
    given.set(name, value);
  }
  return { given, positionals };
}

/** Reads a command line. Throws `ArgumentError` for one that is none. */
export function readArguments(argv: readonly string[]): Request {
  const { given, positionals } = optionsOf(argv);
  if (given.has("help")) return { do: "help" };
  if (given.has("version")) return { do: "version" };
  const [word, file, ...more] = positionals;
  if (word === undefined) throw new ArgumentError("what shall be done?");
  const verb = VERBS.find((each) => each === word);
  if (verb === undefined) throw new ArgumentError(`there is no command "${word}"${orSimilar(word, VERBS)}`);
  if (file === undefined) throw new ArgumentError(`${verb} wants the file of a bot`);
  if (more.length > 0) throw new ArgumentError(`"${more.join(" ")}" is too much`);
  const script = given.get("script") ?? null;
  const verbose = given.has("verbose");
  if (verb === "dev") return { do: verb, file, verbose, script };
  if (script !== null) throw new ArgumentError("--script is for dev");
  return { do: verb, file, verbose };
}
