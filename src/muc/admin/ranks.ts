import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { checkNick } from "../join-options.js";
import type { RoomHost } from "../room-host.js";
import { readItem, type Affiliation, type Role } from "../wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { checkAccount, checkAffiliation, checkRole, checkText } from "./arguments.js";

/** What is said with a change of role. */
export interface RoleOptions {
  /** Text for everybody. */
  readonly reason?: string;
}

/** What is said with a change of affiliation. */
export interface AffiliationOptions {
  /** Text for everybody. */
  readonly reason?: string;
  /** The nick that is to belong to the account; Prosody keeps it free of others. */
  readonly nick?: string;
}

/** Somebody with an affiliation, as the room lists them. */
export interface AffiliationEntry {
  /** The account, or a whole domain. */
  readonly jid: JID;
  readonly affiliation: Affiliation;
  /** The nick that belongs to the entry; ejabberd tells none. */
  readonly nick: string | null;
  /** Why it was made; Prosody tells none. */
  readonly reason: string | null;
}

/** A change that a room is asked for: found to be in order, and ready to be sent. */
export type Change = () => Promise<void>;

/**
 * One item in each request: of several, Prosody carries out the first and answers that all is well, and ejabberd
 * refuses all for one.
 */
function change(host: Pick<RoomHost, "iq">, room: JID, item: Element): Change {
  return async () => {
    await host.iq.set(room, xml("query", { xmlns: NS.admin }, item));
  };
}

function reasonElement(reason: string | null): Element | null {
  return reason === null ? null : xml("reason", null, reason);
}

/** Gives the holder of a nick another role (XEP-0045 §8, §9.6, §9.7); `none` is a kick. Throws `ArgumentError`. */
export function roleChange(
  host: Pick<RoomHost, "iq">,
  room: JID,
  nick: string,
  role: Role,
  options: RoleOptions = {},
): Change {
  const reason = reasonElement(checkText("reason", options.reason));
  return change(host, room, xml("item", { nick, role: checkRole(role) }, reason));
}

/** Makes an account something else to a room (XEP-0045 §9, §10.3 to §10.8). Throws `ArgumentError`. */
export function affiliationChange(
  host: Pick<RoomHost, "iq">,
  room: JID,
  account: JID | string,
  affiliation: Affiliation,
  options: AffiliationOptions = {},
): Change {
  const jid = checkAccount(room, account).toString();
  const nick = options.nick === undefined ? null : checkNick(options.nick);
  const reason = reasonElement(checkText("reason", options.reason));
  return change(host, room, xml("item", { affiliation: checkAffiliation(affiliation), jid, nick }, reason));
}

/** Everybody with that affiliation (XEP-0045 §9.2, §9.5, §10.5, §10.8). */
export async function askAffiliated(
  host: Pick<RoomHost, "iq" | "diagnostic">,
  room: JID,
  affiliation: Affiliation,
): Promise<readonly AffiliationEntry[]> {
  const item = xml("item", { affiliation: checkAffiliation(affiliation) });
  const query = await host.iq.get(room, xml("query", { xmlns: NS.admin }, item));
  return (query?.getChildren("item") ?? []).flatMap((each) => {
    const entry = readItem([each], null);
    if (entry?.jid == null) {
      host.diagnostic("bad-jid", each);
      return [];
    }
    const { jid, nick, reason } = entry;
    return [{ jid: jid.bare(), affiliation: entry.affiliation ?? affiliation, nick, reason }];
  });
}
