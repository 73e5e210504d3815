import { xml, type Element } from "../../base/element.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { childrenWithout } from "../wire/stanza.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";

/** Who did something, as far as it is known. */
export interface ActorInfo {
  readonly nick: string | null;
  /** The full JID. */
  readonly jid: string | null;
}

/** What a presence of an occupant says beside who he is. */
export interface Announcement {
  /** The presence that it passes on; default: the last one of the occupant, none where he leaves. */
  readonly base?: Element;
  readonly type?: "unavailable";
  /** XEP-0045 §15.6. */
  readonly codes?: readonly number[];
  /** The nick to say it from, where that is not the occupant's any more. */
  readonly from?: string;
  /** With 303: the nick that follows. */
  readonly newNick?: string;
  readonly role?: Role;
  readonly affiliation?: Affiliation;
  readonly actor?: ActorInfo | null;
  readonly reason?: string | null;
  readonly status?: string;
  /** A `<destroy/>` (XEP-0045 §10.9). */
  readonly destroy?: Element;
  /** The clients to name; default: all of the occupant. */
  readonly sessions?: readonly string[];
}

/** Who looks: the occupant himself, somebody who sees real addresses, or somebody who does not. */
export type Viewer = "self" | "full" | "anonymous";

/** The presence of an occupant as one kind of viewer gets it (XEP-0045 §7.2.2 to §7.2.4), without addressee. */
export function occupantPresence(
  room: Room,
  occupant: RoomOccupant,
  announcement: Announcement,
  viewer: Viewer,
): Element {
  const { base, type, codes = [], from = occupant.nick, status, destroy } = announcement;
  const passed = base ?? (type === undefined ? occupant.presence : null);
  // Two farewells come without it on Prosody: the own one at a new nick, and that of one of several clients.
  const identified = !(viewer === "self" && (codes.includes(303) || announcement.sessions !== undefined));
  return xml(
    "presence",
    {
      from: room.inRoom(from),
      type,
      id: passed?.attrs["id"],
      "xml:lang": passed?.attrs["xml:lang"],
    },
    status === undefined ? null : xml("status", null, status),
    passed === null
      ? null
      : childrenWithout(passed, ["x", NS.muc], ["x", NS.user], ["occupant-id", NS.occupantId]),
    identified && xml("occupant-id", { xmlns: NS.occupantId, id: occupant.id }),
    xml(
      "x",
      { xmlns: NS.user },
      codes.map((code) => xml("status", { code })),
      destroy,
      items(room, occupant, announcement, viewer),
      viewer === "self" && xml("status", { code: 110 }),
    ),
  );
}

/** One item for each client for those who see addresses, one in all for the others (Prosody). */
function items(
  room: Room,
  occupant: RoomOccupant,
  announcement: Announcement,
  viewer: Viewer,
): readonly Element[] {
  const { type, newNick, actor = null, reason = null } = announcement;
  const gone = type === "unavailable" && newNick === undefined;
  const attributes = {
    affiliation: announcement.affiliation ?? room.affiliationOf(occupant.bare),
    role: announcement.role ?? (gone ? "none" : occupant.role),
    nick: newNick,
  };
  const said = [
    actor === null ? null : actorElement(actor, viewer),
    reason === null ? null : xml("reason", null, reason),
  ];
  if (viewer === "anonymous") return [xml("item", attributes, said)];
  const sessions = announcement.sessions ?? [...occupant.sessions.keys()].reverse();
  return sessions.map((jid) => xml("item", { ...attributes, jid }, said));
}

/** Whoever is acted upon learns the nick only, even where he sees addresses (Prosody). */
function actorElement(actor: ActorInfo, viewer: Viewer): Element | null {
  const jid = viewer === "full" ? actor.jid : null;
  return actor.nick === null && jid === null ? null : xml("actor", { nick: actor.nick, jid });
}
