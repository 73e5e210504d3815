import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { DataForm } from "../../forms/data-form.js";
import { InfoForm } from "../forms/info-form.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

function featuresOf(info: Element | null): ReadonlySet<string> {
  const features = info?.getChildren("feature") ?? [];
  return new Set(features.flatMap((feature) => feature.attrs["var"] ?? []));
}

/**
 * Asks what the room can (XEP-0030 §3), and reports the features that it lists in the turn in which they arrive: what
 * comes behind the answer is read with them. Resolves with the whole answer; rejects as any request does.
 */
export function askFeatures(
  host: Pick<RoomHost, "iq">,
  room: JID,
  report: (features: ReadonlySet<string>) => void,
): Promise<Element | null> {
  const onResult = (info: Element | null): void => report(featuresOf(info));
  return host.iq.get(room, xml("query", { xmlns: NS.discoInfo }), { onResult });
}

/** What a room tells of itself (XEP-0045 §6.4); blank where it tells nothing but its features. */
export async function askInfo(
  host: Pick<RoomHost, "iq">,
  room: JID,
  report: (features: ReadonlySet<string>) => void = () => {},
): Promise<InfoForm> {
  const info = await askFeatures(host, room, report);
  // Several forms may be there: each says what it is about (XEP-0128).
  const forms = (info?.getChildren("x", NS.data) ?? []).flatMap((each) => DataForm.parse(each) ?? []);
  const form = forms.find(({ formType }) => formType === InfoForm.formType);
  return form === undefined ? new InfoForm() : InfoForm.parse(form);
}
