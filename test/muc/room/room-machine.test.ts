import { describe, expect, it } from "vitest";

import { isIgnored, type Phase, type RoomInput } from "../../../src/muc/room/room-machine.js";
import { outcome } from "./support/outcome.js";

type Rows = Readonly<Record<string, string>>;

interface Section {
  readonly phase: Phase;
  readonly entered: boolean;
  readonly rows: Rows;
}

/** A removal of ours, wherever we are in. */
const REMOVALS: Rows = {
  selfUnavailable: "waiting suspend:removed timer:retry",
  "selfUnavailable -autorejoin": "left timer:off exit:unknown",
  "selfUnavailable systemShutdown": "waiting suspend:systemShutdown timer:retry",
  "selfUnavailable systemShutdown -autorejoin": "left timer:off exit:systemShutdown",
  "selfUnavailable error": "waiting suspend:technicalRemoval timer:retry",
  "selfUnavailable error -autorejoin": "left timer:off exit:error",
  "selfUnavailable kicked": "left timer:off exit:kicked",
  "selfUnavailable banned": "left timer:off exit:banned",
  "selfUnavailable affiliationChange": "left timer:off exit:affiliationChange",
  "selfUnavailable moderationChange": "left timer:off exit:moderationChange",
  "selfUnavailable destroyed": "left timer:off exit:destroyed",
  "selfUnavailable removed=out": "left timer:off exit:unknown",
  "selfUnavailable systemShutdown systemShutdown=out": "left timer:off exit:systemShutdown",
  "selfUnavailable error technicalRemoval=out": "left timer:off exit:error",
  "selfUnavailable error technicalRemoval=500": "waiting suspend:technicalRemoval timer:retry@500",
  "selfUnavailable kicked kicked=60000": "waiting suspend:kicked timer:retry@60000",
  "selfUnavailable kicked kicked=60000 -autorejoin": "left timer:off exit:kicked",
  "selfUnavailable kicked kicked=rejoin": "waiting suspend:kicked timer:retry",
  "selfUnavailable kicked banned=rejoin": "left timer:off exit:kicked",
  "selfUnavailable banned banned=5": "waiting suspend:removed timer:retry@5",
  "selfUnavailable affiliationChange affiliationChange=rejoin": "waiting suspend:removed timer:retry",
  "selfUnavailable moderationChange moderationChange=rejoin": "waiting suspend:removed timer:retry",
  "selfUnavailable destroyed destroyed=rejoin": "waiting suspend:removed timer:retry",
};

/** What is the same in both phases of being in. */
const INSIDE: Rows = {
  established: "PHASE !established-twice",
  destroyed: "suspended timer:off suspend:streamLost",
  "destroyed -autorejoin": "left timer:off exit:disconnected",
  selfAvailable: "PHASE",
  ...REMOVALS,
  "message delayed": "PHASE",
  "refused forbidden": "PHASE !refused-while-in",
  refused: "PHASE !refused-while-in",
  "destroyed streamLost=out": "left timer:off exit:disconnected",
  "bounced bounced=out": "left timer:off exit:unknown",
  "gone selfPing=out": "left sendLeave timer:off exit:disconnected",
  "gone selfPing=100": "waiting sendLeave suspend:selfPing timer:retry@100",
  bounced: "waiting suspend:bounced timer:retry",
  "bounced -autorejoin": "left timer:off exit:unknown",
  gone: "waiting sendLeave suspend:selfPing timer:retry",
  "gone -autorejoin": "left sendLeave timer:off exit:disconnected",
  leave: "leaving sendLeave timer:leave",
};

const NOTHING: Rows = Object.fromEntries(
  [
    "established",
    "destroyed",
    "destroyed -autorejoin",
    "selfAvailable",
    "selfUnavailable",
    "selfUnavailable destroyed",
    "occupantPresence",
    "subject",
    "message",
    "message delayed",
    "refused",
    "refused forbidden",
    "bounced",
    "gone",
    "timer",
    "leave",
  ].map((input) => [input, "left"]),
);

const SECTIONS: readonly Section[] = [
  {
    phase: "idle",
    entered: false,
    rows: {
      established: "joining join timer:join",
      "established -autorejoin": "joining join timer:join",
      "established +held": "waiting timer:retry@1234",
      destroyed: "idle",
      "destroyed streamLost=out": "left timer:off fail:disconnected",
      "destroyed -autorejoin": "left timer:off fail:disconnected",
      selfAvailable: "idle !presence-before-join",
      selfUnavailable: "idle",
      "selfUnavailable kicked": "idle",
      occupantPresence: "idle !presence-before-join",
      subject: "idle !message-before-join",
      message: "idle !message-before-join",
      refused: "idle !refused-before-join",
      bounced: "idle",
      gone: "idle",
      timer: "idle !stray-timer",
      leave: "left timer:off fail:aborted",
    },
  },
  {
    phase: "joining",
    entered: false,
    rows: {
      established: "joining !established-twice",
      destroyed: "idle timer:off",
      "destroyed -autorejoin": "left timer:off fail:disconnected",
      selfAvailable: "history (entered) enter timer:history",
      selfUnavailable: "joining",
      "selfUnavailable -autorejoin": "joining",
      "selfUnavailable systemShutdown": "waiting timer:retry",
      "selfUnavailable systemShutdown -autorejoin": "left timer:off fail:removed",
      "selfUnavailable error": "waiting timer:retry",
      "selfUnavailable kicked": "left timer:off fail:removed",
      "selfUnavailable banned": "left timer:off fail:removed",
      "selfUnavailable destroyed": "left timer:off fail:removed",
      occupantPresence: "joining",
      "occupantPresence +nickSeen": "joining",
      subject: "joining !message-while-joining",
      "subject +nickSeen": "history (entered) enter timer:history",
      message: "joining !message-while-joining",
      "message delayed": "joining !message-while-joining",
      "message +nickSeen": "history (entered) enter timer:history",
      "message delayed +nickSeen": "history (entered) enter timer:history",
      "refused conflict": "left timer:off fail:refused",
      "refused conflict +nextNick": "joining nextNick timer:join",
      "refused conflict +persist": "left timer:off fail:refused",
      "refused item-not-found": "left timer:off fail:refused",
      "refused item-not-found +persist": "waiting timer:retry",
      "refused not-allowed +persist": "waiting timer:retry",
      "refused service-unavailable +persist": "waiting timer:retry",
      "refused resource-constraint +persist": "waiting timer:retry",
      "refused remote-server-not-found +persist": "waiting timer:retry",
      "refused remote-server-timeout +persist": "waiting timer:retry",
      "refused internal-server-error +persist": "waiting timer:retry",
      "refused item-not-found +persist -autorejoin": "left timer:off fail:refused",
      "refused forbidden +persist": "left timer:off fail:refused",
      "refused registration-required +persist": "left timer:off fail:refused",
      "refused not-authorized +persist": "left timer:off fail:refused",
      "refused gone +persist": "left timer:off fail:refused",
      "refused undefined-condition +persist": "left timer:off fail:refused",
      "refused undefined-condition +persist other=rejoin": "waiting timer:retry",
      "refused gone +persist destroyed=rejoin": "waiting timer:retry",
      "refused gone destroyed=rejoin": "left timer:off fail:refused",
      "refused forbidden +persist banned=9": "waiting timer:retry@9",
      "refused registration-required +persist membersOnly=rejoin": "waiting timer:retry",
      "refused not-authorized +persist passwordRequired=rejoin": "waiting timer:retry",
      "refused not-acceptable +persist nickReserved=rejoin": "waiting timer:retry",
      "refused jid-malformed +persist nickInvalid=rejoin": "waiting timer:retry",
      "refused bad-request +persist nickInvalid=rejoin": "waiting timer:retry",
      "refused conflict +persist nickConflict=rejoin": "waiting timer:retry",
      "refused conflict +persist nickConflict=rejoin +nextNick": "joining nextNick timer:join",
      "refused item-not-found +persist notFound=out": "left timer:off fail:refused",
      "refused not-allowed +persist notAllowed=out": "left timer:off fail:refused",
      "refused resource-constraint +persist resourceConstraint=7": "waiting timer:retry@7",
      "refused remote-server-timeout +persist unreachable=out": "left timer:off fail:refused",
      "refused internal-server-error +persist serverError=out": "left timer:off fail:refused",
      "timer +persist timeout=out": "left timer:off sendLeave fail:timeout",
      "destroyed streamLost=out": "left timer:off fail:disconnected",
      "selfUnavailable kicked +persist": "left timer:off fail:removed",
      "selfUnavailable kicked +persist kicked=60000": "waiting timer:retry@60000",
      "selfUnavailable kicked kicked=60000": "left timer:off fail:removed",
      "refused not-acceptable +persist": "left timer:off fail:refused",
      "refused jid-malformed +persist": "left timer:off fail:refused",
      bounced: "joining",
      gone: "joining",
      timer: "left timer:off sendLeave fail:timeout",
      "timer +persist": "waiting timer:retry",
      "timer +nickSeen": "history (entered) enter timer:history",
      leave: "left sendLeave timer:off fail:aborted",
    },
  },
  {
    // a rejoin
    phase: "joining",
    entered: true,
    rows: {
      destroyed: "suspended timer:off suspend:streamLost",
      "destroyed -autorejoin": "left timer:off exit:disconnected",
      selfAvailable: "history enter timer:history",
      selfUnavailable: "joining",
      "selfUnavailable systemShutdown": "waiting suspend:systemShutdown timer:retry",
      "selfUnavailable error": "waiting suspend:technicalRemoval timer:retry",
      "selfUnavailable banned": "left timer:off exit:banned",
      "selfUnavailable destroyed": "left timer:off exit:destroyed",
      "refused conflict": "waiting suspend:refused timer:retry",
      "refused conflict +nextNick": "joining nextNick timer:join",
      "refused conflict -autorejoin": "left timer:off exit:error",
      "refused item-not-found": "waiting suspend:refused timer:retry",
      "refused item-not-found -autorejoin": "left timer:off exit:error",
      "refused service-unavailable": "waiting suspend:refused timer:retry",
      "refused forbidden": "left timer:off exit:error",
      "refused registration-required": "left timer:off exit:error",
      "refused not-authorized": "left timer:off exit:error",
      "refused gone": "left timer:off exit:error",
      "refused remote-server-unheard-of": "waiting suspend:refused timer:retry",
      "refused undefined-condition": "left timer:off exit:error",
      "refused conflict nickConflict=out": "left timer:off exit:error",
      "refused conflict nickConflict=out +nextNick": "joining nextNick timer:join",
      "refused item-not-found notFound=out": "left timer:off exit:error",
      "refused forbidden banned=3000": "waiting suspend:refused timer:retry@3000",
      "timer timeout=out": "left timer:off sendLeave exit:error",
      "selfUnavailable kicked": "left timer:off exit:kicked",
      "selfUnavailable kicked kicked=60000": "waiting suspend:kicked timer:retry@60000",
      timer: "waiting suspend:refused timer:retry",
      "timer -autorejoin": "left timer:off sendLeave exit:error",
      leave: "left sendLeave timer:off exit:normal",
    },
  },
  {
    phase: "history",
    entered: true,
    rows: {
      ...INSIDE,
      "selfAvailable relisted": "history",
      occupantPresence: "active timer:off caughtUp",
      subject: "active timer:off caughtUp",
      message: "active timer:off caughtUp",
      timer: "active timer:off caughtUp",
    },
  },
  {
    phase: "active",
    entered: true,
    rows: {
      ...INSIDE,
      // a late answer to a join that we gave up
      "selfAvailable relisted": "history timer:history",
      occupantPresence: "active",
      subject: "active",
      message: "active",
      timer: "active !stray-timer",
    },
  },
  {
    phase: "suspended",
    entered: true,
    rows: {
      established: "joining rejoin timer:join",
      // switched off in the outage
      "established -autorejoin": "left timer:off exit:disconnected",
      "established +held": "waiting timer:retry@1234",
      destroyed: "suspended",
      "destroyed streamLost=out": "left timer:off exit:disconnected",
      "destroyed -autorejoin": "left timer:off exit:disconnected",
      selfAvailable: "suspended !presence-while-out",
      selfUnavailable: "suspended",
      "selfUnavailable kicked": "suspended",
      occupantPresence: "suspended !presence-while-out",
      subject: "suspended !message-while-out",
      message: "suspended !message-while-out",
      refused: "suspended",
      "refused forbidden": "suspended",
      bounced: "suspended",
      gone: "suspended",
      timer: "suspended !stray-timer",
      leave: "left timer:off exit:normal",
    },
  },
  {
    phase: "waiting",
    entered: true,
    rows: {
      established: "waiting",
      destroyed: "suspended timer:off",
      "destroyed streamLost=out": "left timer:off exit:disconnected",
      "destroyed -autorejoin": "left timer:off exit:disconnected",
      selfAvailable: "waiting !presence-while-out",
      // the second of two farewells
      selfUnavailable: "waiting",
      "selfUnavailable destroyed": "waiting",
      occupantPresence: "waiting !presence-while-out",
      subject: "waiting !message-while-out",
      message: "waiting !message-while-out",
      refused: "waiting",
      bounced: "waiting",
      gone: "waiting",
      timer: "joining rejoin timer:join",
      "timer -autorejoin": "left timer:off exit:disconnected",
      leave: "left sendLeave timer:off exit:normal",
    },
  },
  {
    // a first join that is tried again
    phase: "waiting",
    entered: false,
    rows: {
      destroyed: "idle timer:off",
      "destroyed -autorejoin": "left timer:off fail:disconnected",
      timer: "joining join timer:join",
      leave: "left sendLeave timer:off fail:aborted",
    },
  },
  {
    phase: "leaving",
    entered: true,
    rows: {
      established: "left timer:off exit:normal",
      destroyed: "left timer:off exit:normal",
      selfAvailable: "leaving",
      selfUnavailable: "left timer:off exit:normal",
      "selfUnavailable kicked": "left timer:off exit:kicked",
      "selfUnavailable destroyed": "left timer:off exit:destroyed",
      occupantPresence: "leaving",
      subject: "leaving",
      message: "leaving",
      refused: "leaving",
      bounced: "leaving",
      gone: "left timer:off exit:normal",
      timer: "left timer:off exit:normal",
      leave: "leaving",
    },
  },
  { phase: "left", entered: true, rows: NOTHING },
  { phase: "left", entered: false, rows: NOTHING },
];

const PHASES: readonly Phase[] = [
  "idle",
  "joining",
  "history",
  "active",
  "suspended",
  "waiting",
  "leaving",
  "left",
];

const INPUTS: readonly RoomInput["type"][] = [
  "established",
  "destroyed",
  "selfAvailable",
  "selfUnavailable",
  "occupantPresence",
  "subject",
  "message",
  "refused",
  "bounced",
  "gone",
  "timer",
  "leave",
];

describe("the room as a table", () => {
  for (const { phase, entered, rows } of SECTIONS)
    describe(`${phase}, ${entered ? "entered" : "never entered"}`, () => {
      it.each(Object.entries(rows))("%s → %s", (line, expected) => {
        expect(outcome({ phase, entered }, line)).toBe(expected.replace("PHASE", phase));
      });
    });

  it("has a test for every cell", () => {
    const tested = new Set(
      SECTIONS.flatMap(({ phase, rows }) =>
        Object.keys(rows).map((line) => `${phase} ${line.split(" ")[0]}`),
      ),
    );
    const missing = PHASES.flatMap((phase) => INPUTS.map((input) => `${phase} ${input}`)).filter(
      (cell) => !tested.has(cell),
    );
    expect(missing).toEqual([]);
  });

  it("names what is ignored, and only that", () => {
    const changed = SECTIONS.flatMap(({ phase, entered, rows }) =>
      Object.entries(rows).filter(([line, expected]) => {
        const type = line.split(" ")[0] as RoomInput["type"];
        return isIgnored({ phase, entered }, type) && expected.replace("PHASE", phase) !== phase;
      }),
    );
    expect(changed).toEqual([]);
    const active = { phase: "active", entered: true } as const;
    expect(INPUTS.filter((type) => isIgnored(active, type))).toEqual([
      "occupantPresence",
      "subject",
      "message",
    ]);
  });

  it("changes nothing where it names what cannot be", () => {
    const named = SECTIONS.flatMap(({ phase, rows }) =>
      Object.values(rows).flatMap((expected) =>
        (expected.includes("!") ? [expected.replace("PHASE", phase)] : []).map(
          (row) => [row, phase] as const,
        ),
      ),
    );
    const wrong = named.filter(([row, phase]) => !new RegExp(`^${phase} ![a-z-]+$`).test(row));
    expect(wrong).toEqual([]);
  });
});
