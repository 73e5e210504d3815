import type { LogFields } from "../../base/logger.js";
import { JoinError } from "../join-error.js";
import { StatusCode } from "../status-codes.js";
import { exitReason, failureReason, farewellIn, type RoomSource } from "./farewell.js";
import type { RoomContext } from "./room-context.js";
import type { Phase, RoomEffect, RoomInput, RoomMachineState } from "./room-machine.js";

/** A room is not any more what it was. */
export interface Transition {
  readonly from: RoomMachineState;
  readonly to: RoomMachineState;
  readonly input: RoomInput["type"];
  readonly effects: readonly RoomEffect[];
}

/** As it is shown: what waits for the session is joining. */
const shown = (phase: Phase): Phase => (phase === "idle" ? "joining" : phase);

/**
 * Logs one line for each transition, the one place that does: the room, what it was and is, and why. What an owner has to
 * know stands at `info` and above: that we are in, that we are out, and that we are out for good.
 */
export function logTransition(
  context: RoomContext,
  transition: Transition,
  source: RoomSource | null,
  ownReason: string | null,
): void {
  const { host, jid, room } = context;
  const from = shown(transition.from.phase);
  const to = shown(transition.to.phase);
  if (from === to) return;
  const reason = ownReason ?? farewellIn(source).reason;
  const nextAttemptAt = room.outage?.nextAttemptAt ?? null;
  const fields = {
    room: jid,
    from,
    to,
    cause: causeOf(transition, source),
    ...(reason !== null && { reason }),
    ...(nextAttemptAt !== null && { nextAttemptAt }),
  };
  const [level, text, more = {}] = lineOf(context, transition, source);
  host.logger[level]({ ...fields, ...more }, text);
}

/** Why: what put us out, or kept us out; else what came. */
function causeOf({ effects, input }: Transition, source: RoomSource | null): string {
  for (const effect of effects) {
    if (effect.do === "suspend") return effect.cause;
    if (effect.do === "fail") return failureReason(effect.why, source);
    if (effect.do === "exit") return effect.mode === "error" ? exitReason(effect.mode, source) : effect.mode;
    if (effect.do === "timer" && effect.wait === "retry" && effect.cause !== null) return effect.cause;
  }
  return input;
}

function lineOf(
  { room, jid, table }: RoomContext,
  { from, to, input, effects }: Transition,
  source: RoomSource | null,
): readonly ["debug" | "info" | "warn", string, LogFields?] {
  switch (to.phase) {
    case "history": {
      const nick = table.me?.nick ?? room.nick;
      const created = source?.presence?.codes.has(StatusCode.created) === true;
      return ["info", "Joined the room", { nick, created, rejoined: from.entered }];
    }
    case "active":
      return ["debug", "The history is over: what comes now is live"];
    case "suspended":
    case "waiting":
      if (input === "established") return ["debug", "It is not time yet to join the room again"];
      if (to.entered) return ["warn", "Out of the room; it will be joined again"];
      return [
        "warn",
        `${refusalIn(jid.toString(), source)}; it will be tried again`,
        source?.error === undefined ? {} : { reason: failureReason("refused", source) },
      ];
    case "leaving":
      return ["debug", "Leaving the room"];
    case "left":
      return overIn(effects);
    default:
      if (!from.entered) return ["debug", "Joining the room"];
      return ["info", "Joining the room again", { attempt: room.outage?.attempt ?? 1 }];
  }
}

function overIn(effects: readonly RoomEffect[]): readonly ["debug" | "info" | "warn", string, LogFields?] {
  const exit = effects.find((effect) => effect.do === "exit");
  // Who asked is told by `entered` and `failure`; whether anybody else has to know, they decide.
  if (exit === undefined) return ["debug", "The room was not entered"];
  return [exit.mode === "normal" ? "info" : "warn", "Out of the room for good", { mode: exit.mode }];
}

/** A room that was never entered has no outage to tell of; somebody may have mistyped its address all the same. */
function refusalIn(room: string, source: RoomSource | null): string {
  if (source?.error === undefined) return "The room was not entered";
  return new JoinError(room, failureReason("refused", source), source.error).message;
}
