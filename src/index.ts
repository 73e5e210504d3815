export * from "./muc/index.js";
export { BotApp, createBotApp, type BotAppOptions } from "./app/bot-app.js";
export type { Provider, Token } from "./app/container.js";
export type { AppOptions, Environment, OutboundOptions } from "./app/options.js";
export { run } from "./app/run.js";
export type { AppStatus, RoomStatus } from "./app/status.js";
export {
  Bot,
  Command,
  Cron,
  Cooldown,
  Example,
  On,
  OnAffiliationChange,
  OnConfigChange,
  OnDirectMessage,
  OnEnter,
  OnError,
  OnExit,
  OnHistory,
  OnInvitation,
  OnInvitationDeclined,
  OnJoin,
  OnJoinFailed,
  OnLeave,
  OnMention,
  OnMessage,
  OnMessageFailed,
  OnMessageUpdate,
  OnNickChange,
  OnPresenceChange,
  OnPrivateMessage,
  OnResume,
  OnRoleRequest,
  OnRoleChange,
  OnStart,
  OnStop,
  OnSubjectChange,
  OnSuspend,
  OnUnhandledCommand,
  Require,
  Use,
  type BotRoom,
  type BotSettings,
  type CommandOptions,
  type CronOptions,
  type DecisionResult,
  type EventDecorator,
  type EventMethod,
  type ExampleOptions,
  type GuardDecorator,
  type HandlerDecorator,
  type InvitedSettings,
  type LifecycleMethod,
  type MiddlewareClass,
  type OnInvitationOptions,
  type OnMessageOptions,
  type OnRoleRequestOptions,
  type SilentResult,
} from "./bot/decorators.js";
export { AuthoringError, ReplyError, type AuthoringMistake } from "./bot/errors.js";
export { HandlerCall, Middleware } from "./bot/guards/middleware.js";
export type { CooldownLimits } from "./bot/guards/cooldown.js";
export { AnyOf, anyOf, type RequireKeys, type RequireRule } from "./bot/guards/rules.js";
export type { FeatureClass } from "./bot/features.js";
export { HandlerFailed } from "./bot/handler-failed.js";
export type { AnswersOptions } from "./bot/ask/answers.js";
export type { AskOptions } from "./bot/ask/whom.js";
export { BotTick, CronTick } from "./bot/cron-tick.js";
export { HandlerContext } from "./bot/handler-context.js";
export { delay, inject, injectable, singleton, type ClosedClass, type Delayed } from "./bot/injection.js";
export type { Class, ExpectedAnswer, HandlerOptions, MessageFilter } from "./bot/metadata.js";
export {
  acceptFrom,
  declineFrom,
  type AcceptFromOptions,
  type DeclineFromOptions,
  type InvitationFilter,
} from "./bot/policies/accept-from.js";
export { askAdmins, type AskAdminsOptions } from "./bot/policies/ask-admins.js";
export { firstOf, type FirstOf } from "./bot/policies/first-of.js";
export {
  declineAll,
  ignoreAll,
  type BuiltInvitationPolicy,
  type InvitationPolicy,
  type InvitationRuling,
} from "./bot/policies/invitation-policy.js";
export { limit, type LimitOptions } from "./bot/policies/limit.js";
export type { BuiltPolicy, Policy, PolicyContext } from "./bot/policies/policy.js";
export {
  approveAffiliation,
  approveMembers,
  cooldown,
  denyAll,
  type BuiltRoleRequestPolicy,
  type CooldownOptions,
  type RoleRequestPolicy,
  type RoleRequestRuling,
} from "./bot/policies/role-request-policy.js";
export { Reply, type HandlerAnswer, type HandlerResult } from "./bot/reply.js";
export { BOT_MARK, isBotMarked } from "./bot/bot-mark.js";
export { DEFAULT_TEXTS, type BotText, type BotTexts } from "./bot/texts.js";
export { BotOptions, Rooms } from "./bot/rooms.js";
export { ArgsOf, type CheckTemplate } from "./bot/template-types.js";
