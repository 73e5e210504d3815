import { readFileSync } from "node:fs";

import { transformSync } from "oxc-transform";

import { syntaxError } from "./syntax-error.js";

/** Reads a JavaScript file once more, to learn what is wrong with it; null where nothing is. */
export function findSyntaxError(file: string): SyntaxError | null {
  if (!/\.[cm]?jsx?$/.test(file)) return null;
  const { errors } = transformSync(file, readFileSync(file, "utf8"), { sourceType: "unambiguous" });
  return errors.length === 0 ? null : syntaxError(file, errors);
}
