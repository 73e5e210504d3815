import type { Accounts } from "../host/accounts.js";
import { accountOf, saslFailure, type SaslExchange, type SaslStep } from "./sasl-exchange.js";
import { ScramExchange } from "./scram.js";

/** RFC 4616. */
class PlainExchange implements SaslExchange {
  readonly #accounts: Accounts;
  readonly #domain: string;

  constructor(accounts: Accounts, domain: string) {
    this.#accounts = accounts;
    this.#domain = domain;
  }

  step(message: Buffer): SaslStep {
    const [authzid, username, password, more] = message.toString("utf8").split("\0");
    if (authzid === undefined || username === undefined || password === undefined || more !== undefined)
      return saslFailure("malformed-request");
    const account = accountOf(username, this.#domain);
    if (account === null || !this.#accounts.verify(account, password)) return saslFailure("not-authorized");
    if (authzid !== "" && !account.equals(authzid)) return saslFailure("invalid-authzid");
    return { kind: "success", account, data: null };
  }
}

/**
 * The mechanisms on offer, best first. SCRAM only where there is a list of accounts: with it the server proves that
 * it knows the password too, and a service that takes any password cannot.
 */
export function saslMechanisms(accounts: Accounts): readonly string[] {
  return accounts.strict ? ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] : ["PLAIN"];
}

/** Begins a login, null for a mechanism that is not on offer. */
export function beginSasl(mechanism: string, accounts: Accounts, domain: string): SaslExchange | null {
  if (!saslMechanisms(accounts).includes(mechanism)) return null;
  if (mechanism === "PLAIN") return new PlainExchange(accounts, domain);
  return new ScramExchange(mechanism === "SCRAM-SHA-1" ? "sha1" : "sha256", accounts, domain);
}

/** The bytes of a SASL element (RFC 6120 §6.4.2), null for what is no base64. */
export function decodeSasl(text: string): Buffer | null {
  const base64 = text.trim();
  if (base64 === "=") return Buffer.alloc(0);
  return /^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0
    ? Buffer.from(base64, "base64")
    : null;
}
