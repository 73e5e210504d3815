import { MucwrightError } from "../base/errors.js";

/** What came off the wire is no XML that XMPP allows, or too much of it. The stream cannot go on. */
export class XmlStreamError extends MucwrightError {
  /** The condition to end the stream with (RFC 6120 §4.9.3). */
  readonly condition: "not-well-formed" | "restricted-xml" | "policy-violation";

  constructor(condition: XmlStreamError["condition"], message: string) {
    super(condition, message);
    this.condition = condition;
  }
}
