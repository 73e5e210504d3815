import { xml } from "../../base/element.js";
import { ArgumentError } from "../../base/errors.js";
import type { JID } from "../../base/jid.js";
import { DataForm } from "../../forms/data-form.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import { ConfigurationForm } from "../forms/configuration-form.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

const FORM_TYPE = "FORM_TYPE";

/**
 * The configuration of a room, as its owner gets it (XEP-0045 §10.2). Rejects with `XmppError`, also where the room
 * answers without any form.
 */
export async function askConfiguration(host: Pick<RoomHost, "iq">, room: JID): Promise<ConfigurationForm> {
  const query = await host.iq.get(room, xml("query", { xmlns: NS.owner }));
  const form = query?.getChild("x", NS.data);
  if (form === undefined)
    throw new XmppError({
      condition: "undefined-condition",
      text: `${room.toString()} gave no configuration form`,
    });
  return ConfigurationForm.parse(form);
}

/**
 * Submits a configuration (XEP-0045 §10.2). A form that the room gave has its own checks. A blank one has none, so
 * what is on offer is asked for first.
 * QUIRK(prosody 0.12): a value that is not on offer is never answered. QUIRK(ejabberd 23.01): a field that is not on
 * offer has the whole form refused.
 */
export async function submitConfiguration(
  host: Pick<RoomHost, "iq">,
  room: JID,
  form: ConfigurationForm,
): Promise<void> {
  if (!(form instanceof ConfigurationForm))
    throw new ArgumentError("A configuration is a ConfigurationForm: change the one that the room gives");
  const whole = form.isBlank ? withAll((await askConfiguration(host, room)).data, form.data) : form.data;
  await host.iq.set(room, xml("query", { xmlns: NS.owner }, whole.as("submit").toElement()));
}

/** The form with the values of another. Throws {@link ArgumentError} for what it does not offer. */
function withAll(offered: DataForm, wanted: DataForm): DataForm {
  let form = offered;
  for (const { var: name, values } of wanted.fields)
    if (name !== null && name !== FORM_TYPE) form = form.with(name, values);
  return form;
}

/** Opens a room that was just made, with the configuration that the service gives it (XEP-0045 §10.1.2). */
export async function openInstantRoom(host: Pick<RoomHost, "iq">, room: JID): Promise<void> {
  const submit = new DataForm({ type: "submit" }).toElement();
  await host.iq.set(room, xml("query", { xmlns: NS.owner }, submit));
}
