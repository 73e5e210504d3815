import { ArgumentError, messageOf } from "../base/errors.js";
import type { Element } from "../base/element.js";
import { JID } from "../base/jid.js";
import { directAsMessage } from "./direct-as-message.js";
import { DirectMessageReceived } from "./events/direct-message.js";
import type { RoomHost } from "./room-host.js";
import { draftOf, messageStanza, type DraftInit } from "./wire/draft.js";
import { hasCarbon } from "./wire/carbon.js";
import { NS } from "./wire/namespaces.js";

/** What is written to the account itself, and not in a room that we know (RFC 6121 §5). */
export class DirectInbox {
  readonly #host: RoomHost;
  readonly #tell: (event: DirectMessageReceived) => void;

  constructor(host: RoomHost, tell: (event: DirectMessageReceived) => void) {
    this.#host = host;
    this.#tell = tell;
  }

  /** A message that is no room's. One without a sender is from our own account. */
  receive(stanza: Element): void {
    const own = this.#host.jid?.bare() ?? null;
    const from = stanza.attrs["from"] === undefined ? own : JID.tryParse(stanza.attrs["from"]);
    const code = from === null ? "bad-jid" : strangeness(stanza, own?.equals(from) ?? false);
    if (from === null || code !== null) return this.#host.diagnostic(code ?? "bad-jid", stanza);
    if (this.#host.jid?.equals(from) === true) return this.#host.diagnostic("own-message", stanza);
    this.#tell(
      new DirectMessageReceived(stanza, {
        from,
        languages: this.#host.languages,
        answer: (draft, cause) => this.#answer(draft, cause),
        ownName: own?.local ?? "bot",
        asMessage: (event) => directAsMessage(this.#host, event, (draft) => this.#answer(draft, event)),
      }),
    );
  }

  #answer(draft: DraftInit, cause: DirectMessageReceived): Promise<void> {
    const sent = this.#send(draft, cause);
    sent.catch((error: unknown) =>
      this.#host.logger.warn({ to: cause.from, error: messageOf(error) }, "An answer could not be sent"),
    );
    return sent;
  }

  async #send(draft: DraftInit, cause: DirectMessageReceived): Promise<void> {
    const to = cause.from.toString();
    if (this.#host.jid?.bare().equals(cause.from) ?? false)
      throw new ArgumentError("An answer to our own account would come back to be answered again");
    const drafts = this.#host.prepare(draftOf(draft), cause);
    const stanzas = drafts.map((each) => messageStanza(each, to, "direct"));
    await Promise.all(stanzas.map((stanza) => this.#host.send(stanza)));
  }
}

/** What is not written to us, by name; null for what is. */
function strangeness(stanza: Element, isOwnAccount: boolean): string | null {
  const { type = "normal" } = stanza.attrs;
  if (type === "groupchat") return "unknown-room";
  if (type === "error") return "stray-message-error";
  // Copies of what other clients of ours sent or got (XEP-0280): we ask for none, and of rooms they tell nothing new.
  if (hasCarbon(stanza)) return isOwnAccount ? "carbon" : "forged-carbon";
  if (type !== "chat" && type !== "normal") return "strange-message-type";
  // The mark of a private message: of a room that we are not in.
  if (stanza.getChild("x", NS.user) !== undefined) return "private-message-of-unknown-room";
  return stanza.getChild("body") === undefined ? "message-without-body" : null;
}
