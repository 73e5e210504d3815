import { causeOfRefusal, causeOfRemoval, type Cause, type Decision } from "../causes.js";
import type { LeaveMode } from "../status-codes.js";

/**
 * What a room is doing:
 * - `idle` it has not been asked for: there is no session yet
 * - `joining` the join presence is on its way
 * - `history` we are in; what comes is the past
 * - `active` we are in; what comes is now
 * - `suspended` the session is lost; the room is joined again with the next one
 * - `waiting` we are out, and a timer will try again
 * - `leaving` we said that we go
 * - `left` over
 */
export type Phase = "idle" | "joining" | "history" | "active" | "suspended" | "waiting" | "leaving" | "left";

/** Why a room is out that will come back by itself. */
export type OutageCause =
  | "streamLost"
  | "systemShutdown"
  | "technicalRemoval"
  | "selfPing"
  | "removed"
  | "bounced"
  | "refused"
  | "kicked";

/** What happens to a room. */
export type RoomInput =
  | { readonly type: "established" }
  | { readonly type: "destroyed" }
  /** `relisted`: it answers another join of ours than the one that let us in, and the history comes once more. */
  | { readonly type: "selfAvailable"; readonly relisted: boolean }
  | { readonly type: "selfUnavailable"; readonly mode: LeaveMode | null }
  | { readonly type: "occupantPresence" }
  | { readonly type: "subject" }
  | { readonly type: "message"; readonly delayed: boolean }
  | { readonly type: "refused"; readonly condition: string | null }
  | { readonly type: "bounced" }
  | { readonly type: "gone" }
  | { readonly type: "timer" }
  | { readonly type: "leave" };

/** What the room has to do. In this order, and nothing else. */
export type RoomEffect =
  | { readonly do: "join"; readonly again: boolean }
  | { readonly do: "nextNick" }
  | { readonly do: "sendLeave" }
  | { readonly do: "enter" }
  | { readonly do: "caughtUp" }
  | { readonly do: "fail"; readonly why: "refused" | "removed" | "disconnected" | "aborted" | "timeout" }
  | { readonly do: "exit"; readonly mode: LeaveMode }
  | { readonly do: "suspend"; readonly cause: OutageCause }
  | { readonly do: "timer"; readonly wait: "join" | "history" | "leave" | null }
  /** `afterMs` null: after a delay that grows with each attempt. `cause` null: it was told before. */
  | {
      readonly do: "timer";
      readonly wait: "retry";
      readonly cause: Cause | null;
      readonly afterMs: number | null;
    }
  | { readonly do: "diagnostic"; readonly code: string };

/** What a room is, as far as its transitions go. */
export interface RoomMachineState {
  readonly phase: Phase;
  /** Whether it was ever entered: it ends in `exit` then, and in `failure` otherwise. */
  readonly entered: boolean;
}

/** What a transition depends on beside the state: what the owner wants, and what is known. Read when it is needed. */
export interface RoomPolicy {
  /** Come back by itself at all. */
  readonly autorejoin: boolean;
  /** What to do about a cause of being out. */
  decide(cause: Cause, entered: boolean): Decision;
  /** For how long we are to stay away yet, whatever sessions come and go meanwhile; 0 for no longer. */
  readonly heldMs: number;
  /** Whether a first join that is refused for now is tried again. */
  readonly persist: boolean;
  /** Whether there is another nick to try. */
  readonly hasNextNick: boolean;
  /** Whether our nick was in the list of a join, without a word that it is ours: not every service says so. */
  readonly nickSeen: boolean;
}

/** What came of an input. */
export interface RoomStep {
  readonly state: RoomMachineState;
  readonly effects: readonly RoomEffect[];
}

type InputOf<T extends RoomInput["type"]> = Extract<RoomInput, { type: T }>;
type Cell<T extends RoomInput["type"]> = (
  state: RoomMachineState,
  input: InputOf<T>,
  policy: RoomPolicy,
) => RoomStep;
type Row = { readonly [T in RoomInput["type"]]: Cell<T> };

const NO_TIMER: RoomEffect = { do: "timer", wait: null };

/** Those causes of being out that an outage is told with; the others are `removed`, with their status codes. */
const OUTAGES: Readonly<Partial<Record<Cause, OutageCause>>> = {
  systemShutdown: "systemShutdown",
  technicalRemoval: "technicalRemoval",
  kicked: "kicked",
};

/** With what an outage is told that begins before the room was ever entered. */
export const toldAs = (cause: Cause): OutageCause => OUTAGES[cause] ?? "refused";

function to(state: RoomMachineState, phase: Phase, ...effects: RoomEffect[]): RoomStep {
  return { state: { ...state, phase }, effects };
}

const stay = (state: RoomMachineState): RoomStep => ({ state, effects: [] });

const impossible =
  (code: string) =>
  (state: RoomMachineState): RoomStep => ({ state, effects: [{ do: "diagnostic", code }] });

const join = (state: RoomMachineState): RoomStep =>
  to(state, "joining", { do: "join", again: state.entered }, { do: "timer", wait: "join" });

/**
 * Out, and back later, where it is to be so; null where it is not. A room that was never entered has nothing to tell:
 * its join just goes on.
 */
function wait(
  state: RoomMachineState,
  policy: RoomPolicy,
  { cause, told }: { readonly cause: Cause; readonly told: OutageCause },
): RoomStep | null {
  const decision = policy.autorejoin ? policy.decide(cause, state.entered) : "out";
  if (decision === "out") return null;
  const suspend: RoomEffect[] = state.entered ? [{ do: "suspend", cause: told }] : [];
  const afterMs = decision === "rejoin" ? null : decision.afterMs;
  return to(state, "waiting", ...suspend, { do: "timer", wait: "retry", cause, afterMs });
}

function out(state: RoomMachineState, mode: LeaveMode): RoomStep {
  if (state.entered) return to(state, "left", NO_TIMER, { do: "exit", mode });
  return to(state, "left", NO_TIMER, {
    do: "fail",
    why: mode === "disconnected" ? "disconnected" : "removed",
  });
}

/** Of the service and not of us: also a first join that is tried once goes on after it. */
const SERVICE_CAUSES: ReadonlySet<Cause> = new Set<Cause>(["systemShutdown", "technicalRemoval"]);

const removed: Cell<"selfUnavailable"> = (state, { mode }, policy) => {
  const cause = causeOfRemoval(mode);
  const goesOn = state.entered || policy.persist || SERVICE_CAUSES.has(cause);
  const waiting = goesOn ? wait(state, policy, { cause, told: OUTAGES[cause] ?? "removed" }) : null;
  return waiting ?? out(state, mode ?? "unknown");
};

const refused = (state: RoomMachineState, condition: string | null, policy: RoomPolicy): RoomStep => {
  if (condition === "conflict" && policy.hasNextNick)
    return to(state, "joining", { do: "nextNick" }, { do: "timer", wait: "join" });
  const goesOn = state.entered || policy.persist;
  const cause = causeOfRefusal(condition);
  const waiting = goesOn ? wait(state, policy, { cause, told: "refused" }) : null;
  if (waiting !== null) return waiting;
  // Who did not answer may let us in yet.
  const farewell: RoomEffect[] = condition === null ? [{ do: "sendLeave" }] : [];
  if (state.entered) return to(state, "left", NO_TIMER, ...farewell, { do: "exit", mode: "error" });
  const why = condition === null ? "timeout" : "refused";
  return to(state, "left", NO_TIMER, ...farewell, { do: "fail", why });
};

const bounced: Cell<"bounced"> = (state, _input, policy) =>
  wait(state, policy, { cause: "bounced", told: "bounced" }) ?? out(state, "unknown");

/** The room says that we are not in, or not as whom we are: what it may still keep of us ends, so that we can begin anew. */
const gone: Cell<"gone"> = (state, _input, policy) => {
  const { state: next, effects } =
    wait(state, policy, { cause: "selfPing", told: "selfPing" }) ?? out(state, "disconnected");
  return { state: next, effects: [{ do: "sendLeave" }, ...effects] };
};

const entered: RoomStep = {
  state: { phase: "history", entered: true },
  effects: [{ do: "enter" }, { do: "timer", wait: "history" }],
};

/** A new session, or the time to try again: unless nobody wants to come back any more. */
const joinAgain = (state: RoomMachineState, policy: RoomPolicy): RoomStep =>
  state.entered && !policy.autorejoin ? out(state, "disconnected") : join(state);

/** A new session. Who is to stay away for a while does. */
const established: Cell<"established"> = (state, _input, policy) =>
  policy.heldMs > 0
    ? to(state, "waiting", { do: "timer", wait: "retry", cause: null, afterMs: policy.heldMs })
    : joinAgain(state, policy);

/** Who has our nick is us, once the list is over and nobody refused. */
const listOver =
  (code: string) =>
  (state: RoomMachineState, _input: RoomInput, policy: RoomPolicy): RoomStep =>
    policy.nickSeen ? entered : impossible(code)(state);

/** Whether a room comes back with the next session. */
const outlives = (state: RoomMachineState, policy: RoomPolicy): boolean =>
  policy.autorejoin && policy.decide("streamLost", state.entered) !== "out";

const lost: Cell<"destroyed"> = (state, _input, policy) => {
  if (!outlives(state, policy)) return out(state, "disconnected");
  if (!state.entered) return to(state, "idle", NO_TIMER);
  return to(state, "suspended", NO_TIMER, { do: "suspend", cause: "streamLost" });
};

const caughtUp = (state: RoomMachineState): RoomStep => to(state, "active", NO_TIMER, { do: "caughtUp" });

/** Leaving where nobody has to be told, or nobody could answer. */
const leaveUnheard = (state: RoomMachineState): RoomStep =>
  state.entered
    ? to(state, "left", NO_TIMER, { do: "exit", mode: "normal" })
    : to(state, "left", NO_TIMER, { do: "fail", why: "aborted" });

/** Leaving before we are in: the service may let us in yet, so it is told; nobody waits for an answer. */
const leaveHalfway = (state: RoomMachineState): RoomStep => {
  const { state: left, effects } = leaveUnheard(state);
  return { state: left, effects: [{ do: "sendLeave" }, ...effects] };
};

const leave = (state: RoomMachineState): RoomStep =>
  to(state, "leaving", { do: "sendLeave" }, { do: "timer", wait: "leave" });

/**
 * Every state and every input: what is not possible is named, and changes nothing.
 */
const TABLE: { readonly [P in Phase]: Row } = {
  idle: {
    established,
    destroyed: (state, _input, policy) =>
      outlives(state, policy) ? stay(state) : out(state, "disconnected"),
    selfAvailable: impossible("presence-before-join"),
    selfUnavailable: stay,
    occupantPresence: impossible("presence-before-join"),
    subject: impossible("message-before-join"),
    message: impossible("message-before-join"),
    refused: impossible("refused-before-join"),
    bounced: stay,
    gone: stay,
    timer: impossible("stray-timer"),
    leave: leaveUnheard,
  },
  joining: {
    established: impossible("established-twice"),
    destroyed: lost,
    selfAvailable: () => entered,
    // Without a code it is the farewell of an earlier session of ours, and belongs to the past.
    selfUnavailable: (state, input, policy) =>
      input.mode === null ? stay(state) : removed(state, input, policy),
    occupantPresence: stay,
    subject: listOver("message-while-joining"),
    message: listOver("message-while-joining"),
    refused: (state, { condition }, policy) => refused(state, condition, policy),
    bounced: stay,
    gone: stay,
    timer: (state, _input, policy) => (policy.nickSeen ? entered : refused(state, null, policy)),
    leave: leaveHalfway,
  },
  history: {
    established: impossible("established-twice"),
    destroyed: lost,
    selfAvailable: stay,
    selfUnavailable: removed,
    occupantPresence: caughtUp,
    subject: caughtUp,
    message: (state, { delayed }) => (delayed ? stay(state) : caughtUp(state)),
    refused: impossible("refused-while-in"),
    bounced,
    gone,
    timer: caughtUp,
    leave,
  },
  active: {
    established: impossible("established-twice"),
    destroyed: lost,
    selfAvailable: (state, { relisted }) =>
      relisted ? to(state, "history", { do: "timer", wait: "history" }) : stay(state),
    selfUnavailable: removed,
    occupantPresence: stay,
    subject: stay,
    message: stay,
    refused: impossible("refused-while-in"),
    bounced,
    gone,
    timer: impossible("stray-timer"),
    leave,
  },
  suspended: {
    established,
    // Again before it came back: the outage goes on, from the same beginning.
    destroyed: (state, _input, policy) =>
      outlives(state, policy) ? stay(state) : out(state, "disconnected"),
    selfAvailable: impossible("presence-while-out"),
    selfUnavailable: stay,
    occupantPresence: impossible("presence-while-out"),
    subject: impossible("message-while-out"),
    message: impossible("message-while-out"),
    refused: stay,
    bounced: stay,
    gone: stay,
    timer: impossible("stray-timer"),
    leave: leaveUnheard,
  },
  waiting: {
    established: stay,
    destroyed: (state, _input, policy) => {
      if (!outlives(state, policy)) return out(state, "disconnected");
      return to(state, state.entered ? "suspended" : "idle", NO_TIMER);
    },
    selfAvailable: impossible("presence-while-out"),
    selfUnavailable: stay,
    occupantPresence: impossible("presence-while-out"),
    subject: impossible("message-while-out"),
    message: impossible("message-while-out"),
    refused: stay,
    bounced: stay,
    gone: stay,
    timer: (state, _input, policy) => joinAgain(state, policy),
    // A join that was given up may be answered yet; a farewell of somebody who is out is ignored.
    leave: leaveHalfway,
  },
  leaving: {
    established: leaveUnheard,
    destroyed: leaveUnheard,
    selfAvailable: stay,
    selfUnavailable: (state, { mode }) => out(state, mode ?? "normal"),
    occupantPresence: stay,
    subject: stay,
    message: stay,
    refused: stay,
    bounced: stay,
    gone: leaveUnheard,
    timer: leaveUnheard,
    leave: stay,
  },
  left: {
    established: stay,
    destroyed: stay,
    selfAvailable: stay,
    selfUnavailable: stay,
    occupantPresence: stay,
    subject: stay,
    message: stay,
    refused: stay,
    bounced: stay,
    gone: stay,
    timer: stay,
    leave: stay,
  },
};

/** Where every room begins. */
export const INITIAL_STATE: RoomMachineState = { phase: "idle", entered: false };

/** Whether an input of this type changes nothing in this state, whatever it says. */
export function isIgnored(state: RoomMachineState, type: RoomInput["type"]): boolean {
  return TABLE[state.phase][type] === stay;
}

/** One transition. Pure: it knows nothing of stanzas, timers or listeners. */
export function step(state: RoomMachineState, input: RoomInput, policy: RoomPolicy): RoomStep {
  const cell = TABLE[state.phase][input.type] as Cell<RoomInput["type"]>;
  return cell(state, input, policy);
}
