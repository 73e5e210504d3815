import { randomBytes } from "node:crypto";

import { xml, type Element } from "../../base/element.js";
import { NS } from "../wire/namespaces.js";
import { Refusal } from "../wire/refusal.js";
import {
  childrenWithout,
  isRequest,
  onlyChild,
  resultFor,
  withAttributes,
  withChildren,
} from "../wire/stanza.js";
import { conditionOf, costsPlace, refuseMissing, refuseOutsider } from "./refusals.js";
import { removeBroken } from "./presence.js";
import type { Room } from "./room.js";

/** A message to an occupant (XEP-0045 §7.5): relayed to all clients he is in the room with. */
export function handlePrivateMessage(room: Room, message: Element, full: string, nick: string): void {
  const sender = room.occupantOf(full);
  const { type } = message.attrs;
  if (type === "error") {
    if (costsPlace(message)) removeBroken(room, full, conditionOf(message));
    return;
  }
  if (sender === undefined) return refuseOutsider(room);
  if (type === "groupchat") return Refusal.refuse("bad-request", { type: "modify", by: room.address });
  const recipient = room.occupants.get(nick);
  if (recipient === undefined) return refuseMissing(room);
  const children = [
    ...childrenWithout(message, ["x", NS.user], ["occupant-id", NS.occupantId]),
    xml("x", { xmlns: NS.user }),
    xml("occupant-id", { xmlns: NS.occupantId, id: sender.id }),
  ];
  const relayed = withChildren(withAttributes(message, { from: room.inRoom(sender.nick) }), children);
  for (const each of recipient.sessions.keys()) room.sendTo(each, relayed);
}

/** Requests that wait for an answer of an occupant; older ones are forgotten. */
const MAX_PENDING = 1000;

interface PendingRequest {
  readonly id: string;
  /** Who asked, as a full JID. */
  readonly asker: string;
  /** Who is to answer, as a full JID. */
  readonly answerer: string;
  /** The address that was asked. */
  readonly asked: string;
}

/** Brings IQs between occupants, with other ids: as both servers do. */
export class RequestRelay {
  readonly #pending = new Map<string, PendingRequest>();

  /** An IQ to an occupant. A ping of oneself is answered here (XEP-0410). */
  handle(room: Room, iq: Element, full: string, nick: string): void {
    if (!isRequest(iq)) return this.#answer(room, iq, full);
    const asker = room.occupantOf(full);
    if (asker === undefined) return refuseOutsider(room);
    const recipient = room.occupants.get(nick);
    if (recipient === undefined) return refuseMissing(room);
    const payload = onlyChild(iq);
    if (recipient === asker && payload?.is("ping", NS.ping) === true)
      return room.surroundings.send(resultFor(iq));
    const answerer = recipient.main ?? "";
    const id = randomBytes(18).toString("base64url");
    this.#remember(id, {
      id: iq.attrs["id"] ?? "",
      asker: full,
      answerer,
      asked: room.inRoom(nick),
    });
    room.sendTo(answerer, withAttributes(iq, { id, from: room.inRoom(asker.nick) }));
  }

  #remember(id: string, request: PendingRequest): void {
    this.#pending.set(id, request);
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size > MAX_PENDING) this.#pending.delete(oldest);
  }

  /** Only who was asked can answer, and only once. */
  #answer(room: Room, iq: Element, full: string): void {
    const id = iq.attrs["id"] ?? "";
    const request = this.#pending.get(id);
    if (request === undefined || request.answerer !== full) return;
    this.#pending.delete(id);
    room.sendTo(request.asker, withAttributes(iq, { id: request.id, from: request.asked }));
  }
}
