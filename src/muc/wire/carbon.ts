import type { Element } from "../../base/element.js";
import { NS } from "./namespaces.js";

/** Whether a message says that it is a copy of what another client of ours sent or got (XEP-0280). */
export function hasCarbon(stanza: Element): boolean {
  for (const child of stanza.children)
    if (typeof child !== "string" && child.xmlns === NS.carbons && child.name !== "private") return true;
  return false;
}
