import type { AnyRoomEvent } from "../../../src/muc/events/event-map.js";
import type { Room } from "../../../src/muc/room.js";

type Told = "enter" | "caughtUp" | "failure" | "exit" | "suspend" | "resume";
/** Where a room is, by what it told. */
type Place = "asked" | "in" | "suspended" | "rejoining" | "over";

const NAMES: readonly Told[] = ["enter", "caughtUp", "failure", "exit", "suspend", "resume"];

/** What may be told where, and where one is then. */
const LEGAL: Readonly<Record<Place, Partial<Record<Told, Place>>>> = {
  asked: { enter: "in", failure: "over" },
  in: { caughtUp: "in", suspend: "suspended", exit: "over" },
  suspended: { resume: "rejoining", exit: "over" },
  rejoining: { enter: "in", suspend: "suspended", exit: "over" },
  over: {},
};

/** The states that go with what was told last. */
const STATES: Readonly<Record<Place, readonly Room["state"][]>> = {
  asked: ["joining", "waiting"],
  in: ["history", "active", "leaving"],
  suspended: ["suspended", "waiting"],
  rejoining: ["joining"],
  over: ["left"],
};

/** Follows one room, and says what of it breaks a rule of the design (§4, §5). */
export class RoomWitness {
  readonly told: Told[] = [];
  readonly wrong: string[] = [];
  readonly gaps: { since: Date; until: Date }[] = [];
  place: Place = "asked";

  constructor(
    readonly room: Room,
    private readonly isKnown: () => boolean,
  ) {
    for (const name of NAMES) room.on(name, (event) => this.#take(name, event));
    room.on("message", () => {
      if (this.place !== "in") this.wrong.push(`a message while ${this.place}`);
    });
  }

  #take(name: Told, event: AnyRoomEvent): void {
    this.told.push(name);
    const next = LEGAL[this.place][name];
    if (next === undefined) this.wrong.push(`${name} while ${this.place}, after ${this.told.join(" ")}`);
    this.place = next ?? this.place;
    if (event.type === "caughtUp" && event.gap !== null) this.gaps.push(event.gap);
    this.#check();
  }

  #check(): void {
    const { state, active, outage, joined } = this.room;
    const told = this.told.join(" ");
    const must = (holds: boolean, what: string): void => {
      if (!holds) this.wrong.push(`${what}; state ${state}, told ${told}`);
    };
    must(STATES[this.place].includes(state), `the state does not go with ${this.place}`);
    must(active === (state === "active"), "active and state differ");
    // A room that never let us in tells why, once it has refused us: of that there is no event.
    const isOut =
      this.place === "asked"
        ? state === "waiting" || outage !== null
        : this.place === "suspended" || this.place === "rejoining";
    must((outage !== null) === isOut, "outage and events differ");
    must(
      joined === (this.place === "in" || this.place === "suspended" || this.place === "rejoining"),
      "joined and events differ",
    );
    must(
      outage === null || (outage.nextAttemptAt !== null) === (state === "waiting"),
      "the next attempt and state differ",
    );
  }

  /** Between events: the state goes with what was told, and the client knows the room as long as it is not over. */
  check(): readonly string[] {
    this.#check();
    if (this.isKnown() !== (this.place !== "over"))
      this.wrong.push(
        `the client ${this.isKnown() ? "knows" : "does not know"} a room that is ${this.place}`,
      );
    return this.wrong;
  }
}
