import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import type { JID } from "../../base/jid.js";
import type { Accounts, ScramHash, ScramKeys } from "../host/accounts.js";
import { accountOf, saslFailure, type SaslExchange, type SaslStep } from "./sasl-exchange.js";

/** The client's first message (RFC 5802 §7): no channel binding, an optional authzid, then name and nonce. */
const FIRST = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/;
/** The client's second message. */
const FINAL = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,[^p].*)?),p=([A-Za-z0-9+/=]+)$/;

interface Asked {
  readonly account: JID;
  readonly keys: ScramKeys;
  readonly header: string;
  readonly nonce: string;
  /** The two messages so far, as they are signed. */
  readonly signed: string;
}

/** RFC 5802 §5.1: the two characters that a name writes otherwise; null for any other use of `=`. */
function unescapeName(name: string): string | null {
  return /=(?!2C|3D)/.test(name) ? null : name.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** The server's part of SCRAM (RFC 5802, RFC 7677), without channel binding. */
export class ScramExchange implements SaslExchange {
  readonly #hash: ScramHash;
  readonly #accounts: Accounts;
  readonly #domain: string;
  #asked: Asked | null = null;

  constructor(hash: ScramHash, accounts: Accounts, domain: string) {
    this.#hash = hash;
    this.#accounts = accounts;
    this.#domain = domain;
  }

  /** Takes the next message of the client. */
  step(message: Buffer): SaslStep {
    const text = message.toString("utf8");
    return this.#asked === null ? this.#first(text) : this.#final(text, this.#asked);
  }

  #first(text: string): SaslStep {
    const [, header, authzid, bare, written, clientNonce] = FIRST.exec(text) ?? [];
    if (header === undefined || bare === undefined || written === undefined || clientNonce === undefined)
      return saslFailure("malformed-request");
    const name = unescapeName(written);
    const account = name === null ? null : accountOf(name, this.#domain);
    const keys = account === null ? null : this.#accounts.scramKeys(account, this.#hash);
    if (account === null || keys === null) return saslFailure("not-authorized");
    if (authzid !== undefined && authzid !== "" && !account.equals(authzid))
      return saslFailure("invalid-authzid");
    const nonce = clientNonce + randomBytes(18).toString("base64");
    const question = `r=${nonce},s=${keys.salt.toString("base64")},i=${keys.iterations}`;
    this.#asked = { account, keys, header, nonce, signed: `${bare},${question}` };
    return { kind: "challenge", data: Buffer.from(question) };
  }

  #final(text: string, asked: Asked): SaslStep {
    const [, unproved, binding, nonce, proof] = FINAL.exec(text) ?? [];
    if (unproved === undefined || binding === undefined || proof === undefined)
      return saslFailure("malformed-request");
    const bound = Buffer.from(binding, "base64").toString("utf8");
    if (bound !== asked.header || nonce !== asked.nonce) return saslFailure("not-authorized");
    const signed = `${asked.signed},${unproved}`;
    const signature = this.#hmac(asked.keys.storedKey, signed);
    const given = Buffer.from(proof, "base64");
    if (given.length !== signature.length) return saslFailure("not-authorized");
    const clientKey = Buffer.from(given.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    if (!timingSafeEqual(storedKey, asked.keys.storedKey)) return saslFailure("not-authorized");
    const own = this.#hmac(asked.keys.serverKey, signed).toString("base64");
    return { kind: "success", account: asked.account, data: Buffer.from(`v=${own}`) };
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}
