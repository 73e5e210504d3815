// Cells of the room's table as lines of text.
import { CausePolicy, type OnCause } from "../../../../src/muc/causes.js";
import {
  step,
  type RoomEffect,
  type RoomInput,
  type RoomMachineState,
  type RoomPolicy,
} from "../../../../src/muc/room/room-machine.js";
import type { LeaveMode } from "../../../../src/muc/status-codes.js";

/** What a room does about causes that is told this; nothing is counted yet. */
function deciding(onCause: OnCause): RoomPolicy["decide"] {
  const policy = new CausePolicy(onCause, () => 0);
  return (cause, entered) => policy.decide(cause, entered);
}

const BARE: RoomPolicy = {
  autorejoin: true,
  decide: deciding({}),
  heldMs: 0,
  persist: false,
  hasNextNick: false,
  nickSeen: false,
};

const FLAGS: Readonly<Record<string, Partial<RoomPolicy>>> = {
  "-autorejoin": { autorejoin: false },
  "+persist": { persist: true },
  "+held": { heldMs: 1_234 },
  "+nextNick": { hasNextNick: true },
  "+nickSeen": { nickSeen: true },
};

/** `selfUnavailable kicked`, `message delayed`, `refused forbidden`, … as an input. */
function inputOf(name: string, detail: string | undefined): RoomInput {
  switch (name) {
    case "selfUnavailable":
      return { type: name, mode: detail === undefined ? null : (detail as LeaveMode) };
    case "message":
      return { type: name, delayed: detail === "delayed" };
    case "selfAvailable":
      return { type: name, relisted: detail === "relisted" };
    case "refused":
      return { type: name, condition: detail ?? null };
    default:
      return { type: name } as RoomInput;
  }
}

function showEffect(effect: RoomEffect): string {
  switch (effect.do) {
    case "join":
      return effect.again ? "rejoin" : "join";
    case "timer":
      if (effect.wait !== "retry") return `timer:${effect.wait ?? "off"}`;
      return effect.afterMs === null ? "timer:retry" : `timer:retry@${effect.afterMs}`;
    case "fail":
      return `fail:${effect.why}`;
    case "exit":
      return `exit:${effect.mode}`;
    case "suspend":
      return `suspend:${effect.cause}`;
    case "diagnostic":
      return `!${effect.code}`;
    default:
      return effect.do;
  }
}

/** `kicked=rejoin`, `kicked=60000`: what is to be done about a cause. */
function settingOf(word: string): OnCause {
  const [cause = "", action = ""] = word.split("=");
  return { [cause]: /^\d+$/.test(action) ? { afterMs: Number(action) } : action };
}

/** What comes of a line such as `destroyed -autorejoin`, as `phase effect effect …`. */
export function outcome(state: RoomMachineState, line: string): string {
  const words = line.split(" ");
  const settings = words.filter((word) => word.includes("="));
  const [name = "", detail] = words.filter((word) => !(word in FLAGS) && !word.includes("="));
  const decide = deciding(Object.assign({}, ...settings.map(settingOf)) as OnCause);
  const policy: RoomPolicy = Object.assign({}, BARE, ...words.map((word) => FLAGS[word]), { decide });
  const next = step(state, inputOf(name, detail), policy);
  const entered = next.state.entered === state.entered ? [] : ["(entered)"];
  return [next.state.phase, ...entered, ...next.effects.map(showEffect)].join(" ");
}
