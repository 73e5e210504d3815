import { JID } from "../../base/jid.js";

/** What comes of a message of the client: a question back, the account, or a refusal (RFC 6120 §6.5). */
export type SaslStep =
  | { readonly kind: "challenge"; readonly data: Buffer }
  | { readonly kind: "success"; readonly account: JID; readonly data: Buffer | null }
  | { readonly kind: "failure"; readonly condition: SaslFailure };

/** RFC 6120 §6.5, those that this service uses. */
export type SaslFailure =
  | "aborted"
  | "incorrect-encoding"
  | "invalid-authzid"
  | "invalid-mechanism"
  | "malformed-request"
  | "not-authorized";

/** One login under way. */
export interface SaslExchange {
  /** Takes the next message of the client. */
  step(message: Buffer): SaslStep;
}

/** A refused login. */
export function saslFailure(condition: SaslFailure): SaslStep {
  return { kind: "failure", condition };
}

/** The account of that name, null where there can be none. */
export function accountOf(username: string, domain: string): JID | null {
  return username === "" ? null : JID.tryParse(`${username}@${domain}`);
}
