import type { JID } from "../../base/jid.js";
import { JID as Jid } from "../../base/jid.js";
import { Occupant } from "../../muc/occupant.js";
import type { Affiliation, Role } from "../../muc/wire/muc-user.js";
import { roomOf, type HandledEvent } from "../handler-failed.js";

/** What is known of whoever caused an event, at one moment. Null is not known. */
export interface Standing {
  readonly affiliation: Affiliation;
  readonly role: Role;
  readonly realJid: JID | null;
  readonly occupantId: string | null;
}

const UNKNOWN: Standing = { affiliation: "none", role: "none", realJid: null, occupantId: null };

/** What happens to the bot, and no person does: rules about persons say nothing of it. */
const OF_NOBODY: ReadonlySet<string> = new Set([
  "enter",
  "caughtUp",
  "failure",
  "exit",
  "suspend",
  "resume",
  "stale",
  "fresh",
  "handlerFailed",
  "cron",
  "botTick",
  "messageError",
]);

/** Whether somebody can have caused an event at all. */
export function isOfSomebody(event: { readonly type: string }): boolean {
  return !OF_NOBODY.has(event.type);
}

/** The occupant who caused an event, null where there is none, or none that is known. */
export function occupantOf(event: object): Occupant | null {
  return "occupant" in event && event.occupant instanceof Occupant ? event.occupant : null;
}

/** Of what comes from an account: that account, where the server vouches for it. */
function accountOf(event: HandledEvent): JID | null {
  if (event.type === "directMessage") return event.from.bare();
  if (event.type === "invitation" && event.proof === "sender") return event.from.bare();
  return null;
}

/**
 * What is known now of whoever caused an event. Who is not in the room has no role and no affiliation there: what they
 * had may have been taken from them since.
 */
export function standingOf(event: HandledEvent): Standing {
  const occupant = occupantOf(event);
  if (occupant === null) {
    const realJid = accountOf(event);
    return realJid === null ? UNKNOWN : { ...UNKNOWN, realJid };
  }
  const { realJid, occupantId, role, affiliation, nick } = occupant;
  const room = "room" in event && !(event.room instanceof Jid) ? event.room : null;
  // A leave tells the last of it itself.
  const there = event.type === "leave" || room?.getOccupant(nick) === occupant;
  return there
    ? { affiliation, role, realJid, occupantId }
    : { affiliation: "none", role: "none", realJid, occupantId };
}

const frozen = new WeakMap<object, Standing>();

/** Keeps what is known of whoever caused an event, for when its turn comes. */
export function freezeStanding(event: HandledEvent): void {
  frozen.set(event, standingOf(event));
}

/** Lets an event that is made of another one have what was kept for that. */
export function carryStanding(from: HandledEvent, to: HandledEvent): void {
  const standing = frozen.get(from);
  if (standing !== undefined) frozen.set(to, standing);
}

/** What was known when the event was received; where nothing was kept, what is known now. */
export function frozenStanding(event: HandledEvent): Standing {
  return frozen.get(event) ?? standingOf(event);
}

/** A name for whoever caused an event that nobody else can have, over stays and nicks; null where none is proven. */
export function provenIdentity(event: HandledEvent): string | null {
  const { realJid, occupantId } = standingOf(event);
  if (realJid !== null) return `jid ${realJid.toString()}`;
  // rooms give such ids each for itself
  return occupantId === null ? null : `id ${roomOf(event)?.toString() ?? ""} ${occupantId}`;
}
