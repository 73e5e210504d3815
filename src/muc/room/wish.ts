import type { Element } from "../../base/element.js";
import { NotJoinedError } from "../../base/errors.js";
import type { RoomContext } from "./room-context.js";

/** How a wish comes true, or does not. */
export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Something that the room is asked for in a message or presence: no answer is sure to come. */
export interface Wish<T> {
  /** The message or presence, with an id. */
  readonly stanza: Element;
  /** The nick that it is asked of, where it is not the room itself. */
  readonly nick?: string;
  readonly timeoutMs: number;
  /** Begins to watch for its coming true; the returned functions end that. */
  readonly watch: (settle: Settle<T>) => readonly (() => void)[];
  /** The time is up. */
  readonly expired: (settle: Settle<T>) => void;
  /** We are out of the room. */
  readonly out: (settle: Settle<T>) => void;
}

/** Sends it, and waits. Rejects with the refusal where the room answers with an error; nothing is left behind. */
export function makeWish<T>(context: RoomContext, wish: Wish<T>): Promise<T> {
  const ends: (() => void)[] = [];
  const { room, errands, host } = context;
  const promise = new Promise<T>((resolve, reject) => {
    const end = (): void => {
      for (const each of ends.splice(0)) each();
    };
    const settle: Settle<T> = {
      resolve: (value) => {
        end();
        resolve(value);
      },
      reject: (error) => {
        end();
        reject(error);
      },
    };
    const timer = host.clock.setTimeout(() => wish.expired(settle), wish.timeoutMs);
    ends.push(
      () => timer.cancel(),
      errands.add(wish.stanza.attrs["id"] ?? "", wish.nick ?? null, (error) => settle.reject(error)),
      room.on("suspend", () => wish.out(settle)),
      room.on("exit", () => wish.out(settle)),
      ...wish.watch(settle),
    );
    host.send(wish.stanza).catch((error: unknown) => settle.reject(asError(error)));
  });
  // Whoever asks may look at it later: it must not be an unhandled rejection until then.
  promise.catch(() => {});
  return promise;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Out of the room before the answer came. */
export function outOf(context: RoomContext): NotJoinedError {
  return new NotJoinedError(`${context.jid.toString()} was left before it answered`);
}
