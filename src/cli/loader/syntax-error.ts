import type { OxcError } from "oxc-transform";

/** What a syntax error of an author's file has as `code`, by which it is known on the other side of a thread. */
export const SYNTAX_ERROR_CODE = "botFileSyntax";

/** A syntax error that shows the author's file and nothing of ours: the code frame says where, a stack cannot. */
export function syntaxError(file: string, errors: readonly OxcError[]): SyntaxError {
  const frames = errors.map((error) => (error.codeframe ?? `x ${error.message}\n   ,-[${file}]`).trim());
  const error = new SyntaxError(frames.join("\n"));
  error.stack = `SyntaxError: ${error.message}`;
  return Object.assign(error, { code: SYNTAX_ERROR_CODE });
}
