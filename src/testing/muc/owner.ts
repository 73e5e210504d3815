import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { submittedValues } from "../wire/form.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import { resultFor } from "../wire/stanza.js";
import { announceToSelf } from "./announce.js";
import { applyForm, configForm } from "./config-form.js";
import { configure } from "./configure.js";
import type { Room } from "./room.js";

/** Configures or destroys the room (XEP-0045 §10.1, §10.2, §10.9). */
export function handleOwner(room: Room, iq: Element, query: Element, from: JID): void {
  if (room.affiliationOf(from.bare()) !== "owner")
    return Refusal.refuse("forbidden", { type: "auth", text: "Only owners can configure rooms" });
  const { send } = room.surroundings;
  if (iq.attrs["type"] === "get")
    return send(resultFor(iq, xml("query", { xmlns: NS.owner }, configForm(room))));
  const destruction = query.getChild("destroy", NS.owner);
  if (destruction !== undefined) {
    destroy(room, readDestruction(destruction));
    return send(resultFor(iq));
  }
  submit(room, iq, query.getChild("x", NS.data));
}

/** XEP-0045 §10.1.2: an empty form is an instant room. A cancelled one changes nothing and is a result (both servers). */
function submit(room: Room, iq: Element, form: Element | undefined): void {
  const values = submittedValues(form);
  const answer = (): void => room.surroundings.send(resultFor(iq));
  if (form?.attrs["type"] === "cancel") return answer();
  if (values === null || form?.attrs["type"] !== "submit")
    return Refusal.refuse("bad-request", { type: "modify" });
  const formType = values.get("FORM_TYPE")?.[0];
  if (formType !== undefined && formType !== NS.roomConfig)
    return Refusal.refuse("bad-request", { type: "modify" });
  const config = applyForm(room.config, values, room.surroundings.historySize);
  room.locked = false;
  configure(room, config, answer);
}

/** What is said about the end of a room (XEP-0045 §10.9). */
export interface Destruction {
  /** Where people meet now, as a bare JID. */
  readonly alternative: string | null;
  readonly reason: string | null;
  /** The password of that place. */
  readonly password: string | null;
}

function readDestruction(element: Element): Destruction {
  return {
    alternative: JID.tryParse(element.attrs["jid"])?.toString() ?? null,
    reason: element.getChildText("reason", NS.owner),
    password: element.getChildText("password", NS.owner),
  };
}

/** Ends a room. Each occupant is told with his own farewell only (both servers; 110 as on Prosody). */
export function destroy(room: Room, { alternative, reason, password }: Destruction): void {
  const element = xml(
    "destroy",
    { jid: alternative },
    reason === null ? null : xml("reason", null, reason),
    password === null ? null : xml("password", null, password),
  );
  for (const occupant of room.occupants.values())
    announceToSelf(room, occupant, { type: "unavailable", destroy: element });
  for (const occupant of room.occupants.values()) room.remove(occupant);
  room.surroundings.bury(room, alternative, reason);
}
