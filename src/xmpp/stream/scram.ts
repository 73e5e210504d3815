import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

import { SessionError } from "../session-error.js";
import type { Credentials, SaslMechanism } from "./sasl.js";

const derive = promisify(pbkdf2);

/** RFC 5802 §5.1 wants at least 4096; beyond the upper bound a server only burns our time. */
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 1_000_000;

/** The attributes of a SCRAM message, `a=…,b=…`. */
function attributesOf(message: string): Map<string, string> {
  return new Map(message.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

function refuse(why: string): never {
  throw new SessionError("credentials", `The server did not prove who it is: ${why}`);
}

/**
 * SCRAM (RFC 5802, RFC 7677) without channel binding. The server has to prove that it knows the password too:
 * {@link SaslMechanism.succeed} throws when it did not.
 */
export class Scram implements SaslMechanism {
  readonly name: string;
  readonly #hash: "sha1" | "sha256";
  readonly #credentials: Credentials;
  readonly #nonce: string;
  #serverSignature: Buffer | null = null;

  constructor(
    hash: "sha1" | "sha256",
    credentials: Credentials,
    nonce: string = randomBytes(18).toString("base64"),
  ) {
    this.name = hash === "sha1" ? "SCRAM-SHA-1" : "SCRAM-SHA-256";
    this.#hash = hash;
    this.#credentials = credentials;
    this.#nonce = nonce;
  }

  get #firstBare(): string {
    const username = this.#credentials.username.replaceAll("=", "=3D").replaceAll(",", "=2C");
    return `n=${username},r=${this.#nonce}`;
  }

  initial(): Buffer {
    return Buffer.from(`n,,${this.#firstBare}`);
  }

  async respond(challenge: Buffer): Promise<Buffer> {
    if (this.#serverSignature !== null) return refuse("it sent a second challenge");
    const serverFirst = challenge.toString();
    const fields = attributesOf(serverFirst);
    const nonce = fields.get("r") ?? "";
    const iterations = /^\d{1,9}$/.test(fields.get("i") ?? "") ? Number(fields.get("i")) : Number.NaN;
    if (fields.has("m")) refuse("it asks for an extension that is not known");
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      refuse("its nonce is not made from ours");
    if (!Number.isInteger(iterations) || iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS)
      refuse(`${fields.get("i") ?? "no"} iterations (wanted: ${MIN_ITERATIONS} to ${MAX_ITERATIONS})`);
    const salt = Buffer.from(fields.get("s") ?? "", "base64");
    if (salt.length === 0) refuse("it gave no salt");
    const length = this.#hash === "sha1" ? 20 : 32;
    const salted = await derive(this.#credentials.password, salt, iterations, length, this.#hash);
    const final = `c=biws,r=${nonce}`;
    const signed = `${this.#firstBare},${serverFirst},${final}`;
    const clientKey = this.#hmac(salted, "Client Key");
    const storedKey = createHash(this.#hash).update(clientKey).digest();
    const proof = xor(clientKey, this.#hmac(storedKey, signed));
    this.#serverSignature = this.#hmac(this.#hmac(salted, "Server Key"), signed);
    return Buffer.from(`${final},p=${proof.toString("base64")}`);
  }

  succeed(data: Buffer): void {
    const given = Buffer.from(attributesOf(data.toString()).get("v") ?? "", "base64");
    const wanted = this.#serverSignature;
    if (wanted === null) refuse("it accepted us before it was asked for a proof");
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) refuse("its signature is wrong");
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}
