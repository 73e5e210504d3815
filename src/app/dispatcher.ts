import type { Logger } from "../base/logger.js";
import { RoomQueue } from "../bot/room-queue.js";
import type { RoutedEvent, Router } from "../bot/router.js";
import type { Room } from "../muc/room.js";
import type { RoomEvents } from "../muc/events/event-map.js";

/** Every event of a room: a new one that is not named here does not compile. */
export const ROOM_EVENTS = Object.keys({
  enter: true,
  caughtUp: true,
  failure: true,
  exit: true,
  suspend: true,
  resume: true,
  join: true,
  leave: true,
  presence: true,
  nick: true,
  uid: true,
  role: true,
  affiliation: true,
  message: true,
  serviceMessage: true,
  messageError: true,
  subject: true,
  messageUpdate: true,
  signal: true,
  privateMessage: true,
  config: true,
  stale: true,
  fresh: true,
  roleRequest: true,
} satisfies Record<keyof RoomEvents, true>) as (keyof RoomEvents)[];

/** Brings events from one place (a room, or the account) to handlers, one at a time and in order. */
export class Dispatcher {
  readonly #router: Router;
  readonly #queue: RoomQueue<RoutedEvent>;
  #watchAnswers: () => () => void = () => () => {};

  /** `fields` say in the log where the events are from. */
  constructor(router: Router, logger: Logger, fields: object) {
    this.#router = router;
    this.#queue = new RoomQueue<RoutedEvent>({
      handle: (event) => router.route(event),
      failed: (error, event) =>
        logger.error({ ...fields, event: event.type, error }, "An event could not be handled"),
      full: () => logger.error({ ...fields }, "Too many events wait: they are dropped for now"),
      relieved: (dropped) => logger.error({ ...fields, dropped }, "Events were dropped: too many waited"),
    });
    router.connect({
      retake: (job) => this.#queue.resume(job),
      watchAnswers: () => this.#watchAnswers(),
    });
  }

  /** Takes what a room tells, as far as anybody handles events of that type. */
  listenTo(room: Room): void {
    const take = (event: RoutedEvent): void => void this.take(event);
    for (const type of ROOM_EVENTS) if (this.#router.handles(type)) room.on(type, take);
    this.#watchAnswers = () => this.#listenForAnswers(room);
    // after what is handled of it was taken: a handler that it ends finds out by its signal
    const out = (): void => this.#router.roomIsOut();
    room.on("exit", out);
    room.on("failure", out);
  }

  /** What nobody handles, and may be an answer all the same; and who is there to give one. */
  #listenForAnswers(room: Room): () => void {
    const { questions } = this.#router;
    const unhandled = (["message", "privateMessage"] as const).filter((type) => !this.#router.handles(type));
    const ends = [
      ...unhandled.map((type) => room.on(type, (event) => void questions.take(event))),
      room.on("leave", ({ occupant }) => questions.lost((asked) => asked === occupant)),
      room.on("enter", () => questions.lost((asked) => room.getOccupant(asked.nick) !== asked)),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Runs a job before the events that come after this; they wait for it. */
  first(job: () => Promise<void>): void {
    this.#queue.resume(job);
  }

  /** Takes one event, unless nobody could handle it. False for one that is dropped, as too many wait. */
  take(event: RoutedEvent): boolean {
    if (this.#router.questions.take(event) || !this.#router.wants(event)) return true;
    this.#router.received(event);
    if (this.#queue.busy) this.#router.waits(event);
    return this.#queue.push(event);
  }

  /** Resolves when nothing is being handled, in the queue or beside it. */
  async idle(): Promise<void> {
    await this.#queue.idle();
    await this.#router.idle();
  }

  /** As {@link idle}, for what is in the queue alone. */
  queueIdle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Takes no more events; what waits is still handled. */
  close(): void {
    this.#queue.close();
  }

  /** Takes no more events, and forgets those that wait. */
  discard(): void {
    this.#queue.discard();
  }
}
