import { MucwrightError } from "../base/errors.js";

/** Something happened that a test was not to see; the message has what was said and logged before. */
export class ExpectationError extends MucwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("expectation", message, options);
  }
}
