export {
  Element,
  xml,
  type Attributes,
  type AttributesInit,
  type Node,
  type NodeInit,
} from "../base/element.js";
export { Clock, systemClock, type Timer } from "../base/clock.js";
export {
  ArgumentError,
  DecidedError,
  MucwrightError,
  NotJoinedError,
  OutboundLimitError,
  RequestTimeoutError,
} from "../base/errors.js";
export { Emitter, type Listener } from "../base/emitter.js";
export { JID } from "../base/jid.js";
export { LanguageMap } from "../base/language-map.js";
export {
  isLogLevel,
  Logger,
  silentLogger,
  StructuredLogger,
  type LogFields,
  type LogLevel,
  type LogRecord,
  type StructuredLoggerOptions,
} from "../base/logger.js";
export { DataForm, type DataFormInit, type DataFormType } from "../forms/data-form.js";
export { defineForm, type FormClass } from "../forms/define-form.js";
export type { FieldType } from "../forms/field-type.js";
export type { FieldInputs, FieldKind, FieldValues, FormInput, FormValue } from "../forms/field-value.js";
export { FormField, type FieldInit, type FieldOption } from "../forms/form-field.js";
export type { FormProperties, FormTemplate, InputOf, TypedForm, ValueOf } from "../forms/typed-form.js";
export { IqRequests, type IqOptions } from "../xmpp/iq.js";
export {
  Session,
  type SessionDiagnostic,
  type SendOptions,
  type SessionEvents,
  type SessionState,
} from "../xmpp/session.js";
export { SessionError, type SessionErrorCode } from "../xmpp/session-error.js";
export type { ReconnectOptions, SessionLimits, SessionOptions } from "../xmpp/session-options.js";
export type { TlsOptions } from "../xmpp/tls-options.js";
export type { Connect, ConnectTarget } from "../xmpp/transport.js";
export { XmppError, type XmppErrorType } from "../xmpp/xmpp-error.js";
export type { SendPaceOptions } from "./room/send-pace.js";
export { MucClient, type ClientEvents, type JoinHandle, type MucClientOptions } from "./client.js";
export { DirectMessageReceived } from "./events/direct-message.js";
export type { AnyRoomEvent, RoomEvents } from "./events/event-map.js";
export {
  JoinFailed,
  RoomCaughtUp,
  RoomEntered,
  RoomExited,
  RoomResumed,
  RoomSuspended,
} from "./events/lifecycle.js";
export { MessageUpdated, type MessageUpdateKind } from "./events/message-update.js";
export {
  MessageFailed,
  MessageReceived,
  ServiceMessage,
  SubjectChanged,
  type MessageSource,
} from "./events/messages.js";
export {
  AffiliationChanged,
  NickChanged,
  OccupantEvent,
  OccupantJoined,
  OccupantLeft,
  PresenceChanged,
  RoleChanged,
  UidChanged,
} from "./events/occupants.js";
export { PrivateMessageReceived } from "./events/private-message.js";
export { RoomConfigChanged } from "./events/room-config.js";
export { RoomEvent } from "./events/room-event.js";
export { RoomFresh, RoomStale } from "./events/self-ping.js";
export { SignalReceived, type SignalKind } from "./events/signal.js";
export { SpokenEvent } from "./events/spoken.js";
export { ConfigurationForm } from "./forms/configuration-form.js";
export { InfoForm } from "./forms/info-form.js";
export { VoiceRequestForm } from "./forms/voice-request-form.js";
export {
  Invitation,
  type AcceptOptions,
  type InvitationDecision,
  type InvitationMode,
  type InvitationProof,
} from "./invitations/invitation.js";
export { InvitationDeclined } from "./invitations/invitation-declined.js";
export { InvitedRoomsError, type InvitedOptions, type InvitedRoom } from "./invitations/invited-rooms.js";
export type { InviteOptions } from "./invitations/write.js";
export type { Cause, CauseAction, OnCause } from "./causes.js";
export { JoinError, type JoinErrorReason } from "./join-error.js";
export type { ConfigureRoom, HistoryRequest, JoinOptions, NickConflictPolicy } from "./join-options.js";
export { MessageTracker, type MessageState, type TrackerEvents } from "./message-tracker.js";
export { Occupant, ServiceMember, type OccupantPresence } from "./occupant.js";
export type { DestroyOptions } from "./admin/destroy.js";
export type { ListedRoom, ListOptions } from "./admin/list-rooms.js";
export type { AffiliationEntry, AffiliationOptions, RoleOptions } from "./admin/ranks.js";
export type { AffiliationSetting, RoleSetting } from "./admin/room-admin.js";
export type { PresenceInit } from "./room/own-presence.js";
export type { VoiceOutcome } from "./room/voice-wish.js";
export {
  RoleRequest,
  type DenyOptions,
  type RoleRequestDecision,
  type RoleRequestOutcome,
} from "./voice/role-request.js";
export { Submission } from "./voice/submission.js";
export { Room, type RoomState } from "./room.js";
export type { Prepare } from "./room-host.js";
export type { Outage } from "./room/room-core.js";
export type { OutageCause } from "./room/room-machine.js";
export type { SelfPing } from "./room/self-ping.js";
export { StatusCode, type LeaveMode } from "./status-codes.js";
export type { Draft, DraftInit } from "./wire/draft.js";
export { Actor, type Affiliation, type Role } from "./wire/muc-user.js";
