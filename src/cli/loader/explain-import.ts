import { pathToFileURL } from "node:url";

import { similarTo } from "../../bot/similar.js";
import * as all from "../../index.js";
import * as client from "../../muc/index.js";
import type { BotFileProblem } from "./bot-file-error.js";
import { isAuthorsFile, placeAboveMessage, placeOfImport, showPath, type Place } from "./place.js";

/** An import that names what its module does not have at run time. */
function explainMissingExport(error: Error, stack: string): BotFileProblem | null {
  const esm = /^The requested module '(.+)' does not provide an export named '(.+)'$/.exec(error.message);
  const cjs = /^Named export '(.+)' not found\. The requested module '(.+)' is a CommonJS module/.exec(
    error.message,
  );
  const [name, from] = esm ? [esm[2], esm[1]] : [cjs?.[1], cjs?.[2]];
  if (name === undefined || from === undefined) return null;
  const place = placeAboveMessage(stack);
  if (name === "default") {
    const message = `"${from}" has no default export: import what it has by name, import { … } from "${from}"`;
    return { code: "botFileNoSuchExport", message, place };
  }
  const message =
    `"${from}" exports no ${name} that exists at run time${didYouMean(name, from)}\n` +
    `If ${name} is a type or an interface, say so: import { type ${name} } from "${from}"`;
  return { code: "botFileNoSuchExport", message, place };
}

/** Of our own names those that are like one that there is not. */
function didYouMean(name: string, from: string): string {
  if (from !== "mucwright" && from !== "mucwright/muc") return ".";
  const byFolded = new Map(
    Object.keys(from === "mucwright" ? all : client).map((each) => [each.toLowerCase(), each]),
  );
  const similar = similarTo(name, [...byFolded.keys()]).map((each) => byFolded.get(each) ?? each);
  return similar.length === 0 ? "." : `; did you mean ${similar.join(", or ")}?`;
}

/** Finds the line of the import in the file that Node names as the importer, where that is the author's. */
function importIn(importer: string | undefined, isMeant: (specifier: string) => boolean) {
  return importer === undefined || !isAuthorsFile(importer) ? null : placeOfImport(importer, isMeant);
}

/** The same where Node names no importer: the first of all that were read. */
function firstImport(
  files: readonly string[],
  isMeant: (specifier: string, file: string) => boolean,
): Place | null {
  for (const file of files) {
    const found = importIn(file, (specifier) => isMeant(specifier, file));
    if (found !== null) return found.place;
  }
  return null;
}

function missingPackage(name: string, importer: string | undefined): BotFileProblem {
  const found = importIn(importer, (specifier) => specifier === name || specifier.startsWith(`${name}/`));
  const place = found?.place ?? null;
  const written = found?.specifier ?? name;
  if (/^(?:@\/|~)/.test(written)) {
    const message =
      `"${written}" is the name of no package, and the "paths" of a tsconfig are not read.\n` +
      `Write the path, or use the "imports" of package.json ("#…")`;
    return { code: "botFileNoSuchPackage", message, place };
  }
  const by = place === null && importer !== undefined ? ` (imported from ${showPath(importer)})` : "";
  const message = `the package "${name}" is not installed${by}: npm install ${name}`;
  return { code: "botFileNoSuchPackage", message, place };
}

function missingModule(path: string, importer: string | undefined): BotFileProblem {
  const url = path.startsWith(".") ? null : pathToFileURL(path).href;
  const found = importIn(importer, (specifier) =>
    url === null || importer === undefined || !/^[./]|^file:/.test(specifier)
      ? specifier === path
      : new URL(specifier, pathToFileURL(importer)).href === url,
  );
  const by = found === null && importer !== undefined ? ` (imported from ${showPath(importer)})` : "";
  const message = `there is no ${found ? `"${found.specifier}"` : path}${by}: neither a file nor a folder with an index.ts`;
  return { code: "botFileNoSuchModule", message, place: found?.place ?? null };
}

/** An import of something that is not there. Node has two ways to say so, one for `import`, one for `require`. */
function explainMissingTarget(error: Error, code: unknown): BotFileProblem | null {
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND" && code !== "ERR_UNSUPPORTED_DIR_IMPORT")
    return null;
  const [, kind, target, importer, requirer] =
    /^(Cannot find package|Cannot find module|Directory import) '(.+?)'(?:.* imported from (.+)|\nRequire stack:\n- (.+))?/.exec(
      error.message,
    ) ?? [];
  if (target === undefined) return null;
  const isPath = /^[./]|^[A-Za-z]:[\\/]/.test(target);
  const isPackage = kind === "Cannot find package" || !isPath;
  return (isPackage ? missingPackage : missingModule)(target, importer ?? requirer);
}

/** JSON that is imported without saying so: Node names the file, and not who imports it. */
function explainJson(error: Error, code: unknown, loaded: readonly string[]): BotFileProblem | null {
  if (code !== "ERR_IMPORT_ATTRIBUTE_MISSING" && code !== "ERR_IMPORT_ASSERTION_TYPE_MISSING") return null;
  const [, target] = /^Module "(.+?)" needs an import attribute/.exec(error.message) ?? [];
  const place = firstImport(
    loaded,
    (specifier, file) => specifier.startsWith(".") && new URL(specifier, pathToFileURL(file)).href === target,
  );
  const name = target?.slice(target.lastIndexOf("/") + 1) ?? "JSON";
  const message = `${name} is imported without its type: write with { type: "json" } after the file name`;
  return { code: "botFileImport", message, place };
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  "ERR_INVALID_MODULE_SPECIFIER",
  "ERR_INVALID_PACKAGE_CONFIG",
  "ERR_INVALID_PACKAGE_TARGET",
  "ERR_PACKAGE_IMPORT_NOT_DEFINED",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_UNKNOWN_BUILTIN_MODULE",
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_ESM_URL_SCHEME",
]);

/** What Node says of an import that it refuses, when the failure is one; null when it is something else. */
export function explainImport(error: Error, stack: string, loaded: readonly string[]): BotFileProblem | null {
  const code = "code" in error ? error.code : null;
  const problem =
    explainMissingExport(error, stack) ??
    explainMissingTarget(error, code) ??
    explainJson(error, code, loaded);
  if (problem !== null || !REFUSALS.has(code)) return problem;
  const [by, importer] = / imported from (.+)$/.exec(error.message) ?? [];
  const importers = importer === undefined ? loaded : [importer];
  const place = firstImport(importers, (specifier) => error.message.includes(specifier));
  const message = place && by ? error.message.slice(0, -by.length) : error.message;
  return { code: "botFileImport", message, place };
}
