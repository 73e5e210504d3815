import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Decision } from "../../../src/muc/causes.js";
import {
  INITIAL_STATE,
  step,
  type Phase,
  type RoomEffect,
  type RoomInput,
  type RoomMachineState,
  type RoomPolicy,
} from "../../../src/muc/room/room-machine.js";
import type { LeaveMode } from "../../../src/muc/status-codes.js";

const anyInput: fc.Arbitrary<RoomInput> = fc.oneof(
  fc.constantFrom<RoomInput>(
    { type: "established" },
    { type: "destroyed" },
    { type: "occupantPresence" },
    { type: "subject" },
    { type: "bounced" },
    { type: "gone" },
    { type: "timer" },
  ),
  fc.record({ type: fc.constant("selfAvailable" as const), relisted: fc.boolean() }),
  // rarer, for it ends everything
  fc.constant<RoomInput>({ type: "leave" }),
  fc.record({
    type: fc.constant("selfUnavailable" as const),
    mode: fc.constantFrom<LeaveMode | null>(null, "error", "systemShutdown", "kicked", "banned", "destroyed"),
  }),
  fc.record({ type: fc.constant("message" as const), delayed: fc.boolean() }),
  fc.record({
    type: fc.constant("refused" as const),
    condition: fc.constantFrom(null, "conflict", "item-not-found", "forbidden", "undefined-condition"),
  }),
);
const anyPolicy: fc.Arbitrary<RoomPolicy> = fc.record({
  autorejoin: fc.boolean(),
  decide: fc.func(
    fc.oneof(
      fc.constantFrom<Decision>("rejoin", "out"),
      fc.integer({ min: 1 }).map((afterMs): Decision => ({ afterMs })),
    ),
  ),
  heldMs: fc.constantFrom(0, 0, 1_000),
  persist: fc.boolean(),
  hasNextNick: fc.boolean(),
  nickSeen: fc.boolean(),
});

/** A life of a room: what was in force before and after each input, and the timer that is set. */
interface Moment {
  readonly before: RoomMachineState;
  readonly after: RoomMachineState;
  readonly input: RoomInput;
  readonly effects: readonly RoomEffect[];
  readonly timer: string | null;
}

function live(script: readonly (readonly [RoomInput, RoomPolicy])[]): Moment[] {
  const moments: Moment[] = [];
  let state = INITIAL_STATE;
  let timer: string | null = null;
  for (const [input, policy] of script) {
    // A timer that is not set cannot fire, and one that fired is set no more.
    if (input.type === "timer") {
      if (timer === null) continue;
      timer = null;
    }
    const { state: after, effects } = step(state, input, policy);
    for (const effect of effects) if (effect.do === "timer") timer = effect.wait;
    moments.push({ before: state, after, input, effects, timer });
    state = after;
  }
  return moments;
}

const lives = fc.array(fc.tuple(anyInput, anyPolicy), { maxLength: 60 }).map(live);

/** Checks that `wrong` finds nothing in any life. */
function expectNone(wrong: (moments: readonly Moment[]) => readonly unknown[]): void {
  fc.assert(
    fc.property(lives, (moments) => {
      expect(wrong(moments)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
}

const does = ({ effects }: Moment, what: RoomEffect["do"]): boolean =>
  effects.some((effect) => effect.do === what);

/** The timer that is set in each phase: none where nobody is waited for. */
const TIMERS: Readonly<Record<Phase, string | null>> = {
  idle: null,
  joining: "join",
  history: "history",
  active: null,
  suspended: null,
  waiting: "retry",
  leaving: "leave",
  left: null,
};

describe("whatever happens to a room", () => {
  it("never leaves `left`", () => {
    expectNone((moments) =>
      moments.filter(
        ({ before, after, effects }) =>
          before.phase === "left" && (after.phase !== "left" || effects.length > 0),
      ),
    );
    expect.hasAssertions();
  });

  it("ends exactly once: in `failure` where it was never entered, else in `exit`", () => {
    expectNone((moments) => {
      const last = moments.at(-1)?.after ?? INITIAL_STATE;
      const told = moments.flatMap(({ effects }) =>
        effects.flatMap((effect) => (effect.do === "fail" || effect.do === "exit" ? [effect.do] : [])),
      );
      const due = last.phase === "left" ? [last.entered ? "exit" : "fail"] : [];
      return told.join() === due.join() ? [] : [told];
    });
    expect.hasAssertions();
  });

  it("enters only out of `joining`", () => {
    expectNone((moments) =>
      moments.filter(
        (moment) =>
          does(moment, "enter") !== (moment.before.phase === "joining" && moment.after.phase === "history"),
      ),
    );
    expect.hasAssertions();
  });

  it("never forgets that it was entered", () => {
    expectNone((moments) => moments.filter(({ before, after }) => before.entered && !after.entered));
    expect.hasAssertions();
  });

  it("suspends only what was entered", () => {
    expectNone((moments) => moments.filter((moment) => does(moment, "suspend") && !moment.before.entered));
    expect.hasAssertions();
  });

  it("has a timer wherever it waits for somebody, and none where it does not: no limbo, no stray timer", () => {
    expectNone((moments) => moments.filter(({ after, timer }) => timer !== TIMERS[after.phase]));
    expect.hasAssertions();
  });

  it("tells of being suspended before it tells of coming back", () => {
    expectNone((moments) => {
      let out = false;
      return moments
        .flatMap(({ effects }) => effects)
        .filter((effect) => {
          if (effect.do === "suspend") out = true;
          if (effect.do === "enter") out = false;
          return effect.do === "join" && effect.again && !out;
        });
    });
    expect.hasAssertions();
  });

  it("does nothing of a removal while joining that names no cause: it belongs to the past", () => {
    expectNone((moments) =>
      moments.filter(
        ({ before, after, input, effects }) =>
          before.phase === "joining" &&
          input.type === "selfUnavailable" &&
          input.mode === null &&
          (after !== before || effects.length > 0),
      ),
    );
    expect.hasAssertions();
  });
});
