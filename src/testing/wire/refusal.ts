import { xml, type Element } from "../../base/element.js";
import { NS } from "./namespaces.js";

/** Defined conditions of stanza errors (RFC 6120 §8.3.3), those that this service uses. */
export type Condition =
  | "bad-request"
  | "conflict"
  | "feature-not-implemented"
  | "forbidden"
  | "gone"
  | "item-not-found"
  | "jid-malformed"
  | "not-acceptable"
  | "not-allowed"
  | "not-authorized"
  | "recipient-unavailable"
  | "registration-required"
  | "remote-server-not-found"
  | "resource-constraint"
  | "service-unavailable"
  | "unexpected-request";

/** What a refusal says beside its condition. */
export interface RefusalDetails {
  /** RFC 6120 §8.3.2; default `cancel`. */
  readonly type?: "auth" | "cancel" | "modify" | "wait";
  /** Who refuses, where Prosody says it (`by`). */
  readonly by?: string;
  /** Text for people. */
  readonly text?: string;
  /** The text inside the condition: the new address of what is `gone`. */
  readonly content?: string;
}

/**
 * Thrown by whatever handles a stanza to have it answered with an error. Not an `Error`: it has no stack and never
 * leaves the service.
 */
export class Refusal {
  /** What is wrong. */
  readonly condition: Condition;
  /** What else is said. */
  readonly details: RefusalDetails;

  constructor(condition: Condition, details: RefusalDetails = {}) {
    this.condition = condition;
    this.details = details;
  }

  /** Ends the handling of a stanza with an error. */
  static refuse(condition: Condition, details?: RefusalDetails): never {
    // oxlint-disable-next-line typescript/only-throw-error -- see above
    throw new Refusal(condition, details);
  }

  /**
   * The error stanza for `stanza` (RFC 6120 §8.3), from the address that it was sent to. As on Prosody without a
   * copy of what was sent: a client cannot count on one.
   */
  replyTo(stanza: Element): Element {
    const { id, from, to } = stanza.attrs;
    const { type = "cancel", by, text, content } = this.details;
    return xml(
      stanza.name,
      { type: "error", id, from: to, to: from },
      xml(
        "error",
        { type, by },
        xml(this.condition, { xmlns: NS.stanzaErrors }, content),
        text === undefined ? null : xml("text", { xmlns: NS.stanzaErrors }, text),
      ),
    );
  }
}

/** Whether `stanza` may be answered with an error: never another error, nor the answer to a request (RFC 6120 §8.3.1). */
export function mayBeRefused(stanza: Element): boolean {
  const { type } = stanza.attrs;
  return type !== "error" && !(stanza.name === "iq" && type === "result");
}
