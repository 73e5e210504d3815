// Events as lines that can be read.
import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import type { Occupant } from "../../../src/muc/occupant.js";
import type { Actor } from "../../../src/muc/wire/muc-user.js";

const short = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
const rank = (occupant: Occupant): string => `${occupant.affiliation}/${occupant.role}`;

/** Everything that is known of an occupant. */
export function describeOccupant(occupant: Occupant): string {
  const { nick, realJid, occupantId, presence, isSelf } = occupant;
  const parts = [isSelf ? `${nick} (me)` : nick, rank(occupant)];
  if (realJid !== null) parts.push(`<${realJid.toString()}>`);
  if (occupantId !== null) parts.push(`#${occupantId.slice(0, 4)}`);
  if (presence.show !== null) parts.push(presence.show);
  if (occupant.status.size > 0) parts.push(short(occupant.status.toString()));
  return parts.join(" ");
}

interface Said {
  readonly actor: Actor | null;
  readonly reason: string | null;
  readonly statusCodes: ReadonlySet<number>;
}

function describeWhy({ actor, reason, statusCodes }: Said): string {
  const parts: string[] = [];
  if (statusCodes.size > 0) parts.push(`[${[...statusCodes].toSorted((a, b) => a - b).join(" ")}]`);
  if (actor !== null)
    parts.push(`by ${actor.nick ?? "?"}${actor.jid === null ? "" : ` <${actor.jid.toString()}>`}`);
  if (reason !== null) parts.push(short(reason));
  return parts.map((part) => ` ${part}`).join("");
}

/** An event as a line; its stanza has to tell the same. */
export function describeEvent(event: AnyRoomEvent): string {
  switch (event.type) {
    case "enter": {
      const codes = [...event.statusCodes].toSorted((a, b) => a - b).join(" ");
      return `enter ${describeOccupant(event.occupant)} [${codes}]${event.created ? " created" : ""}`;
    }
    case "caughtUp":
      return `caughtUp${event.missed > 0 ? `, ${event.missed} missed` : ""}${event.gap === null ? "" : ", with a gap"}`;
    case "failure":
      return `failure ${event.error.reason}`;
    case "exit":
      return `exit ${event.mode}${describeWhy(event)}${event.alternative === null ? "" : ` → ${event.alternative.toString()}`}`;
    case "suspend":
      return `suspend ${event.cause}${describeWhy(event)}`;
    case "resume":
      return `resume ${event.attempt}`;
    case "join":
      return `join ${describeOccupant(event.occupant)}${event.initial ? " initial" : ""}`;
    case "leave":
      return `leave ${event.occupant.nick} ${event.mode}${describeWhy(event)}`;
    case "presence":
      return `presence ${describeOccupant(event.occupant)}`;
    case "nick":
      return `nick ${event.oldNick} → ${event.newNick}`;
    case "uid":
      return `uid ${event.occupant.nick} → ${event.occupant.uid}`;
    case "role":
      return `role ${event.occupant.nick} ${event.oldRole} → ${event.newRole}${describeWhy(event)}`;
    case "affiliation":
      return `affiliation ${event.occupant?.nick ?? "-"} ${event.oldAffiliation ?? "?"} → ${event.newAffiliation}${describeWhy(event)}`;
    case "message": {
      const who = event.occupant.presence.available ? event.nick : `${event.nick} (a stranger)`;
      const id = event.occupantId === null ? "" : ` #${event.occupantId.slice(0, 4)}`;
      const stanzaId = event.stanzaId === null ? "" : " archived";
      return `message ${event.source} ${who}${id}: ${short(event.body)} ${event.id ?? "-"}${stanzaId}`;
    }
    case "messageUpdate": {
      const { kind, targetId, proven, reactions, moderator, reason, isPrivate, body } = event;
      const who = event.occupant.presence.available ? event.nick : `${event.nick} (a stranger)`;
      const by = moderator === null ? "" : ` by ${moderator.nick}`;
      const why = reason === null ? "" : ` ${short(reason)}`;
      const what = kind === "correction" ? ` ${short(body)}` : reactions.map((each) => ` ${each}`).join("");
      return `messageUpdate${isPrivate ? " private" : ""} ${event.source} ${kind} of ${targetId} by ${who}${proven ? "" : " (not proven)"}${by}${why}${what}`;
    }
    case "signal":
      return `signal${event.isPrivate ? " private" : ""} ${event.occupant.nick} ${event.kind} ${event.value}`;
    case "privateMessage":
      return `privateMessage ${event.nick}: ${short(event.body)} ${event.id ?? "-"}`;
    case "config":
      return `config [${[...event.statusCodes].join(" ")}]`;
    case "roleRequest":
      return `roleRequest ${event.nick} <${event.realJid?.toString() ?? ""}> ${event.role}${event.mismatch === null ? "" : ` (another ${event.mismatch})`}`;
    case "stale":
    case "fresh":
      return event.type;
    case "serviceMessage":
      return `serviceMessage ${event.source}: ${short(event.body)}`;
    case "messageError":
      return `messageError ${event.id} ${event.error.condition}`;
    case "subject":
      return `subject ${event.nick ?? "-"} ${JSON.stringify(event.subject)}${event.initial ? " initial" : ""}`;
  }
}
