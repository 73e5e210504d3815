import { readFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { isAuthors } from "./own-copy.js";

/** A spot in one of the author's files, counted from 1 as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** Null where only the line is known. */
  readonly column: number | null;
}

/** The path as the author would type it: relative where the file lies below the current folder. */
export function showPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short;
}

/** `bot.ts:3:14`, which terminals and editors make a link of. */
export function showPlace({ file, line, column }: Place): string {
  return `${showPath(file)}:${line}${column === null ? "" : `:${column}`}`;
}

function toPlace(location: string, line: string, column: string | null): Place {
  const file = location.startsWith("file:") ? fileURLToPath(location) : location;
  return { file, line: Number(line), column: column === null ? null : Number(column) };
}

/** Whether a file is the author's own: not installed by anybody, and no part of this package. */
export function isAuthorsFile(file: string): boolean {
  return isAuthors(pathToFileURL(file).href);
}

// a full path or file URL, and nothing of Node's own (`node:internal/…`)
const FRAME = /^ {4}at (?:async )?(?:.*? \()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)?$/;

/**
 * The files that a stack trace leads through, innermost first, as far as it is about what happened in them:
 * who asked for the author's file is of no interest.
 */
export function placesInStack(stack: string): Place[] {
  const places: Place[] = [];
  for (const frame of stack.split("\n")) {
    if (/load-bot-file\.[jt]s/.test(frame)) break;
    const [, location, line, column] = FRAME.exec(frame) ?? [];
    if (location && line && column) places.push(toPlace(location, line, column));
  }
  return places;
}

/** A stack trace without what happened outside the author's files; those are named as the author would. */
export function ownStack(stack: string): string {
  const lines = stack.split("\n").flatMap((line) => {
    const [, location, row, column] = FRAME.exec(line) ?? [];
    if (!location || !row || !column) return /^ {4}at /.test(line) ? [] : [line];
    const place = toPlace(location, row, column);
    return isAuthorsFile(place.file) ? [line.replace(`${location}:${row}:${column}`, showPlace(place))] : [];
  });
  return lines.join("\n");
}

/** The place that stands above the message where V8 could not even start the module. */
export function placeAboveMessage(stack: string): Place | null {
  const [, location, line] = /^(.+):(\d+)$/.exec(stack.split("\n", 1)[0] ?? "") ?? [];
  if (!location || !line || !/^(?:file:|\/|[A-Za-z]:[\\/])/.test(location)) return null;
  return toPlace(location, line, null);
}

const SPECIFIER = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(["'])(.+?)\1/g;

/** Where a file imports something that `isMeant` knows by its name as written; null where it does not. */
export function placeOfImport(
  file: string,
  isMeant: (specifier: string) => boolean,
): { readonly place: Place; readonly specifier: string } | null {
  const source = readFileSync(file, "utf8");
  for (const match of source.matchAll(SPECIFIER)) {
    const specifier = match[2] ?? "";
    if (!isMeant(specifier)) continue;
    const before = source.slice(0, match.index + match[0].lastIndexOf(specifier) - 1);
    const line = before.split("\n").length;
    return { place: { file, line, column: before.length - before.lastIndexOf("\n") }, specifier };
  }
  return null;
}
