import { MucwrightError } from "../../base/errors.js";
import { showPlace, type Place } from "./place.js";

/** Why a bot's file could not be loaded; stable, for programs to branch on. */
export type BotFileErrorCode =
  /** There is no file of that name. */
  | "botFileNotFound"
  /** It is a folder, and a bot is a file. */
  | "botFileIsFolder"
  /** The file, or one that it imports, is not valid TypeScript or JavaScript. */
  | "botFileSyntax"
  /** A name was imported that the module does not have; mostly a type, imported like a value. */
  | "botFileNoSuchExport"
  /** A package was imported that is not installed. */
  | "botFileNoSuchPackage"
  /** A file was imported that does not exist. */
  | "botFileNoSuchModule"
  /** Node refuses an import for another reason. */
  | "botFileImport"
  /** A class, function or constant was used before its line had run; mostly two files that import each other. */
  | "botFileUsedTooEarly"
  /** The code of the file threw. */
  | "botFileThrew";

/** What a {@link BotFileError} is made from. */
export interface BotFileProblem {
  readonly code: BotFileErrorCode;
  readonly message: string;
  /** Where in the author's files; null where no line of theirs is to blame. */
  readonly place: Place | null;
}

/** A bot's file could not be loaded. The message is meant to be shown as it is: it says where, what and what to do. */
export class BotFileError extends MucwrightError {
  declare readonly code: BotFileErrorCode;
  /** Where in the author's files; null where no line of theirs is to blame. */
  readonly place: Place | null;

  constructor(problem: BotFileProblem, options?: ErrorOptions) {
    const { code, message, place } = problem;
    super(code, place === null ? message : `${showPlace(place)}: ${message}`, options);
    this.place = place;
    // where in this package it was noticed tells nobody anything; where in the author's file it arose may
    const origin = options?.cause instanceof Error ? options.cause.stack : undefined;
    this.stack = `${this.name}: ${this.message}${origin?.includes("\n    at ") ? `\nCaused by: ${origin}` : ""}`;
  }
}
