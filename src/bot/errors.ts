import { MucwrightError } from "../base/errors.js";

/** One mistake in an author's code. */
export interface AuthoringMistake {
  /** Where it is: `Keeper.roll`, `Keeper`, or the name of an option. */
  readonly where: string;
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Mistakes in an author's code, all that were found at start. */
export class AuthoringError extends MucwrightError {
  readonly mistakes: readonly AuthoringMistake[];

  /** What is said several times counts once: what a common base has wrong, or a bot in each of its rooms. */
  constructor(found: readonly AuthoringMistake[], options?: ErrorOptions) {
    const byText = new Map(found.map((mistake) => [JSON.stringify(mistake), mistake]));
    const mistakes = [...byText.values()];
    super(
      "authoring",
      mistakes.map(({ where, problem, fix }) => `${where}: ${problem}\n  → ${fix}`).join("\n"),
      options,
    );
    this.mistakes = mistakes;
  }
}

/** Thrown by a handler: its text becomes the reply. */
export class ReplyError extends MucwrightError {
  constructor(text: string, options?: ErrorOptions) {
    super("reply", text, options);
  }
}
