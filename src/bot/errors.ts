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
    super("authoring", textOf(mistakes), options);
    this.mistakes = mistakes;
  }
}

/** Each with what to do about it, told once below those that have it in common. */
function textOf(mistakes: readonly AuthoringMistake[]): string {
  const byFix = new Map<string, string[]>();
  for (const { where, problem, fix } of mistakes) {
    const lines = byFix.get(fix);
    if (lines === undefined) byFix.set(fix, [`${where}: ${problem}`]);
    else lines.push(`${where}: ${problem}`);
  }
  return [...byFix].map(([fix, lines]) => `${lines.join("\n")}\n  → ${fix}`).join("\n");
}

/** Thrown by a handler: its text becomes the reply. */
export class ReplyError extends MucwrightError {
  constructor(text: string, options?: ErrorOptions) {
    super("reply", text, options);
  }
}
