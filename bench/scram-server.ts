// The server's side of SCRAM-SHA-1, with as many iterations as Prosody has, and its costly part done once.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const ITERATIONS = 10_000;
const SALT = randomBytes(16);
const SALTED = pbkdf2Sync("bench", SALT, ITERATIONS, 20, "sha1");
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha1", key).update(text).digest();
const SERVER_KEY = hmac(SALTED, "Server Key");
const STORED_KEY = createHash("sha1").update(hmac(SALTED, "Client Key")).digest();

/** One log-in. */
export class ScramServer {
  #signed = "";

  /** The challenge that answers the client's first message. */
  challenge(first: string): string {
    const bare = Buffer.from(first, "base64").toString().slice(3);
    const nonce = (/r=([^,]*)/.exec(bare)?.[1] ?? "") + randomBytes(9).toString("base64");
    const challenge = `r=${nonce},s=${SALT.toString("base64")},i=${ITERATIONS}`;
    this.#signed = `${bare},${challenge}`;
    return Buffer.from(challenge).toString("base64");
  }

  /** The signature that answers its second one. Throws when the proof is wrong. */
  success(second: string): string {
    const [, unproven = "", proof = ""] =
      /^(.*),p=(.*)$/.exec(Buffer.from(second, "base64").toString()) ?? [];
    const signed = `${this.#signed},${unproven}`;
    const signature = hmac(STORED_KEY, signed);
    const clientKey = Buffer.from(proof, "base64").map((byte, index) => byte ^ (signature[index] ?? 0));
    if (!createHash("sha1").update(clientKey).digest().equals(STORED_KEY)) throw new Error("A wrong proof");
    return Buffer.from(`v=${hmac(SERVER_KEY, signed).toString("base64")}`).toString("base64");
  }
}
