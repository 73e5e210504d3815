import type { Clock } from "../base/clock.js";
import type { Room } from "../muc/room.js";
import type { SessionState } from "../xmpp/session.js";
import type { AppStatus, RoomStatus } from "./status.js";

/** Rooms that are over and are remembered; of more than that the oldest are forgotten that nobody planned to be in. */
const MAX_OVER = 100;

/** Where the bots of an application are, and where they are not but should be. */
export class Whereabouts {
  readonly #clock: Pick<Clock, "now">;
  readonly #planned: Set<string>;
  readonly #rooms = new Map<string, Room>();
  readonly #activeSince = new Map<string, Date>();
  /** Rooms that are over, by address, oldest first. */
  readonly #over = new Map<string, RoomStatus>();
  /** Called when a room has become active, or is over. */
  onChange: () => void = () => {};

  /** `planned`: the addresses of the rooms that the bots are to be in. */
  constructor(clock: Pick<Clock, "now">, planned: ReadonlySet<string>) {
    this.#clock = clock;
    this.#planned = new Set(planned);
  }

  /** Follows a room, from now until it is over. Of one that went on elsewhere, `former` is the one that is over. */
  watch(room: Room, former = room): void {
    const address = room.jid.toString();
    this.#over.delete(former.jid.toString());
    if (this.#planned.delete(former.jid.toString())) this.#planned.add(address);
    this.#over.delete(address);
    this.#rooms.set(address, room);
    room.on("caughtUp", () => {
      this.#activeSince.set(address, new Date(this.#clock.now()));
      this.onChange();
    });
    room.on("exit", ({ mode, reason }) => {
      // We wanted to go, and nobody says why.
      this.#ended(room, mode === "normal" && reason === null ? null : { cause: mode, reason });
    });
    room.on("failure", ({ error }) => {
      const { reason } = error;
      this.#ended(room, reason === "aborted" ? null : { cause: reason, reason: error.message });
    });
  }

  #ended(room: Room, why: Pick<RoomStatus, "cause" | "reason"> | null): void {
    const { jid } = room;
    const address = jid.toString();
    if (this.#rooms.get(address) === room) this.#rooms.delete(address);
    this.#activeSince.delete(address);
    if (why !== null) {
      const since = new Date(this.#clock.now());
      this.#over.set(address, { jid, active: false, state: "left", since, nextAttemptAt: null, ...why });
      const oldest = [...this.#over.keys()].find((each) => !this.#planned.has(each));
      if (this.#over.size > MAX_OVER && oldest !== undefined) this.#over.delete(oldest);
    }
    this.onChange();
  }

  /** Whether every room that is not over is active, and there is one. */
  get settled(): boolean {
    return this.#rooms.size > 0 && [...this.#rooms.values()].every((room) => room.active);
  }

  /** Whether we are in every room that is not over, and in every one that we were to be in and did not leave. */
  get #ready(): boolean {
    const somewhere = this.#rooms.size > 0 || this.#planned.size === 0;
    const missing = [...this.#over.keys()].some((address) => this.#planned.has(address));
    return somewhere && !missing && [...this.#rooms.values()].every((room) => room.active);
  }

  /** How it all stands. */
  status(session: SessionState): AppStatus {
    const rooms = [...[...this.#rooms.values()].map((room) => this.#statusOf(room)), ...this.#over.values()];
    return { session, ready: session === "online" && this.#ready, rooms };
  }

  #statusOf(room: Room): RoomStatus {
    const { jid, active, state, outage } = room;
    const activeSince = active ? (this.#activeSince.get(jid.toString()) ?? null) : null;
    return {
      jid,
      active,
      state,
      cause: outage?.cause ?? null,
      reason: null,
      since: outage?.since ?? activeSince,
      nextAttemptAt: outage?.nextAttemptAt ?? null,
    };
  }
}
