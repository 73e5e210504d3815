import type { Element } from "../../base/element.js";
import { NS } from "../namespaces.js";
import { SessionError } from "../session-error.js";

/** RFC 6120 §4.9: what a stream error means for whoever thinks of trying again. */
export function streamError(element: Element): SessionError {
  const condition =
    element.getChildElements().find((child) => child.xmlns === NS.streamErrors && child.name !== "text")
      ?.name ?? "undefined-condition";
  const text = element.getChildText("text", NS.streamErrors);
  const code =
    condition === "conflict"
      ? "conflict"
      : /policy-violation|not-authorized|host-/.test(condition)
        ? "policy"
        : "closed";
  const said = text === null ? "" : ` (${text})`;
  return new SessionError(code, `The server ended the stream: ${condition}${said}`, { condition });
}
