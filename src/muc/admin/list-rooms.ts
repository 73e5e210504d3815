import { xml, type Element } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import { JID } from "../../base/jid.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

/** A room of a service. */
export interface ListedRoom {
  readonly jid: JID;
  /** What the service calls it, null where it does not say. ejabberd adds how many are in it. */
  readonly name: string | null;
}

/** How the rooms of a service are listed. */
export interface ListOptions {
  /** How many at most; default 10,000. */
  readonly limit?: number;
  /** How many to ask for at once, where the service lets itself be asked so; default 100. */
  readonly pageSize?: number;
}

const DEFAULT_LIMIT = 10_000;
const DEFAULT_PAGE_SIZE = 100;

interface Page {
  readonly items: readonly Element[];
  /** Behind what the next page begins, null where there is none. */
  readonly last: string | null;
}

function checkCount(name: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new ArgumentError(`${name} must be a whole number, and at least 1`);
  return count;
}

function checkService(service: JID | string): JID {
  const jid = JID.from(service);
  if (jid.local !== null || jid.resource !== null)
    throw new ArgumentError(`"${jid.toString()}" is no service of rooms: write ${jid.domain}`);
  return jid;
}

async function askPage(
  host: Pick<RoomHost, "iq">,
  service: JID,
  max: number,
  after: string | null,
): Promise<Page> {
  const set = xml(
    "set",
    { xmlns: NS.resultSet },
    xml("max", null, max),
    after === null ? null : xml("after", null, after),
  );
  const query = await host.iq.get(service, xml("query", { xmlns: NS.discoItems }, set));
  const items = query?.getChildren("item") ?? [];
  return { items, last: query?.getChild("set", NS.resultSet)?.getChildText("last", NS.resultSet) || null };
}

/**
 * The public rooms of a service (XEP-0045 §6.3), page by page (XEP-0059): a service may have more than fit into one
 * answer. One that knows no pages gives all at once (Prosody). Ends at `limit`, and where a service goes round in
 * circles.
 */
export async function listRooms(
  host: Pick<RoomHost, "iq" | "diagnostic">,
  service: JID | string,
  options: ListOptions = {},
): Promise<readonly ListedRoom[]> {
  const jid = checkService(service);
  const limit = checkCount("limit", options.limit ?? DEFAULT_LIMIT);
  const pageSize = checkCount("pageSize", options.pageSize ?? DEFAULT_PAGE_SIZE);
  const rooms = new Map<string, ListedRoom>();
  let after: string | null = null;
  for (;;) {
    const { items, last }: Page = await askPage(host, jid, Math.min(pageSize, limit - rooms.size), after);
    const before = rooms.size;
    for (const item of items) {
      const room = JID.tryParse(item.attrs["jid"]);
      if (room === null) host.diagnostic("bad-jid", item);
      else rooms.set(room.toString(), { jid: room, name: item.attrs["name"] || null });
    }
    // A page that brings nothing new is the last one, whatever it says.
    if (last === null || last === after || rooms.size === before || rooms.size >= limit)
      return [...rooms.values()].slice(0, limit);
    after = last;
  }
}
