import type { Element } from "../base/element.js";
import { MucwrightError } from "../base/errors.js";
import { NS } from "./namespaces.js";

/** What the sender of an error suggests to do about it (RFC 6120 §8.3.2). Servers disagree: branch on the condition. */
export type XmppErrorType = "auth" | "cancel" | "continue" | "modify" | "wait";

const TYPES: ReadonlySet<string> = new Set(["auth", "cancel", "continue", "modify", "wait"]);

/** An error that the other side answered with (RFC 6120 §8.3). */
export class XmppError extends MucwrightError {
  /** The defined condition, such as `item-not-found`; `undefined-condition` where none was given. */
  readonly condition: string;
  /** What the sender suggests to do. */
  readonly type: XmppErrorType;
  /** Text for people, null where there is none. */
  readonly text: string | null;
  /** Who raised it where that is said, as text; null otherwise. */
  readonly by: string | null;

  constructor(fields: {
    readonly condition: string;
    readonly type?: XmppErrorType | undefined;
    readonly text?: string | null | undefined;
    readonly by?: string | null | undefined;
  }) {
    const { condition, type = "cancel", text = null, by = null } = fields;
    super("xmpp", text === null ? condition : `${condition}: ${text}`);
    this.condition = condition;
    this.type = type;
    this.text = text;
    this.by = by;
  }

  /** Reads the `<error/>` of a stanza of type error. One that is missing or empty is `undefined-condition`. */
  static fromStanza(stanza: Element): XmppError {
    const error = stanza.getChild("error");
    let condition = "undefined-condition";
    for (const child of error?.getChildElements() ?? []) {
      if (child.xmlns !== NS.stanzaErrors || child.name === "text") continue;
      condition = child.name;
      break;
    }
    const type = error?.attrs["type"] ?? "";
    return new XmppError({
      condition,
      type: TYPES.has(type) ? (type as XmppErrorType) : undefined,
      text: error?.getChildText("text", NS.stanzaErrors),
      by: error?.attrs["by"],
    });
  }
}
