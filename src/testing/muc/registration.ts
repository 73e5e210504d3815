import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { formElement, submittedValues } from "../wire/form.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { resultFor } from "../wire/stanza.js";
import { NO_CAUSE, setAffiliation } from "./affiliations.js";
import type { Room } from "./room.js";

/** The node of disco#info that names the nick of who asks (XEP-0045 §7.12). */
export const RESERVED_NICK = "x-roomuser-item";
const NICK = "muc#register_roomnick";

/** Registers a nick, for those who are something to the room already (XEP-0045 §7.10; Prosody: ejabberd does it per service). */
export function handleRegistration(room: Room, iq: Element, query: Element, from: JID): void {
  const bare = from.bare().toString();
  const affiliation = room.affiliationOf(bare);
  if (affiliation === "none" || affiliation === "outcast")
    return Refusal.refuse("registration-required", { type: "auth" });
  const { send } = room.surroundings;
  if (iq.attrs["type"] === "get") return send(resultFor(iq, registrationForm()));
  if (query.getChild("remove", NS.register) !== undefined) {
    setAffiliation(room, bare, "none", NO_CAUSE);
    return send(resultFor(iq));
  }
  const values = submittedValues(query.getChild("x", NS.data));
  const nick = values?.get(NICK)?.[0] ?? "";
  if (nick === "") return Refusal.refuse("bad-request", { type: "modify" });
  const taken = [...room.affiliations].some(([jid, entry]) => entry.nick === nick && jid !== bare);
  if (taken) return Refusal.refuse("conflict");
  setAffiliation(room, bare, affiliation, NO_CAUSE, nick);
  send(resultFor(iq));
}

function registrationForm(): Element {
  const field = { var: NICK, type: "text-single", label: "Nickname", values: [] };
  return xml("query", { xmlns: NS.register }, formElement("form", NS.roomRegister, [field]));
}

/** The nick that belongs to who asks, and nothing where there is none. */
export function reservedNick(room: Room, from: JID): Element {
  const name = room.affiliations.get(from.bare().toString())?.nick ?? null;
  return xml(
    "query",
    { xmlns: NS.discoInfo, node: RESERVED_NICK },
    name !== null && xml("identity", { category: "conference", type: "text", name }),
  );
}
