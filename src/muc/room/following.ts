import type { Element } from "../../base/element.js";
import { JID } from "../../base/jid.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import type { JoinOptions } from "../join-options.js";
import type { Destroyed } from "../wire/muc-user.js";
import type { NickChoice } from "./nick-choice.js";
import type { RoomContext } from "./room-context.js";
import type { RoomMachineState } from "./room-machine.js";

const STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/**
 * What a refusal with `gone` says of the end of the room: where it went on, as an address such as
 * `xmpp:new@rooms.example.org?join` (RFC 6120 §8.3.3.5, XEP-0045 §10.9). Null for any other refusal.
 */
export function destroyedIn(stanza: Element, { condition }: XmppError): Destroyed | null {
  if (condition !== "gone") return null;
  const text = stanza.getChild("error")?.getChildText("gone", STANZA_ERRORS)?.trim() ?? "";
  const [, address = ""] = /^(?:xmpp:(?:\/\/[^/]*\/)?)?([^?#;]+)/i.exec(text) ?? [];
  const jid = JID.tryParse(decoded(address));
  return { alternative: jid?.local == null ? null : jid.bare(), reason: null, password: null };
}

/** Where a room that was destroyed went on, and going there (XEP-0045 §10.9). */
export class Following {
  readonly #room: RoomContext;
  readonly #nicks: NickChoice;
  readonly #options: JoinOptions;
  #venue: { readonly jid: JID; readonly password: string | null } | null = null;

  constructor(room: RoomContext, nicks: NickChoice, options: JoinOptions) {
    this.#room = room;
    this.#nicks = nicks;
    this.#options = options;
  }

  /** Where we go when the room ends now; null where we do not. */
  get venue(): JID | null {
    return this.#venue?.jid ?? null;
  }

  /** The room says that it was destroyed: another room of the same service is followed, unless we go anyway. */
  consider(destroyed: Destroyed | null, { phase, entered }: RoomMachineState): void {
    const { onCause, firstJoin } = this.#options;
    const { jid, autorejoin } = this.#room;
    const { alternative = null, password = null } = destroyed ?? {};
    const staysOn = autorejoin && phase !== "leaving" && (entered || firstJoin === "persist");
    if (alternative === null || !staysOn || onCause?.alternative !== "follow") return;
    if (alternative.local === null || alternative.domain !== jid.domain || alternative.equals(jid)) return;
    this.#venue = { jid: alternative, password };
  }

  /** That was all about it. */
  forget(): void {
    this.#venue = null;
  }

  /** The room has ended. Once: where that one goes on, nobody follows. A room that there is not is not made for it. */
  go(): void {
    if (this.#venue === null) return;
    const { host, room, autorejoin } = this.#room;
    const { history: _history, password: _password, ...options } = this.#options;
    const { jid, password } = this.#venue;
    host.follow(room, jid, this.#nicks.wanted, {
      ...options,
      autorejoin,
      create: "refuse",
      onCause: { ...options.onCause, alternative: "out" },
      ...(password !== null && { password }),
    });
  }
}
