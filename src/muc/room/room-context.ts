import type { Element } from "../../base/element.js";
import type { JID } from "../../base/jid.js";
import type { LanguageMap } from "../../base/language-map.js";
import type { AnyRoomEvent } from "../events/event-map.js";
import type { Room } from "../room.js";
import type { RoomHost } from "../room-host.js";
import { NS } from "../wire/namespaces.js";
import { NO_TEXTS } from "../wire/texts.js";
import { Errands } from "./errands.js";
import { OccupantTable } from "./occupant-table.js";
import { SentIds } from "./sent-ids.js";
import { Tracking } from "./tracking.js";

/** What the parts of one room share. */
export class RoomContext {
  readonly host: RoomHost;
  readonly jid: JID;
  readonly table: OccupantTable;
  /** Tells the listeners of the room. */
  readonly tell: (event: AnyRoomEvent) => void;
  readonly room: Room;
  features: ReadonlySet<string> = new Set();
  subject: LanguageMap = NO_TEXTS;
  subjectSetter: string | null = null;
  password: string | null;
  autorejoin: boolean;
  /** Whether the room tells everybody the real addresses; null before it was entered. */
  open: boolean | null = null;
  /** Ids of our messages, with whom they were for. */
  readonly #sentIds = new SentIds();
  #tracking: Tracking | null = null;
  /** What our presence says beside that we are there: also when the room is joined again. */
  presence: readonly Element[] = [];
  /** What the room was asked for and may refuse. */
  readonly errands = new Errands();
  /** The room was open, and now is for members only. */
  onMembersOnly: () => void = () => {};
  #lastStanzaMs: number | null = null;

  constructor(fields: {
    readonly host: RoomHost;
    readonly jid: JID;
    readonly room: Room;
    readonly tell: (event: AnyRoomEvent) => void;
    readonly password: string | null;
    readonly autorejoin: boolean;
  }) {
    this.host = fields.host;
    this.jid = fields.jid;
    this.room = fields.room;
    this.tell = fields.tell;
    this.password = fields.password;
    this.autorejoin = fields.autorejoin;
    this.table = new OccupantTable(fields.room, fields.jid, fields.tell);
  }

  /** What the room says that it can, as it says it. */
  learnFeatures(features: ReadonlySet<string>): void {
    const closed = this.features.has("muc_open") && features.has("muc_membersonly");
    this.features = features;
    this.table.trustOccupantIds = features.has(NS.occupantId);
    if (closed) this.onMembersOnly();
  }

  /** Something of the room was handled: what came before it is no part of a gap, unless it may be older than it looks. */
  noteStanza(): void {
    if (this.host.late && this.#lastStanzaMs !== null) return;
    this.#lastStanzaMs = this.host.clock.monotonic();
  }

  /** When something was last handled, by the monotonic clock. */
  get lastStanzaMs(): number {
    return this.#lastStanzaMs ?? this.host.clock.monotonic();
  }

  /** The messages of ours that are followed, null while there never was one: most rooms have none. */
  get tracking(): Tracking | null {
    return this.#tracking;
  }

  /** As {@link tracking}, made where there is none. */
  startTracking(): Tracking {
    if (this.#tracking !== null) return this.#tracking;
    const tracking = new Tracking(this.jid.toString(), this.host);
    this.#tracking = tracking;
    this.room.on("suspend", () => tracking.suspended());
    this.room.on("caughtUp", () => tracking.caughtUp());
    this.room.on("exit", () => tracking.over());
    return tracking;
  }

  /** Keeps the id of a message of ours for as long as an error may come for it, and whom it is for. */
  remember(id: string, to: string): void {
    this.#sentIds.add(id, to);
  }

  /** Whether this has the id of one of our latest messages to the room. */
  isSent({ attrs: { id } }: Element): boolean {
    return id !== undefined && this.#sentIds.get(id) === this.jid.toString();
  }

  /**
   * Whether this is the id of a message of ours that no error came for yet. Only the room can say so, or of a private
   * message whom it was for.
   */
  recall(id: string, nick: string | null): boolean {
    const to = this.#sentIds.get(id);
    const room = this.jid.toString();
    if (to === undefined || (nick !== null && to !== `${room}/${nick}`)) return false;
    this.#sentIds.delete(id);
    return true;
  }
}
