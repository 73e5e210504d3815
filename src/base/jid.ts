import { domainToASCII, domainToUnicode } from "node:url";

import { ArgumentError } from "./errors.js";
import { foldLocalPart } from "./jid-local-part.js";

/** RFC 7622 §3: no part may be longer than this, in bytes of UTF-8. */
const MAX_PART_BYTES = 1023;
/** Most resources: nothing in them has to be prepared, nor refused. */
const PLAIN_RESOURCE = /^[ -~]+$/;
const NOT_IN_RESOURCE = /[\p{Cc}\p{Cs}]/u;
const NOT_IN_DOMAIN = /[\s\p{Cc}\p{Cs}@/\\?#%"'<>&]/u;
/** Names as nearly all are, and that need no conversion: ASCII, no empty label, no A-label. */
const PLAIN_DOMAIN = /^(?!.*xn--)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * An XMPP address, `local@domain/resource` (RFC 7622): immutable, comparable, printable. The parts are kept prepared,
 * so that two addresses are equal only where every server takes them for the same: local part and domain without
 * case and compatibility forms, the resource composed (NFC) with its case.
 */
export class JID {
  /** The part before the `@`, null where there is none. */
  readonly local: string | null;
  /** The host. */
  readonly domain: string;
  /** The part after the first `/`, null where there is none. In a room it is the nick. */
  readonly resource: string | null;
  readonly #text: string;

  private constructor(local: string | null, domain: string, resource: string | null) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
    this.#text = (local === null ? domain : `${local}@${domain}`) + (resource === null ? "" : `/${resource}`);
  }

  /** Reads an address. Throws {@link ArgumentError} when it is none. */
  static parse(text: string): JID {
    const slash = text.indexOf("/");
    const bare = slash < 0 ? text : text.slice(0, slash);
    const at = bare.indexOf("@");
    return new JID(
      at < 0 ? null : prepareLocal(bare.slice(0, at), text),
      prepareDomain(bare.slice(at + 1), text),
      slash < 0 ? null : prepareResource(text.slice(slash + 1), text),
    );
  }

  /** An address as it is, a text parsed. Throws {@link ArgumentError} when the text is no address. */
  static from(jid: JID | string): JID {
    return typeof jid === "string" ? JID.parse(jid) : jid;
  }

  /** {@link parse} for what comes off the wire: null instead of an error. */
  static tryParse(text: string | null | undefined): JID | null {
    if (text === null || text === undefined) return null;
    try {
      return JID.parse(text);
    } catch {
      return null;
    }
  }

  /** Without the resource. */
  bare(): JID {
    return this.resource === null ? this : new JID(this.local, this.domain, null);
  }

  /** With this resource instead. Throws {@link ArgumentError} when no resource can be like that. */
  withResource(resource: string): JID {
    return new JID(this.local, this.domain, prepareResource(resource, resource));
  }

  /** Whether both are the same address after preparation. A text that is no address equals nothing. */
  equals(other: JID | string): boolean {
    const jid = typeof other === "string" ? JID.tryParse(other) : other;
    return jid !== null && jid.#text === this.#text;
  }

  /** `local@domain/resource`. */
  toString(): string {
    return this.#text;
  }

  /** As {@link toString}. */
  toJSON(): string {
    return this.#text;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `JID(${this.#text})`;
  }
}

function checked(part: string, name: string, whole: string): string {
  if (part === "") throw new ArgumentError(`"${whole}" is no JID: its ${name} is empty`);
  // A character has three bytes at most.
  if (part.length * 3 > MAX_PART_BYTES && Buffer.byteLength(part) > MAX_PART_BYTES)
    throw new ArgumentError(`This is no JID: its ${name} is longer than ${MAX_PART_BYTES} bytes`);
  return part;
}

function prepareLocal(text: string, whole: string): string {
  const local = foldLocalPart(text);
  if (local === null)
    throw new ArgumentError(`"${whole}" is no JID: a character that is not allowed before the @`);
  return checked(local, "local part", whole);
}

const isNoDomain = (text: string): boolean =>
  NOT_IN_DOMAIN.test(text) || text.startsWith(".") || text.includes("..");

function prepareDomain(text: string, whole: string): string {
  if (PLAIN_DOMAIN.test(text)) return checked(text, "domain", whole);
  // ASCII is folded here: the conversion below takes digits and dots for the IP addresses of URLs.
  const domain = text.replace(/\.$/, "").replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (PLAIN_DOMAIN.test(domain)) return checked(domain, "domain", whole);
  if (/^\[[0-9a-f:.]+\]$/.test(domain)) return checked(domain, "domain", whole);
  const folded = isNoDomain(domain) ? "" : domainToUnicode(domainToASCII(domain)).replace(/\.$/, "");
  // Again: full stops of other scripts become dots only when they are folded.
  if ((folded === "" && domain !== "") || isNoDomain(folded))
    throw new ArgumentError(`"${whole}" is no JID: its domain is invalid`);
  return checked(folded, "domain", whole);
}

function prepareResource(text: string, whole: string): string {
  if (PLAIN_RESOURCE.test(text)) return checked(text, "resource", whole);
  // RFC 8265 §4.2.2. Compatibility forms stay: where a server tells them apart, they may be two people.
  const resource = text.replace(/[\p{Zs}]/gu, " ").normalize("NFC");
  if (NOT_IN_RESOURCE.test(resource))
    throw new ArgumentError(`"${whole}" is no JID: a control character in its resource`);
  return checked(resource, "resource", whole);
}
