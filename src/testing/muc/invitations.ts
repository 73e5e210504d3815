import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { setAffiliation } from "./affiliations.js";
import { rankOf } from "./ranks.js";
import type { Room } from "./room.js";

/** Relays an invitation or its refusal (XEP-0045 §7.8.2). False where the message is neither. */
export function handleInvitation(room: Room, message: Element, user: Element, from: JID): boolean {
  // Of several only the first counts (Prosody; ejabberd relays all).
  const invite = user.getChild("invite", NS.user);
  if (invite !== undefined) {
    relayInvite(room, message, invite, from);
    return true;
  }
  const decline = user.getChild("decline", NS.user);
  if (decline === undefined) return false;
  relayDecline(room, message, decline, from);
  return true;
}

function addressee(element: Element): JID {
  return JID.tryParse(element.attrs["to"]) ?? Refusal.refuse("jid-malformed", { type: "modify" });
}

/** The inviter is named by his place in the room, from outside by his address (Prosody). */
function relayInvite(room: Room, message: Element, invite: Element, from: JID): void {
  const to = addressee(invite);
  checkInviter(room, from);
  const nick = room.occupantOf(from.toString())?.nick;
  const inviter = nick === undefined ? from.toString() : room.inRoom(nick);
  const reason = invite.getChildText("reason", NS.user) ?? "";
  const { roomSecret } = room.config;
  const inner = [
    xml("invite", { from: inviter }, xml("reason", null, reason)),
    roomSecret !== "" && xml("password", null, roomSecret),
  ];
  const text = `${inviter} invited you to the room ${room.address}${reason === "" ? "" : ` (${reason})`}`;
  room.surroundings.send(
    xml(
      "message",
      {
        from: room.address,
        to: to.toString(),
        id: message.attrs["id"],
        "xml:lang": message.attrs["xml:lang"],
      },
      xml("x", { xmlns: NS.user }, inner),
      xml("x", { xmlns: NS.conference, jid: room.address }, reason),
      xml("body", null, text),
    ),
  );
  const bare = to.bare().toString();
  if (room.config.membersOnly && room.affiliationOf(bare) === "none")
    setAffiliation(room, bare, "member", { actor: null, reason: `Invited by ${inviter}` });
}

/** XEP-0045 §7.8.2: into a members-only room those invite who can make members, or members where the owner says so. */
function checkInviter(room: Room, from: JID): void {
  const rank = rankOf(room.affiliationOf(from.bare()));
  const { allowInvites, allowMemberInvites, membersOnly } = room.config;
  const moderator = room.occupantOf(from.toString())?.role === "moderator" || rank >= rankOf("admin");
  if (rank < rankOf("none")) return Refusal.refuse("forbidden", { type: "auth" });
  const allowed = membersOnly ? allowMemberInvites && rank >= rankOf("member") : allowInvites;
  if (!moderator && !allowed) Refusal.refuse("forbidden", { type: "auth" });
}

/** Relayed to whoever is named, whether he invited or not (both servers); also to somebody in the room by nick. */
function relayDecline(room: Room, message: Element, decline: Element, from: JID): void {
  const named = addressee(decline);
  const occupant = named.bare().equals(room.jid) ? room.occupants.get(named.resource ?? "") : undefined;
  const client = occupant === undefined ? named.toString() : occupant.main;
  const reason = decline.getChildText("reason", NS.user) ?? "";
  const who = from.toString();
  const text = `${who} declined your invite to the room ${room.address}${reason === "" ? "" : ` (${reason})`}`;
  room.surroundings.send(
    xml(
      "message",
      { from: room.address, to: client, id: message.attrs["id"], "xml:lang": message.attrs["xml:lang"] },
      xml("x", { xmlns: NS.user }, xml("decline", { from: who }, xml("reason", null, reason))),
      xml("body", null, text),
    ),
  );
}
