import type { Affiliation, Role } from "../muc/wire/muc-user.js";
import { recordExample, type ExpectedAnswer } from "./metadata.js";

/** Who gives the command of an example; default: an ordinary occupant. */
export interface ExampleOptions {
  readonly affiliation?: Affiliation;
  readonly role?: Exclude<Role, "none">;
  /** Their account. */
  readonly jid?: string;
}

/**
 * Says what a command answers: `@Example("roll 6", /^rolled [1-6]$/)`. It stands in the help of the command, and
 * `runExamples` of `mucwright/testing` runs it through the whole bot, guards included. The prefix is added where the
 * input has none. Expected is a line, what matches it, or a list of these, one for each line that the bot says; an empty
 * list is silence.
 */
export function Example(
  input: string,
  expected: ExpectedAnswer,
  options: ExampleOptions = {},
): (target: object, method: string | symbol, descriptor: PropertyDescriptor) => void {
  return (target, method) => recordExample(target, method, { input, expected, options });
}
