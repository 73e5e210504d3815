import type { Element } from "../base/element.js";
import { MucwrightError } from "../base/errors.js";
import { NS } from "./wire/namespaces.js";

/** The embedded service refused what a {@link TestUser} wanted (RFC 6120 §8.3). */
export class TestServiceError extends MucwrightError {
  /** The defined condition, such as `conflict`. */
  readonly condition: string;
  /** Text for people, null where there is none. */
  readonly text: string | null;
  /** The error as it came. */
  readonly stanza: Element;

  constructor(stanza: Element) {
    const error = stanza.getChild("error");
    const condition = error?.getChildElements().find((child) => child.name !== "text")?.name;
    const text = error?.getChildText("text", NS.stanzaErrors) ?? null;
    super(
      "xmpp",
      `The service refused: ${condition ?? "undefined-condition"}${text === null ? "" : ` (${text})`}`,
    );
    this.condition = condition ?? "undefined-condition";
    this.text = text;
    this.stanza = stanza;
  }
}
