import { xml, type Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import { DataForm } from "../../forms/data-form.js";
import { XmppError } from "../../xmpp/xmpp-error.js";
import { checkNick } from "../join-options.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

type Host = Pick<RoomHost, "iq">;

const NICK = "muc#register_roomnick";
/** What a room answers that leaves registration to its service. */
const ELSEWHERE: ReadonlySet<string> = new Set(["service-unavailable", "feature-not-implemented"]);

/**
 * Asks the room, else its service.
 * QUIRK(ejabberd 23.01): a nick is registered with the service, for all of its rooms; rooms answer service-unavailable.
 */
async function askWhoRegisters<T>(room: JID, ask: (whom: JID) => Promise<T>): Promise<T> {
  try {
    return await ask(room);
  } catch (error) {
    if (!(error instanceof XmppError) || !ELSEWHERE.has(error.condition)) throw error;
    return ask(JID.parse(room.domain)).catch((again: unknown) => {
      // neither does: what the room said counts
      throw again instanceof XmppError && ELSEWHERE.has(again.condition) ? error : again;
    });
  }
}

const formOf = (query: Element | null): DataForm | null => {
  const x = query?.getChild("x", NS.data);
  return x === undefined ? null : DataForm.parse(x);
};

/** Registers a nick (XEP-0045 §7.10). Rejects with `ArgumentError` where the form wants more than a nick. */
export async function register(host: Host, room: JID, nick: string): Promise<void> {
  const wanted = checkNick(nick);
  await askWhoRegisters(room, async (whom) => {
    const form = formOf(await host.iq.get(whom, xml("query", { xmlns: NS.register })));
    const filled = form?.get(NICK) == null ? plainForm(wanted) : form.with(NICK, [wanted]);
    await host.iq.set(whom, xml("query", { xmlns: NS.register }, filled.as("submit").toElement()));
  });
}

/** XEP-0045 §15.5.1, for a service that shows no form. */
function plainForm(nick: string): DataForm {
  return new DataForm({
    type: "form",
    fields: [
      { var: "FORM_TYPE", type: "hidden", values: [NS.mucRegister] },
      { var: NICK, type: "text-single", values: [nick] },
    ],
  });
}

/** Gives up a registration (XEP-0077 §3.2). In Prosody it takes the membership along. */
export async function unregister(host: Host, room: JID): Promise<void> {
  await askWhoRegisters(room, (whom) =>
    host.iq.set(whom, xml("query", { xmlns: NS.register }, xml("remove"))),
  );
}

/** The nick that is reserved for us (XEP-0045 §7.12), null for none. */
export async function askReservedNick(host: Host, room: JID): Promise<string | null> {
  try {
    const info = await host.iq.get(room, xml("query", { xmlns: NS.discoInfo, node: NS.reservedNick }));
    return info?.getChild("identity")?.attrs["name"] || null;
  } catch (error) {
    // QUIRK(ejabberd 23.01): rooms do not know that node; the service's form for registration holds the nick.
    if (!(error instanceof XmppError) || error.condition !== "item-not-found") throw error;
    return askRegisteredNick(host, JID.parse(room.domain));
  }
}

async function askRegisteredNick(host: Host, service: JID): Promise<string | null> {
  try {
    const query = await host.iq.get(service, xml("query", { xmlns: NS.register }));
    return formOf(query)?.get(NICK)?.value || null;
  } catch (error) {
    if (error instanceof XmppError) return null;
    throw error;
  }
}
