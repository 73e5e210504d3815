import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";

/** The hashes that SCRAM is offered with (RFC 5802, RFC 7677). */
export type ScramHash = "sha1" | "sha256";

/** What a server keeps of a password for SCRAM (RFC 5802 §3). */
export interface ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** The least that RFC 5802 §5.1 allows: tests log in often. */
const ITERATIONS = 4096;

/** RFC 4013 in short, the same on both ends of a comparison. */
function prepare(password: string): string {
  return password.replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g, " ").normalize("NFKC");
}

/** Who may log in: anybody with any password, until there is a list of accounts. */
export class Accounts {
  readonly #passwords = new Map<string, string>();
  readonly #keys = new Map<string, ScramKeys>();
  readonly #domains = new Set<string>();
  #strict = false;

  /** Whether only the accounts of the list may log in. */
  get strict(): boolean {
    return this.#strict;
  }

  /** From now on only listed accounts may log in. */
  restrict(): void {
    this.#strict = true;
  }

  /** Adds an account, or changes its password; from now on only listed accounts may log in. */
  add(account: JID | string, password: string): void {
    const jid = JID.from(account).bare();
    if (jid.local === null) throw new ArgumentError(`"${jid.toString()}" is no account: write user@domain`);
    this.restrict();
    this.#passwords.set(jid.toString(), password);
    for (const hash of ["sha1", "sha256"]) this.#keys.delete(`${hash} ${jid.toString()}`);
    this.addDomain(jid.domain);
  }

  /** Makes `domain` one of accounts: it is no service of rooms then. */
  addDomain(domain: string): void {
    this.#domains.add(domain);
  }

  /** Whether `domain` is one of accounts. */
  hasDomain(domain: string): boolean {
    return this.#domains.has(domain);
  }

  /** The domain of accounts that was known first, null while there is none. */
  get firstDomain(): string | null {
    const [first] = this.#domains;
    return first ?? null;
  }

  /** Whether there is such an account. Without a list, each address at a domain of accounts is one. */
  has(bare: JID): boolean {
    return this.#strict
      ? this.#passwords.has(bare.toString())
      : bare.local !== null && this.#domains.has(bare.domain);
  }

  /** Whether that is the password. */
  verify(bare: JID, password: string): boolean {
    if (!this.#strict) return true;
    const wanted = this.#passwords.get(bare.toString());
    if (wanted === undefined) return false;
    const [a, b] = [wanted, password].map((text) => createHash("sha256").update(prepare(text)).digest());
    return a !== undefined && b !== undefined && timingSafeEqual(a, b);
  }

  /** What SCRAM needs of the account, null where there is none. */
  scramKeys(bare: JID, hash: ScramHash): ScramKeys | null {
    const name = `${hash} ${bare.toString()}`;
    const password = this.#passwords.get(bare.toString());
    if (password === undefined) return null;
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const salt = randomBytes(16);
    const length = hash === "sha1" ? 20 : 32;
    const salted = pbkdf2Sync(prepare(password), salt, ITERATIONS, length, hash);
    const clientKey = createHmac(hash, salted).update("Client Key").digest();
    const keys: ScramKeys = {
      salt,
      iterations: ITERATIONS,
      storedKey: createHash(hash).update(clientKey).digest(),
      serverKey: createHmac(hash, salted).update("Server Key").digest(),
    };
    this.#keys.set(name, keys);
    return keys;
  }
}
