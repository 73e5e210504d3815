import { xml, type Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import { DataForm } from "../../forms/data-form.js";
import { InfoForm } from "../forms/info-form.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";

/** The features that an answer of disco#info lists (XEP-0030 §3). */
export function featuresOf(info: Element | null): ReadonlySet<string> {
  const features = info?.getChildren("feature") ?? [];
  return new Set(features.flatMap((feature) => feature.attrs["var"] ?? []));
}

/** What a room tells of itself (XEP-0045 §6.4); blank where it tells nothing but its features. */
export async function askInfo(
  host: Pick<RoomHost, "iq">,
  room: JID,
  report: (features: ReadonlySet<string>) => void = () => {},
): Promise<InfoForm> {
  const info = await host.iq.get(room, xml("query", { xmlns: NS.discoInfo }), {
    onResult: (payload) => report(featuresOf(payload)),
  });
  // Several forms may be there: each says what it is about (XEP-0128).
  const forms = (info?.getChildren("x", NS.data) ?? []).flatMap((each) => DataForm.parse(each) ?? []);
  const form = forms.find(({ formType }) => formType === InfoForm.formType);
  return form === undefined ? new InfoForm() : InfoForm.parse(form);
}
