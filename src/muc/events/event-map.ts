import type {
  JoinFailed,
  RoomCaughtUp,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
} from "./lifecycle.js";
import type { MessageUpdated } from "./message-update.js";
import type { MessageFailed, MessageReceived, ServiceMessage, SubjectChanged } from "./messages.js";
import type {
  AffiliationChanged,
  NickChanged,
  OccupantJoined,
  OccupantLeft,
  PresenceChanged,
  RoleChanged,
  UidChanged,
} from "./occupants.js";
import type { PrivateMessageReceived } from "./private-message.js";
import type { RoomConfigChanged } from "./room-config.js";
import type { RoleRequest } from "../voice/role-request.js";
import type { RoomFresh, RoomStale } from "./self-ping.js";
import type { SignalReceived } from "./signal.js";

/** The events of a room, by name. Each listener gets exactly one event object. */
export interface RoomEvents {
  readonly enter: RoomEntered;
  readonly caughtUp: RoomCaughtUp;
  readonly failure: JoinFailed;
  readonly exit: RoomExited;
  readonly suspend: RoomSuspended;
  readonly resume: RoomResumed;
  readonly join: OccupantJoined;
  readonly leave: OccupantLeft;
  readonly presence: PresenceChanged;
  readonly nick: NickChanged;
  readonly uid: UidChanged;
  readonly role: RoleChanged;
  readonly affiliation: AffiliationChanged;
  readonly message: MessageReceived;
  readonly serviceMessage: ServiceMessage;
  readonly messageError: MessageFailed;
  readonly subject: SubjectChanged;
  readonly messageUpdate: MessageUpdated;
  readonly signal: SignalReceived;
  readonly privateMessage: PrivateMessageReceived;
  readonly config: RoomConfigChanged;
  readonly stale: RoomStale;
  readonly fresh: RoomFresh;
  readonly roleRequest: RoleRequest;
}

/** Any event of a room. */
export type AnyRoomEvent = RoomEvents[keyof RoomEvents];
