import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { unpin } from "../../base/unpin.js";
import { NS } from "./namespaces.js";

/** What somebody may do in a room now (XEP-0045 §5.1). */
export type Role = "moderator" | "participant" | "visitor" | "none";

/** What somebody is to a room, for good (XEP-0045 §5.2). */
export type Affiliation = "owner" | "admin" | "member" | "outcast" | "none";

const ROLES: ReadonlySet<string> = new Set(["moderator", "participant", "visitor", "none"]);
const AFFILIATIONS: ReadonlySet<string> = new Set(["owner", "admin", "member", "outcast", "none"]);

/** Who did something to somebody else. */
export class Actor {
  /** The nick, null where it was not told. */
  readonly nick: string | null;
  /** The real address, null where it was not told. */
  readonly jid: JID | null;

  constructor(nick: string | null, jid: JID | null) {
    this.nick = nick;
    this.jid = jid;
  }
}

/** An `<item/>`: what is said of one occupant. What is not said is null. */
export class MucItem {
  readonly affiliation: Affiliation | null;
  readonly role: Role | null;
  readonly nick: string | null;
  /** It names a role or an affiliation that there is none of. */
  readonly strange: boolean;
  readonly #element: Element;
  #jid: JID | null | undefined;

  constructor(element: Element) {
    const { nick, role, affiliation } = element.attrs;
    this.affiliation = affiliationOf(affiliation);
    this.role = roleOf(role);
    this.nick = nick === undefined || nick === "" ? null : unpin(nick);
    this.strange =
      (role ? !ROLES.has(role) : false) || (affiliation ? !AFFILIATIONS.has(affiliation) : false);
    this.#element = element;
  }

  /** As it came: a full JID. Parsed when it is asked for: of most presences it is known already. */
  get jid(): JID | null {
    if (this.#jid === undefined) this.#jid = JID.tryParse(this.jidText);
    return this.#jid;
  }

  /** The same, as it is written. */
  get jidText(): string | null {
    return this.#element.attrs["jid"] ?? null;
  }

  /** Who did it. */
  get actor(): Actor | null {
    const actor = this.#element.getChild("actor");
    return actor === undefined
      ? null
      : new Actor(actor.attrs["nick"] ?? null, JID.tryParse(actor.attrs["jid"]));
  }

  /** Why. */
  get reason(): string | null {
    return this.#element.getChildText("reason") || null;
  }
}

/** A `<destroy/>` (XEP-0045 §10.9). */
export interface Destroyed {
  readonly alternative: JID | null;
  readonly reason: string | null;
  readonly password: string | null;
}

/** The `<x/>` that a room puts into a presence or message (XEP-0045 §7.2.2). */
export interface MucUser {
  readonly codes: ReadonlySet<number>;
  readonly items: readonly Element[];
  readonly destroyed: Destroyed | null;
}

const NO_CODES: ReadonlySet<number> = new Set();
const NOTHING: MucUser = { codes: NO_CODES, items: [], destroyed: null };

/** An unknown role is the least that somebody present can have. */
function roleOf(text: string | undefined): Role | null {
  if (text === undefined || text === "") return null;
  return ROLES.has(text) ? (text as Role) : "visitor";
}

function affiliationOf(text: string | undefined): Affiliation | null {
  if (text === undefined || text === "") return null;
  return AFFILIATIONS.has(text) ? (text as Affiliation) : "none";
}

function codesOf(x: Element): ReadonlySet<number> {
  let codes: Set<number> | null = null;
  for (const status of x.children) {
    if (typeof status === "string" || status.name !== "status") continue;
    const code = status.attrs["code"] ?? "";
    if (/^\d{1,5}$/.test(code)) (codes ??= new Set()).add(Number(code));
  }
  return codes ?? NO_CODES;
}

/** Reads what the room says; a stanza without it reads as nothing said. */
export function readMucUser(stanza: Element): MucUser {
  const x = stanza.getChild("x", NS.user);
  if (x === undefined) return NOTHING;
  const destroy = x.getChild("destroy");
  return {
    codes: codesOf(x),
    items: x.getChildren("item"),
    destroyed:
      destroy === undefined
        ? null
        : {
            alternative: JID.tryParse(destroy.attrs["jid"])?.bare() ?? null,
            reason: destroy.getChildText("reason") || null,
            password: destroy.getChildText("password") || null,
          },
  };
}

/**
 * Reads the item that counts: the one with the full JID `own`, else the first. One presence can have several: one
 * for each session of the occupant's account.
 */
export function readItem(items: readonly Element[], own: string | null): MucItem | null {
  const item = (own === null ? undefined : items.find((each) => each.attrs["jid"] === own)) ?? items[0];
  return item === undefined ? null : new MucItem(item);
}
