import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { ArgumentError, messageOf, NotJoinedError } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { AnyRoomEvent } from "../events/event-map.js";
import type { MessageVoice } from "../events/spoken.js";
import type { MessageTracker } from "../message-tracker.js";
import type { Occupant } from "../occupant.js";
import { draftOf, messageStanzas, textElements, type Draft, type DraftInit } from "../wire/draft.js";
import type { RoomContext } from "./room-context.js";
import { SendPace } from "./send-pace.js";

/** What we say in one room. All of it needs us to be in. */
export class Outbound implements MessageVoice {
  readonly #room: RoomContext;
  readonly #inside: () => boolean;
  /** Null where the session alone says how fast. */
  readonly #pace: SendPace | null;

  constructor(room: RoomContext, inside: () => boolean) {
    this.#room = room;
    this.#inside = inside;
    const { outbound, clock } = room.host;
    this.#pace = outbound === undefined ? null : new SendPace(clock, outbound);
  }

  /** To everybody; `cause` is what it answers. */
  say(draft: Draft, cause: AnyRoomEvent | null): Promise<void> {
    // Not async, nor is what it calls: each such step makes a promise, and that of the stream is the one that counts.
    try {
      this.assertInside();
      return this.#send(this.#groupchat(draft, cause));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** As {@link say}, and what becomes of it can be told. Throws where nothing of it could be sent. */
  sayTracked(draft: Draft, timeoutMs: number | null): MessageTracker {
    if (timeoutMs !== null && !(timeoutMs > 0))
      throw new ArgumentError(`A time-out is a positive number of milliseconds, not ${timeoutMs}`);
    this.assertInside();
    const stanzas = this.#groupchat(draft, null);
    if (stanzas.length === 0) throw new ArgumentError("Nothing is left of the message to be sent");
    this.#pace?.assertPlace(stanzas.length);
    const tracking = this.#room.startTracking();
    const tracker = tracking.track(stanzas, timeoutMs);
    for (const stanza of stanzas) {
      const { id = "" } = stanza.attrs;
      this.#remember(stanza);
      this.#hand(stanza, () => tracking.acknowledged(tracker, id)).catch((error: unknown) =>
        tracking.unsent(tracker, error instanceof Error ? error : new Error(messageOf(error))),
      );
    }
    return tracker;
  }

  #groupchat(draft: Draft, cause: AnyRoomEvent | null): readonly Element[] {
    const to = this.#room.jid.toString();
    return messageStanzas(this.#room.host.prepare(draft, cause), to, "groupchat");
  }

  #remember({ attrs: { id, to } }: Element): void {
    if (id !== undefined && to !== undefined) this.#room.remember(id, to);
  }

  /** All or nothing: what cannot be sent is found out, and thrown, before the first stanza goes. */
  #send(stanzas: readonly Element[], address?: () => string): Promise<void> {
    this.#pace?.assertPlace(stanzas.length);
    for (const stanza of stanzas) this.#remember(stanza);
    const [only] = stanzas;
    if (only !== undefined && stanzas.length === 1) return this.#hand(only, undefined, address);
    return Promise.all(stanzas.map((stanza) => this.#hand(stanza, undefined, address))).then(() => {});
  }

  /** To the stream, when it is its turn: by then we may be out, and who is meant may have another `address`, or none. */
  #hand(stanza: Element, onAcknowledged?: () => void, address?: () => string): Promise<void> {
    const { host } = this.#room;
    if (this.#pace === null) return host.send(stanza, onAcknowledged);
    return this.#pace.run(async () => {
      this.assertInside();
      await host.send(address === undefined ? stanza : this.#addressed(stanza, address()), onAcknowledged);
    });
  }

  #addressed(stanza: Element, to: string): Element {
    if (stanza.attrs["to"] === to) return stanza;
    const moved = xml(stanza.name, { ...stanza.attrs, to }, stanza.children);
    this.#remember(moved);
    return moved;
  }

  /** An answer that need not be awaited: its failure reaches the log. */
  answer(draft: DraftInit, cause: AnyRoomEvent): Promise<void> {
    return this.#logged(this.say(draftOf(draft), cause));
  }

  /** As {@link answer}, to the sender alone. */
  answerPrivately(to: Occupant, draft: DraftInit, cause: AnyRoomEvent): Promise<void> {
    return this.#logged(this.whisper(to, draft, cause));
  }

  #logged(sent: Promise<void>): Promise<void> {
    const { host, jid } = this.#room;
    sent.catch((error: unknown) =>
      host.logger.warn({ room: jid, error: messageOf(error) }, "An answer could not be sent"),
    );
    return sent;
  }

  /** To one occupant (XEP-0045 §7.5). */
  async whisper(to: Occupant | string, draft: DraftInit, cause: AnyRoomEvent | null): Promise<void> {
    this.assertInside();
    const { host } = this.#room;
    const address = (): string => this.#addressOf(to);
    await this.#send(messageStanzas(host.prepare(draftOf(draft), cause), address(), "chat"), address);
  }

  #addressOf(to: Occupant | string): string {
    const { jid, table } = this.#room;
    const nick = typeof to === "string" ? to : to.nick;
    if (typeof to !== "string" && table.get(nick) !== to)
      throw new NotJoinedError(`${nick} is not in ${jid.toString()} any more`);
    return jid.withResource(nick).toString();
  }

  /** XEP-0045 §8.1. */
  async setSubject(subject: string | LanguageMap): Promise<void> {
    this.assertInside();
    const texts = subject === "" ? [] : textElements("subject", subject);
    const to = this.#room.jid.toString();
    const children = texts.length === 0 ? xml("subject") : texts;
    await this.#send([xml("message", { to, type: "groupchat", id: randomUUID() }, children)]);
  }

  /** Throws `NotJoinedError` while we are not in. */
  assertInside(): void {
    const { jid, room } = this.#room;
    if (!this.#inside())
      throw new NotJoinedError(`${jid.toString()} is ${room.state}: nobody there could hear it`);
  }
}
