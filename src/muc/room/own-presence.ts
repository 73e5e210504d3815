import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { ArgumentError, RequestTimeoutError } from "../../base/errors.js";
import type { LanguageMap } from "../../base/language-map.js";
import { checkNick } from "../join-options.js";
import type { OccupantPresence } from "../occupant.js";
import { textElements } from "../wire/draft.js";
import type { RoomContext } from "./room-context.js";
import { makeWish, outOf } from "./wish.js";

/** What our presence in a room says. What is left out is not said. */
export interface PresenceInit {
  /** Default: simply there. */
  readonly show?: OccupantPresence["show"];
  /** A text, or texts by language. */
  readonly status?: string | LanguageMap | null;
}

const SHOWS: readonly unknown[] = [undefined, null, "chat", "away", "xa", "dnd"];
const NICK_TIMEOUT_MS = 30_000;

/** The children of a presence that says so (RFC 6121 §4.7.2). Throws `ArgumentError`. */
export function presenceElements({ show, status }: PresenceInit): readonly Element[] {
  if (!SHOWS.includes(show))
    throw new ArgumentError(`There is no show ${JSON.stringify(show)}, but chat, away, xa, dnd and null`);
  const shows = show === undefined || show === null ? [] : [xml("show", null, show)];
  const texts =
    status === undefined || status === null || status === "" ? [] : textElements("status", status);
  return [...shows, ...texts];
}

/** What we are in one room: presence and nick. */
export class OwnPresence {
  readonly #context: RoomContext;
  readonly #assertInside: () => void;

  constructor(context: RoomContext, assertInside: () => void) {
    this.#context = context;
    this.#assertInside = assertInside;
  }

  /** XEP-0045 §7.7. */
  async set(presence: PresenceInit): Promise<void> {
    const said = presenceElements(presence);
    this.#assertInside();
    this.#context.presence = said;
    await this.#context.host.send(this.#stanza(this.#context.room.nick));
  }

  #stanza(nick: string, id: string = randomUUID()): Element {
    const { jid, presence } = this.#context;
    return xml("presence", { to: jid.withResource(nick).toString(), id }, presence);
  }

  /** XEP-0045 §7.6. */
  async changeNick(wanted: string): Promise<void> {
    const nick = checkNick(wanted);
    this.#assertInside();
    const { room, jid } = this.#context;
    if (nick === room.nick) return;
    const id = randomUUID();
    await makeWish<void>(this.#context, {
      stanza: this.#stanza(nick, id),
      nick,
      timeoutMs: NICK_TIMEOUT_MS,
      watch: ({ resolve }) => [
        // By the change alone: ejabberd answers with an id of the past.
        room.on("nick", ({ occupant }) => {
          if (occupant.isSelf) resolve();
        }),
        // A nick that the service takes for the one that we have.
        room.on("presence", ({ occupant, stanza }) => {
          if (occupant.isSelf && stanza?.attrs["id"] === id) resolve();
        }),
      ],
      expired: ({ reject }) =>
        reject(new RequestTimeoutError(`${jid.toString()} did not answer the change of nick to "${nick}"`)),
      out: ({ reject }) => reject(outOf(this.#context)),
    });
    await this.#restore();
  }

  /** QUIRK(ejabberd 23.01): a change of nick takes what our presence says away from the others. */
  async #restore(): Promise<void> {
    const { presence, room, host } = this.#context;
    const me = room.me;
    if (presence.length === 0 || me === null || me.presence.show !== null || me.status.size > 0) return;
    await host.send(this.#stanza(me.nick));
  }
}
