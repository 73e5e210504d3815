import type { JID } from "../../base/jid.js";
import { JoinFailed, RoomExited, RoomSuspended } from "../events/lifecycle.js";
import { JoinError } from "../join-error.js";
import type { LeaveMode } from "../status-codes.js";
import { Deferred } from "./deferred.js";
import { exitReason, failureReason, farewellIn, type RoomSource } from "./farewell.js";
import type { RoomContext } from "./room-context.js";
import type { OutageCause, RoomEffect } from "./room-machine.js";

const alternativeIn = (source: RoomSource | null): JID | null => source?.destroyed?.alternative ?? null;

/** How joins end, and how the room does: tells those who wait for it, and the listeners. */
export class Outcome {
  readonly #room: RoomContext;
  readonly #ended = new Deferred();
  #entered = new Deferred();
  /** Why we leave by ourselves, where nobody asked for it. */
  ownReason: string | null = null;

  constructor(room: RoomContext) {
    this.#room = room;
  }

  /** Settles with the join, or with the rejoin that is under way. */
  get entered(): Promise<void> {
    return this.#entered.promise;
  }

  /** Settles when the room is over. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The join is done: with an error, not as it was wanted. */
  joined(error: JoinError | null = null): void {
    if (error === null) this.#entered.resolve();
    else this.#entered.reject(error);
  }

  /** Out, and back later. */
  suspended(cause: OutageCause, nextAttemptAt: Date | null, source: RoomSource | null): void {
    const { room } = this.#room;
    // Who asks to join meanwhile waits for the rejoin.
    if (this.#entered.settled) this.#entered = new Deferred();
    const farewell = farewellIn(source);
    this.#room.tell(new RoomSuspended(room, source?.stanza ?? null, { ...farewell, cause, nextAttemptAt }));
  }

  /** The first join failed, and the room is over. */
  failed(why: Extract<RoomEffect, { do: "fail" }>["why"], source: RoomSource | null): void {
    const { host, jid, room } = this.#room;
    const reason = failureReason(why, source);
    const error = new JoinError(jid.toString(), reason, source?.error, alternativeIn(source));
    host.forget(jid);
    this.#entered.reject(error);
    this.#room.tell(new JoinFailed(room, source?.stanza ?? null, error));
    this.#ended.resolve();
  }

  /** The room is over. */
  exited(mode: LeaveMode, source: RoomSource | null): void {
    const { host, jid, room } = this.#room;
    const said = farewellIn(source);
    const farewell = { ...said, reason: this.ownReason ?? said.reason };
    host.forget(jid);
    const reason = exitReason(mode, source);
    const error = new JoinError(jid.toString(), reason, source?.error, alternativeIn(source));
    this.#entered.reject(error);
    this.#room.tell(
      new RoomExited(room, source?.stanza ?? null, {
        ...farewell,
        mode,
        error: source?.error !== undefined || reason === "timeout" ? error : null,
        alternative: alternativeIn(source),
        password: source?.destroyed?.password ?? null,
      }),
    );
    this.#ended.resolve();
  }
}
