import { randomUUID } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { messageOf } from "../../base/errors.js";
import type { VoiceRequestForm } from "../forms/voice-request-form.js";
import type { Occupant } from "../occupant.js";
import type { RoomContext } from "../room/room-context.js";
import { messageStanza } from "../wire/draft.js";
import { readVoiceRequest } from "./read-request.js";
import {
  controlRoleRequest,
  hasVoice,
  RoleRequest,
  type RoleRequestEffects,
  type RoleRequestFacts,
} from "./role-request.js";

/** Requests that wait at a time; of more than that the oldest are over. */
const CAPACITY = 256;

/** The requests for voice of one room that wait for an answer, or for what comes of it (XEP-0045 §8.6). */
export class VoiceDesk {
  readonly #room: RoomContext;
  readonly #open = new Set<RoleRequest>();
  /** Those whose sender could speak already: that is no answer. */
  readonly #needless = new WeakSet<RoleRequest>();
  #watching = false;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** A message of the bare room that is no groupchat. False where it asks for nothing. */
  take(stanza: Element): boolean {
    const { type = "normal" } = stanza.attrs;
    const read = type === "normal" ? readVoiceRequest(stanza) : null;
    if (read === null) return false;
    const { host, room, tell } = this.#room;
    if (read.form === null) host.diagnostic(read.problem, stanza);
    else {
      const request = new RoleRequest(room, stanza, this.#identify(read.form), this.#effects());
      this.#keep(request);
      tell(request);
    }
    return true;
  }

  /**
   * Streams are in order: who has the nick now is who had it when the room wrote the form. Where the room tells real
   * addresses, they have to fit, too.
   */
  #identify(form: VoiceRequestForm): RoleRequestFacts {
    const { table, room } = this.#room;
    const { jid: realJid } = form;
    const nick = form.roomNick ?? "";
    const named = nick === "" && realJid !== null ? onlyOne(room.findByRealJid(realJid)) : table.get(nick);
    const known = named?.realJid ?? null;
    const fits = realJid === null || known === null || known.equals(realJid.bare());
    const mismatch = named === null ? "nick" : fits ? null : "realJid";
    return { form, nick, realJid, mismatch, occupant: mismatch === null ? named : null };
  }

  #keep(request: RoleRequest): void {
    this.#watch();
    this.#open.add(request);
    if (hasVoice(request.occupant)) this.#needless.add(request);
    const [oldest] = this.#open;
    if (this.#open.size > CAPACITY && oldest !== undefined) controlRoleRequest(oldest).settle("expired");
  }

  #effects(): RoleRequestEffects {
    const { host, jid } = this.#room;
    return {
      clock: host.clock,
      send: (form) =>
        host.send(xml("message", { to: jid.toString(), id: randomUUID() }, form.render().toElement())),
      tell: (occupant, text) => this.#tell(occupant, text),
      decided: ({ nick, realJid, mismatch }, decision) => {
        const by = host.decidedBy?.() ?? "code, without a policy";
        host.logger.info(
          { room: jid, nick, realJid, mismatch, decision, by },
          "A request for voice was decided",
        );
      },
      settled: (request) => void this.#open.delete(request),
      failed: ({ nick }, error) =>
        host.logger.warn(
          { room: jid, nick, error: messageOf(error) },
          "A request for voice was not answered",
        ),
    };
  }

  async #tell(occupant: Occupant, text: string): Promise<void> {
    const { host, table } = this.#room;
    if (table.get(occupant.nick) !== occupant) return;
    await host.send(messageStanza({ body: text }, occupant.jid.toString(), "chat"));
  }

  /** Once there was a request: most rooms have none. What settles them is heard at once, before any handler's turn. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const { room } = this.#room;
    room.on("role", ({ occupant }) => this.#each(occupant, (request) => this.#compare(request, occupant)));
    room.on("leave", ({ occupant }) =>
      this.#each(occupant, (request) => controlRoleRequest(request).settle("left")),
    );
    // Somebody who is seen again after an outage tells of no change.
    room.on("enter", () => {
      for (const request of this.#open) this.#compareAgain(request);
    });
    room.on("exit", () => {
      for (const request of this.#open) controlRoleRequest(request).settle("exited");
    });
  }

  #each(occupant: Occupant, act: (request: RoleRequest) => void): void {
    for (const request of this.#open) if (isAskedBy(request, occupant)) act(request);
  }

  #compare(request: RoleRequest, occupant: Occupant): void {
    if (hasVoice(occupant)) controlRoleRequest(request).hasVoice();
  }

  #compareAgain(request: RoleRequest): void {
    const { table } = this.#room;
    const { occupant } = request;
    if (occupant === null) return;
    if (table.get(occupant.nick) !== occupant) controlRoleRequest(request).settle("left");
    else if (!this.#needless.has(request)) this.#compare(request, occupant);
  }
}

/** Where the form fitted nobody, by the address that it names. */
function isAskedBy({ occupant, realJid }: RoleRequest, whoever: Occupant): boolean {
  if (occupant !== null) return occupant === whoever;
  return realJid !== null && whoever.realJid !== null && whoever.realJid.equals(realJid.bare());
}

function onlyOne<T>(found: readonly T[]): T | null {
  const [only] = found;
  return only === undefined || found.length > 1 ? null : only;
}
