import type { Clock } from "../base/clock.js";
import type { Element } from "../base/element.js";
import type { JID } from "../base/jid.js";
import type { Logger } from "../base/logger.js";
import type { IqRequests } from "../xmpp/iq.js";
import type { DirectMessageReceived } from "./events/direct-message.js";
import type { AnyRoomEvent } from "./events/event-map.js";
import type { RoomDelays } from "./delays.js";
import type { JoinOptions } from "./join-options.js";
import type { Room } from "./room.js";
import type { SendPaceOptions } from "./room/send-pace.js";
import type { Draft } from "./wire/draft.js";

/**
 * Shapes what is said before it is sent: splits, marks or drops it. `cause` is the event that it answers, null where
 * it answers none.
 */
export type Prepare = (draft: Draft, cause: AnyRoomEvent | DirectMessageReceived | null) => readonly Draft[];

/** What a room needs of its client. Not part of the package's surface. */
export interface RoomHost {
  readonly clock: Clock;
  readonly delays: RoomDelays;
  readonly logger: Logger;
  readonly languages: readonly string[];
  readonly prepare: Prepare;
  /** How fast each room may be spoken to; default as fast as the session allows. */
  readonly outbound?: SendPaceOptions | undefined;
  readonly iq: Pick<IqRequests, "get" | "set">;
  /** Our full JID, null before there is one. */
  readonly jid: JID | null;
  /** Whether there is a stream: what is sent while it is interrupted waits for the next one. */
  readonly online: boolean;
  /** Whether what comes now may be of long ago: the stream was just resumed. */
  readonly late: boolean;
  /** `onAcknowledged` is called when the server has it, where it says so (XEP-0198). */
  send(stanza: Element, onAcknowledged?: () => void): Promise<void>;
  /**
   * Calls `act` when a join may go out: now, or a little later where many do; `urgent` before the others that wait. Not
   * at all when the session is lost.
   */
  turn(act: () => void, urgent?: boolean): void;
  /** Calls `act` when a silent room may be asked whether we are in: now, or a little later where many are. */
  inquire(act: () => void): void;
  /** Ids of joins that were not answered before their room was over: another one of its address may get the answers. */
  readonly abandonedJoins: Set<string>;
  diagnostic(code: string, stanza: Element | null): void;
  /** In whose name something is decided now: for the log. */
  readonly decidedBy?: (() => string | null) | undefined;
  /** Something of ours threw. */
  failed(error: unknown, stanza: Element | null): void;
  /** A direct invitation goes out: `refused` is to be told when whoever it goes to, or their server, sends it back. */
  invited(id: string, to: JID, refused: (error: Element) => void): void;
  /** A room that is over went on elsewhere, and is followed there. */
  follow(from: Room, to: JID, nick: string, options: JoinOptions): void;
  /** The room is over: it is to be forgotten. */
  forget(jid: JID): void;
}
