import { readFileSync } from "node:fs";

import { messageOf, MucwrightError } from "../../base/errors.js";
import { BotFileError, type BotFileProblem } from "./bot-file-error.js";
import { explainImport } from "./explain-import.js";
import { isAuthorsFile, placeAboveMessage, placesInStack, showPath, showPlace, type Place } from "./place.js";
import { SYNTAX_ERROR_CODE } from "./syntax-error.js";

/** A syntax error found by the compiler: its code frame says everything but is the message of nothing. */
function explainOwnSyntaxError(error: Error): BotFileProblem | null {
  if (!("code" in error) || error.code !== SYNTAX_ERROR_CODE) return null;
  const [, file, line, column] = /,-\[(.+):(\d+):(\d+)\]/.exec(error.message) ?? [];
  const place = file && line ? { file, line: Number(line), column: Number(column) } : null;
  return { code: SYNTAX_ERROR_CODE, message: error.message.replace(/^[x×] /, ""), place };
}

/** A syntax error found by V8, in JavaScript: the place, the source line and a caret stand above the message. */
function explainPlainSyntaxError(error: Error, stack: string): BotFileProblem | null {
  const place = placeAboveMessage(stack);
  if (!(error instanceof SyntaxError) || place === null) return null;
  const [, ...frame] = (stack.split("\nSyntaxError:", 1)[0] ?? "").trimEnd().split("\n");
  const lines = [error.message, ...frame.map((line) => `  ${line}`)];
  if (/outside a module|Unexpected token 'export'/.test(error.message))
    lines.push(
      place.file.endsWith(".cts")
        ? 'A .cts file is CommonJS: write import x = require("x"), or name the file .ts'
        : 'This file is CommonJS: name it .mjs, or put "type": "module" into the package.json',
    );
  return { code: "botFileSyntax", message: lines.join("\n"), place };
}

/** A syntax error of V8 in an ES module: it keeps the place to itself, so the compiler is asked for it. */
async function explainHiddenSyntaxError(loaded: readonly string[]): Promise<BotFileProblem | null> {
  // not a static import: this thread has no other use for the compiler
  const { findSyntaxError } = await import("./find-syntax-error.js");
  const error = loaded.map(findSyntaxError).find((candidate) => candidate !== null);
  return error === undefined ? null : explainOwnSyntaxError(error);
}

/** A name used before its line has run, which in a file of classes nearly always means a circle of imports. */
function explainUsedTooEarly(error: Error, place: Place): BotFileProblem | null {
  const [, name] = /^Cannot access '(.+)' before initialization$/.exec(error.message) ?? [];
  if (!(error instanceof ReferenceError) || name === undefined) return null;
  const source = readFileSync(place.file, "utf8");
  const word = `(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`;
  const [, from] = new RegExp(`\\bimport\\b[^;"']*${word}[^;"']*["'](.+?)["']`).exec(source) ?? [];
  const isDeclaredHere = new RegExp(`\\b(?:class|const|let|enum)\\s+${word}`).test(source);
  if (from === undefined && isDeclaredHere)
    return { code: "botFileUsedTooEarly", message: `${name} is used above the line that defines it`, place };
  const message =
    `${name} is used before ${from === undefined ? "its file" : `"${from}"`} has run: ` +
    `the two files import each other, directly or by way of others.\n` +
    `Move what both need into a third file. Where ${name} is injected, ` +
    `@inject(delay(() => ${name})) x: ${name}Type with import type { ${name} as ${name}Type } will do`;
  return { code: "botFileUsedTooEarly", message, place };
}

function describe(error: unknown): string {
  // the name of an ordinary Error, or of one of ours, tells the author nothing
  const isNamed = error instanceof Error && error.name !== "Error" && !(error instanceof MucwrightError);
  return isNamed ? `${error.name}: ${error.message}` : messageOf(error);
}

async function problemOf(error: unknown, file: string, loaded: readonly string[]): Promise<BotFileProblem> {
  const message = `${showPath(file)} could not be loaded: ${describe(error)}`;
  if (!(error instanceof Error)) return { code: "botFileThrew", message, place: null };
  const stack = error.stack ?? "";
  const early = explainOwnSyntaxError(error) ?? explainImport(error, stack, loaded);
  if (early !== null) return early;
  const places = placesInStack(stack);
  const place = places.find((candidate) => isAuthorsFile(candidate.file));
  if (place !== undefined)
    return explainUsedTooEarly(error, place) ?? { code: "botFileThrew", message: describe(error), place };
  const inner = places[0] === undefined ? "" : ` (at ${showPlace(places[0])})`;
  return (
    explainPlainSyntaxError(error, stack) ??
    (error instanceof SyntaxError ? await explainHiddenSyntaxError(loaded) : null) ?? {
      code: "botFileThrew",
      message: message + inner,
      place: null,
    }
  );
}

/**
 * What went wrong while `file` was imported, in terms of what the author wrote. `loaded` are the files of the
 * author's that were read on the way: some failures do not say which of them they are about.
 */
export async function explain(
  error: unknown,
  file: string,
  loaded: readonly string[],
): Promise<BotFileError> {
  return new BotFileError(await problemOf(error, file, loaded), { cause: error });
}
