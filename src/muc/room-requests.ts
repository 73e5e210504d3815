import { xml, type Element } from "../base/element.js";
import type { JID } from "../base/jid.js";
import { featuresOf } from "./admin/room-info.js";
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
  const onResult = (info: Element | null): void => report(featuresOf(info));
  await host.iq.get(room, xml("query", { xmlns: NS.discoInfo }), { onResult });
}
