import { messageOf } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { Invitation, InvitationMode } from "../../muc/invitations/invitation.js";
import { strangeKeys } from "../option-keys.js";
import type { BuiltInvitationPolicy } from "./invitation-policy.js";
import { buildPolicy, policyFactory } from "./policy.js";

/** Which invitations are meant: every key that is given has to hold. */
export interface InvitationFilter {
  /** The inviter is one of these accounts. */
  readonly jids?: readonly (JID | string)[];
  /** The inviter is at one of these domains; not those below them. */
  readonly domains?: readonly string[];
  /** It is to one of these rooms. */
  readonly rooms?: readonly (JID | string)[];
  /** It is to a room of one of these services (`rooms.example.org`). */
  readonly services?: readonly string[];
  /** It came in one of these ways. */
  readonly modes?: readonly InvitationMode[];
}

/** What {@link acceptFrom} takes. */
export interface AcceptFromOptions extends InvitationFilter {
  /**
   * The services whose word for who invites counts, for `jids` and `domains`; default: those of our own domain. Any
   * service can name anybody as the inviter of a mediated invitation.
   */
  readonly trustServices?: readonly string[];
}

/** What {@link declineFrom} takes. */
export interface DeclineFromOptions extends InvitationFilter {
  /** What the inviter is told, where there is a way to. */
  readonly reason?: string;
}

const KEYS = ["jids", "domains", "rooms", "services", "modes"] as const;

/** A filter that was read. A key that was not given is null. */
interface Filter {
  readonly jids: ReadonlySet<string> | null;
  readonly domains: ReadonlySet<string> | null;
  readonly rooms: ReadonlySet<string> | null;
  readonly services: ReadonlySet<string> | null;
  readonly modes: ReadonlySet<string> | null;
}

/** Reads what authors wrote, and keeps what is wrong with it. */
class FilterReader {
  readonly problems: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** The lists of a filter: an address of each is prepared as those that come are. */
  read(options: InvitationFilter): Filter {
    return {
      jids: this.list(options, "jids", (jid) => JID.from(jid).bare().toString()),
      domains: this.list(options, "domains", domainOf),
      rooms: this.list(options, "rooms", (jid) => JID.from(jid).bare().toString()),
      services: this.list(options, "services", domainOf),
      modes: this.list(options, "modes", modeOf),
    };
  }

  list<K extends string, T>(
    options: { readonly [key in K]?: readonly T[] },
    key: K,
    prepare: (item: T) => string,
  ): ReadonlySet<string> | null {
    if (!(key in options)) return null;
    const items = options[key];
    // `domains: undefined` is rather a variable that is not set than the wish to let everybody in.
    if (!Array.isArray(items)) {
      this.problems.push(`${this.#name}: ${key} has to be a list; leave it out where it does not matter`);
      return new Set();
    }
    return new Set(items.flatMap((item: T) => this.#prepared(key, item, prepare)));
  }

  #prepared<T>(key: string, item: T, prepare: (item: T) => string): string[] {
    try {
      return [prepare(item)];
    } catch (error) {
      this.problems.push(`${this.#name}: ${key}: ${messageOf(error)}`);
      return [];
    }
  }

  /** Keys that mean nothing: a misspelt one would let everybody in. */
  strangers(options: object, ...more: readonly string[]): void {
    for (const problem of strangeKeys("key", options, [...KEYS, ...more]))
      this.problems.push(`${this.#name}: ${problem}`);
  }
}

function domainOf(text: string): string {
  const { local, domain, resource } = JID.parse(text);
  if (local === null && resource === null) return domain;
  throw new TypeError(`"${text}" is no domain: write ${domain}`);
}

function modeOf(mode: InvitationMode): string {
  if (mode === "direct" || mode === "mediated") return mode;
  throw new TypeError(`"${String(mode)}" is no kind of invitation: there are "direct" and "mediated"`);
}

function matches(filter: Filter, { inviter, room, mode }: Invitation, believed: boolean): boolean {
  const { jids, domains, rooms, services, modes } = filter;
  const whoever = believed ? inviter : null;
  return (
    (jids === null || (whoever !== null && jids.has(whoever.toString()))) &&
    (domains === null || (whoever !== null && domains.has(whoever.domain))) &&
    (rooms === null || rooms.has(room.toString())) &&
    (services === null || services.has(room.domain)) &&
    (modes === null || modes.has(mode))
  );
}

/** Whether the inviter is who the invitation says, as far as we can know. */
function isBelieved(invitation: Invitation, trusted: ReadonlySet<string> | null): boolean {
  const { proof, room, account } = invitation;
  if (proof !== "claimed") return proof === "sender";
  if (trusted !== null) return trusted.has(room.domain);
  return account !== null && (room.domain === account.domain || room.domain.endsWith(`.${account.domain}`));
}

/** The keys that are given, for the log: not the whole lists. */
function ruleName(name: string, options: object): string {
  const keys = Object.keys(options).filter((key) => (KEYS as readonly string[]).includes(key));
  return keys.length === 0 ? name : `${name} ${keys.join(" and ")}`;
}

/**
 * Accepts the invitations that match, and leaves all others undecided. `jids` and `domains` match only an inviter who is
 * proven: who sent a direct invitation, or whom a service in `trustServices` names.
 */
export const acceptFrom = policyFactory(function acceptFrom(
  options: AcceptFromOptions,
): BuiltInvitationPolicy {
  const reader = new FilterReader("acceptFrom");
  reader.strangers(options, "trustServices");
  const filter = reader.read(options);
  const trusted = reader.list(options, "trustServices", domainOf);
  const rule = ruleName("acceptFrom", options);
  return buildPolicy(
    "invitations",
    (invitation) =>
      matches(filter, invitation, isBelieved(invitation, trusted)) ? { decision: "accept", rule } : null,
    reader.problems,
  );
});

/**
 * Declines the invitations that match, and leaves all others undecided. Who is only claimed to be the inviter counts as
 * such here: nobody pretends to be somebody who is refused.
 */
export const declineFrom = policyFactory(function declineFrom(
  options: DeclineFromOptions,
): BuiltInvitationPolicy {
  const { reason = "" } = options;
  const reader = new FilterReader("declineFrom");
  reader.strangers(options, "reason");
  const filter = reader.read(options);
  if (typeof reason !== "string") reader.problems.push("declineFrom: the reason has to be a text");
  const rule = ruleName("declineFrom", options);
  return buildPolicy(
    "invitations",
    (invitation) => (matches(filter, invitation, true) ? { decision: { decline: reason }, rule } : null),
    reader.problems,
  );
});
