import { createHash } from "node:crypto";

import type { Clock } from "../base/clock.js";
import { xml, type Element } from "../base/element.js";
import { NS } from "./namespaces.js";

/** What we are to whoever asks (XEP-0030 §3.1): a bot. */
const IDENTITY = { category: "client", type: "bot", name: "mucwright" } as const;
const NODE = "urn:x-mucwright";

/** What we understand, in the order that XEP-0115 §5.1 hashes it in. */
const FEATURES: readonly string[] = [
  NS.caps,
  NS.discoInfo,
  NS.muc,
  NS.directInvite,
  NS.version,
  NS.ping,
  NS.time,
].toSorted();

/** XEP-0115 §5.1. */
const VERIFICATION = createHash("sha1")
  .update([`${IDENTITY.category}/${IDENTITY.type}//${IDENTITY.name}`, ...FEATURES, ""].join("<"))
  .digest("base64");

/** Available presence with our capabilities (XEP-0115), to be sent before anything else on a new stream. */
export function initialPresence(): Element {
  return xml("presence", null, xml("c", { xmlns: NS.caps, hash: "sha-1", node: NODE, ver: VERIFICATION }));
}

function discoInfo(query: Element): Element {
  const node = query.attrs["node"];
  return xml(
    "query",
    { xmlns: NS.discoInfo, node },
    xml("identity", IDENTITY),
    FEATURES.map((feature) => xml("feature", { var: feature })),
  );
}

function isOwnNode(node: string | undefined): boolean {
  return node === undefined || node === `${NODE}#${VERIFICATION}`;
}

/** XEP-0202 §3; a bot tells no more of where it runs than that its clock is UTC. */
function time(now: number): Element {
  const utc = new Date(now).toISOString().replace(/\.\d+/, "");
  return xml("time", { xmlns: NS.time }, xml("tzo", null, "+00:00"), xml("utc", null, utc));
}

function answer(request: Element, type: "result" | "error", content: Element | null): Element {
  return xml("iq", { type, id: request.attrs["id"], to: request.attrs["from"] }, content);
}

/** The answer to an IQ that is not done (RFC 6120 §8.3). */
export function refuseIq(request: Element, type: "cancel" | "modify", condition: string): Element {
  return answer(request, "error", xml("error", { type }, xml(condition, { xmlns: NS.stanzaErrors })));
}

/**
 * The answer to an IQ of type get or set: ping (XEP-0199), version (XEP-0092), time (XEP-0202) and disco#info
 * (XEP-0030); anything else is `service-unavailable` (RFC 6120 §8.4). Exactly one answer for each.
 */
export function answerIq(request: Element, clock: Clock): Element {
  const [payload] = request.getChildElements();
  const result = (content: Element | null): Element => answer(request, "result", content);
  if (payload === undefined) return refuseIq(request, "modify", "bad-request");
  if (request.attrs["type"] === "get") {
    if (payload.is("ping", NS.ping)) return result(null);
    if (payload.is("time", NS.time)) return result(time(clock.now()));
    if (payload.is("query", NS.version))
      return result(xml("query", { xmlns: NS.version }, xml("name", null, IDENTITY.name)));
    if (payload.is("query", NS.discoInfo))
      return isOwnNode(payload.attrs["node"])
        ? result(discoInfo(payload))
        : refuseIq(request, "cancel", "item-not-found");
  }
  return refuseIq(request, "cancel", "service-unavailable");
}
