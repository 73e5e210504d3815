// A client on a fake session, and everything that its rooms tell.
import type { LogRecord } from "../../../src/base/logger.js";
import { StructuredLogger } from "../../../src/base/logger.js";
import { MucClient, type MucClientOptions } from "../../../src/muc/client.js";
import type { AnyRoomEvent, RoomEvents } from "../../../src/muc/events/event-map.js";
import type { JoinOptions } from "../../../src/muc/join-options.js";
import type { Room } from "../../../src/muc/room.js";
import type { SessionState } from "../../../src/xmpp/session.js";
import { FakeSession } from "../../support/fake-session.js";
import { ManualClock } from "../../support/manual-clock.js";
import { features, own, presence, R, subject, T, F, DISCO_INFO } from "./stanzas.js";

/** Every event of a room. */
export const EVENTS = Object.keys({
  enter: 0,
  caughtUp: 0,
  failure: 0,
  exit: 0,
  suspend: 0,
  resume: 0,
  join: 0,
  leave: 0,
  presence: 0,
  nick: 0,
  uid: 0,
  role: 0,
  affiliation: 0,
  message: 0,
  serviceMessage: 0,
  messageError: 0,
  subject: 0,
  messageUpdate: 0,
  signal: 0,
  privateMessage: 0,
  config: 0,
  roleRequest: 0,
  stale: 0,
  fresh: 0,
} satisfies Record<keyof RoomEvents, 0>) as (keyof RoomEvents)[];

/** A room under test: what it told, and how its join ended. */
export interface Joined {
  readonly room: Room;
  readonly entered: Promise<void>;
  readonly events: AnyRoomEvent[];
}

/** How a stage is set. */
export interface StageOptions extends Omit<MucClientOptions, "clock" | "logger"> {
  readonly state?: SessionState;
  readonly jid?: string;
}

/** A client on a fake session. */
export class Stage {
  readonly clock = new ManualClock();
  readonly session: FakeSession;
  readonly client: MucClient;
  readonly diagnostics: string[] = [];
  readonly log: LogRecord[] = [];

  constructor({ state = "online", jid = "bot@shakespeare.lit/cave", ...options }: StageOptions = {}) {
    this.session = new FakeSession({ clock: this.clock, state, jid });
    this.client = new MucClient(this.session.asSession, {
      ...options,
      clock: this.clock,
      logger: new StructuredLogger({ level: "debug", write: (record) => this.log.push(record) }),
    });
    this.client.on("diagnostic", ({ code }) => this.diagnostics.push(code));
  }

  /** Asks for a room, and waits for the turn in which its join goes out. */
  async join(options: JoinOptions = {}, nick = T, jid = R): Promise<Joined> {
    const { room, entered } = this.client.join(jid, nick, options);
    const events = record(room);
    await turn();
    return { room, entered, events };
  }

  /** A join with one other occupant, F, and us; everything is live then, and nothing that came before is kept. */
  async active(options: JoinOptions = {}, trusted: readonly string[] = []): Promise<Joined> {
    const joined = await this.join(options);
    this.session.answer(DISCO_INFO, { payload: features(...trusted) });
    this.session.receive(presence(F), own(), subject());
    await joined.entered;
    joined.events.length = 0;
    this.session.sent.length = 0;
    this.diagnostics.length = 0;
    return joined;
  }

  /** Stanzas come in. */
  receive(...stanzas: readonly string[]): void {
    this.session.receive(...stanzas);
  }
}

/** Keeps all that a room tells. */
export function record(room: Room): AnyRoomEvent[] {
  const events: AnyRoomEvent[] = [];
  for (const type of EVENTS) room.on(type, (event) => events.push(event));
  return events;
}

/** What was told, by name. */
export const types = (events: readonly AnyRoomEvent[]): string[] => events.map((event) => event.type);

/** The one event of that type. */
export function only<K extends keyof RoomEvents>(events: readonly AnyRoomEvent[], type: K): RoomEvents[K] {
  const found = events.filter((event) => event.type === type);
  if (found.length !== 1) throw new Error(`${found.length} events ${type} among ${types(events).join(", ")}`);
  return found[0] as RoomEvents[K];
}

/** Lets what is only promised happen. */
export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Whether a promise has settled by now, and how. */
export async function settled(promise: Promise<unknown>): Promise<"pending" | "fulfilled" | "rejected"> {
  await turn();
  return Promise.race([
    promise.then(
      () => "fulfilled" as const,
      () => "rejected" as const,
    ),
    turn().then(() => "pending" as const),
  ]);
}
