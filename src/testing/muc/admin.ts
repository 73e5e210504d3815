import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { Affiliation } from "../../muc/wire/muc-user.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { resultFor } from "../wire/stanza.js";
import { setAffiliation, setRole, type Cause } from "./affiliations.js";
import { affiliationNamed, rankOf, roleNamed } from "./ranks.js";
import type { Room } from "./room.js";
import type { RoomOccupant } from "./room-occupant.js";

/** Asks for, or changes, roles and affiliations (XEP-0045 §8, §9). Of several items only the first counts (Prosody). */
export function handleAdmin(room: Room, iq: Element, query: Element, from: JID): void {
  const item = query.getChild("item", NS.admin);
  if (item === undefined) return Refusal.refuse("bad-request");
  if (iq.attrs["type"] === "get") {
    const items = list(room, item, from);
    return room.surroundings.send(resultFor(iq, xml("query", { xmlns: NS.admin }, items)));
  }
  change(room, item, from);
  room.surroundings.send(resultFor(iq));
}

function list(room: Room, item: Element, from: JID): readonly Element[] {
  const { affiliation, role } = item.attrs;
  if (affiliation !== undefined && role === undefined) return affiliationList(room, affiliation, from);
  if (role !== undefined && affiliation === undefined) return roleList(room, role, from);
  return Refusal.refuse("bad-request");
}

/** XEP-0045 §9.2, §9.5, §10.5, §10.8. An admin may not ask for the owners (Prosody). */
function affiliationList(room: Room, name: string, from: JID): readonly Element[] {
  const wanted = affiliationNamed(name);
  if (wanted === null) return Refusal.refuse("bad-request");
  const own = rankOf(room.affiliationOf(from.bare()));
  if (own < rankOf("admin") || own < rankOf(wanted)) return Refusal.refuse("forbidden", { type: "auth" });
  return [...room.affiliations]
    .filter(([, entry]) => entry.affiliation === wanted)
    .map(([jid, { nick }]) => xml("item", { affiliation: wanted, nick, jid }));
}

/** XEP-0045 §8.5, §9.8: for moderators. */
function roleList(room: Room, name: string, from: JID): readonly Element[] {
  const wanted = roleNamed(name);
  if (wanted === null) return Refusal.refuse("bad-request");
  if (room.occupantOf(from.toString())?.role !== "moderator")
    return Refusal.refuse("forbidden", { type: "auth" });
  return [...room.occupants.values()]
    .filter((occupant) => occupant.role === wanted)
    .map((occupant) => {
      const { nick, role, bare, main } = occupant;
      return xml("item", { affiliation: room.affiliationOf(bare), role, nick, jid: main });
    });
}

function change(room: Room, item: Element, from: JID): void {
  const { affiliation, role, nick } = item.attrs;
  const actor = room.occupantOf(from.toString());
  const cause: Cause = {
    actor: { nick: actor?.nick ?? null, jid: from.toString() },
    reason: item.getChildText("reason", NS.admin),
  };
  if (role !== undefined && affiliation === undefined && nick !== undefined)
    return changeRole(room, nick, role, actor, cause);
  if (affiliation !== undefined && role === undefined) return changeAffiliation(room, item, from, cause);
  Refusal.refuse("bad-request");
}

/** XEP-0045 §8.2 to §8.4, §9.6, §9.7. */
function changeRole(
  room: Room,
  nick: string,
  name: string,
  actor: RoomOccupant | undefined,
  cause: Cause,
): void {
  const role = roleNamed(name);
  if (role === null) return Refusal.refuse("not-acceptable", { type: "modify" });
  const target = room.occupants.get(nick);
  if (target === undefined) return Refusal.refuse("item-not-found", { type: "modify" });
  if (actor === undefined || actor.role !== "moderator") return Refusal.refuse("not-allowed");
  const own = rankOf(room.affiliationOf(actor.bare));
  // Nobody acts on who is more than he is, and moderators are made and unmade by admins (XEP-0045 §5.1.1).
  if (own < rankOf(room.affiliationOf(target.bare))) return Refusal.refuse("not-allowed");
  if ((target.role === "moderator" || role === "moderator") && own < rankOf("admin"))
    return Refusal.refuse("not-allowed");
  // Who removes himself has no nick any more when it is told (Prosody).
  const self = actor === target && role === "none" && cause.actor !== null;
  setRole(room, target, role, self ? { ...cause, actor: { ...cause.actor, nick: null } } : cause);
}

/** XEP-0045 §9.1, §9.3, §9.4, §10.3 to §10.7. By address, or by the nick of somebody present. */
function changeAffiliation(room: Room, item: Element, from: JID, cause: Cause): void {
  const affiliation = affiliationNamed(item.attrs["affiliation"]);
  if (affiliation === null) return Refusal.refuse("not-acceptable", { type: "modify" });
  const target = targetOf(room, item);
  checkRank(room, from.bare().toString(), target, affiliation);
  setAffiliation(room, target, affiliation, cause, item.attrs["nick"] ?? null);
}

function targetOf(room: Room, item: Element): string {
  const { jid: text, nick } = item.attrs;
  if (text === undefined && nick !== undefined) {
    const occupant = room.occupants.get(nick);
    return occupant === undefined ? Refusal.refuse("item-not-found", { type: "modify" }) : occupant.bare;
  }
  const jid = JID.tryParse(text);
  if (jid === null) return Refusal.refuse("jid-malformed", { type: "modify" });
  if (jid.resource !== null)
    return Refusal.refuse("jid-malformed", { type: "modify", text: "Bare JID expected, got full JID" });
  return jid.toString();
}

/** XEP-0045 §5.2.2: owners may do all but leave the room without an owner, admins what concerns neither owners nor admins. */
function checkRank(room: Room, actor: string, target: string, wanted: Affiliation): void {
  const own = room.affiliationOf(actor);
  const present = room.affiliationOf(target);
  if (own === "owner") {
    const owners = [...room.affiliations.values()].filter((entry) => entry.affiliation === "owner");
    if (actor === target && wanted !== "owner" && owners.length <= 1) Refusal.refuse("conflict");
    return;
  }
  const limit = rankOf("admin");
  if (own !== "admin" || rankOf(present) >= limit || rankOf(wanted) >= limit) Refusal.refuse("not-allowed");
}
