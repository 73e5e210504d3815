import { xml, type Element } from "../base/element.js";
import type { JID } from "../base/jid.js";
import { DataForm } from "../forms/data-form.js";
import type { RoomHost } from "./room-host.js";
import { NS } from "./wire/namespaces.js";

/**
 * Asks what the room can (XEP-0030 §3), and reports the features that it lists in the turn in which they arrive: what
 * comes behind the answer is read with them. Rejects as any request does.
 */
export async function askFeatures(
  host: RoomHost,
  room: JID,
  report: (features: ReadonlySet<string>) => void,
): Promise<void> {
  const onResult = (info: Element | null): void => {
    const features = info?.getChildren("feature") ?? [];
    report(new Set(features.flatMap((feature) => feature.attrs["var"] ?? [])));
  };
  await host.iq.get(room, xml("query", { xmlns: NS.discoInfo }), { onResult });
}

/** Opens a room that was just made, with the configuration that the service gives it (XEP-0045 §10.1.2). */
export async function openInstantRoom(host: RoomHost, room: JID): Promise<void> {
  const submit = new DataForm({ type: "submit" }).toElement();
  await host.iq.set(room, xml("query", { xmlns: NS.owner }, submit));
}
