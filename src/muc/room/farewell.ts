import type { Element } from "../../base/element.js";
import type { XmppError } from "../../xmpp/xmpp-error.js";
import type { Farewell } from "../events/lifecycle.js";
import { joinReason, type JoinErrorReason } from "../join-error.js";
import { StatusCode, type LeaveMode } from "../status-codes.js";
import type { Destroyed } from "../wire/muc-user.js";
import { farewellOf, type OccupantPresenceStanza } from "./occupant-table.js";
import type { RoomEffect } from "./room-machine.js";

/** What an input came from: what a transition has to tell comes from it. */
export interface RoomSource {
  readonly stanza: Element;
  /** Presence of our own. */
  readonly presence?: OccupantPresenceStanza;
  readonly destroyed?: Destroyed | null;
  /** A refusal. */
  readonly error?: XmppError;
}

const NOTHING_SAID: Farewell = { actor: null, reason: null, statusCodes: new Set() };

/** What a removal says of itself. */
export function farewellIn(source: RoomSource | null): Farewell {
  if (source?.presence === undefined) return NOTHING_SAID;
  const farewell = farewellOf(source.presence);
  return { ...farewell, reason: source.destroyed?.reason ?? farewell.reason };
}

/** Why a first join failed. */
export function failureReason(
  why: Extract<RoomEffect, { do: "fail" }>["why"],
  source: RoomSource | null,
): JoinErrorReason {
  if (why === "refused") return joinReason(source?.error?.condition ?? "");
  if (why !== "removed") return why;
  if (source?.destroyed != null) return "gone";
  return source?.presence?.codes.has(StatusCode.banned) === true ? "banned" : "other";
}

/** Why a rejoin that was waited for came to nothing. */
export function exitReason(mode: LeaveMode, source: RoomSource | null): JoinErrorReason {
  if (source?.error !== undefined) return joinReason(source.error.condition);
  switch (mode) {
    case "disconnected":
    case "banned":
      return mode;
    case "destroyed":
      return "gone";
    case "normal":
      return "aborted";
    case "error":
      return source === null ? "timeout" : "other";
    default:
      return "other";
  }
}
