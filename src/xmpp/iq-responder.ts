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

function error(type: string, condition: string): Element {
  return xml("error", { type }, xml(condition, { xmlns: NS.stanzaErrors }));
}

/**
 * The answer to an IQ of type get or set: ping (XEP-0199), version (XEP-0092), time (XEP-0202) and disco#info
 * (XEP-0030); anything else is `service-unavailable` (RFC 6120 §8.4). Exactly one answer for each.
 */
export function answerIq(request: Element, clock: Clock): Element {
  const { id, from, type } = request.attrs;
  const [payload] = request.getChildElements();
  const reply = (kind: "result" | "error", content: Element | null): Element =>
    xml("iq", { type: kind, id, to: from }, content);
  if (payload === undefined) return reply("error", error("modify", "bad-request"));
  if (type === "get") {
    if (payload.is("ping", NS.ping)) return reply("result", null);
    if (payload.is("time", NS.time)) return reply("result", time(clock.now()));
    if (payload.is("query", NS.version))
      return reply("result", xml("query", { xmlns: NS.version }, xml("name", null, IDENTITY.name)));
    if (payload.is("query", NS.discoInfo))
      return isOwnNode(payload.attrs["node"])
        ? reply("result", discoInfo(payload))
        : reply("error", error("cancel", "item-not-found"));
  }
  return reply("error", error("cancel", "service-unavailable"));
}
